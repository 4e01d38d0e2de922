#include "engine/loss.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo {

LossHead::LossHead(Network& network, const Loss& loss, bool backward) : network_(network), loss_(loss) {
  require(!loss.values.empty(), error::kOperatorUnsupported, "the network has no output that a loss is known for");
  for (ValueId value : loss.values) {
    const TensorInfo& info = network.info(value);
    require(info.dtype == DType::f32 && !info.shape.empty() && info.shape[0] == network.batch(),
            error::kOperatorUnsupported, "a loss needs a float32 value with one row per sample, not ",
            name_of(info.dtype), " ", to_string(info.shape));
    const int slot = network.plain_slot(value);
    require(slot >= 0, error::kOperatorUnsupported, "a loss on a constant");
    slots_.push_back(slot);
    sizes_.push_back(num_elements(info.shape) / std::max<int64_t>(info.shape[0], 1));
    network.program().live_to_end(network.slot(slot).buffer);
    if (loss.kind == Loss::Kind::cross_entropy) {
      require(loss.values.size() == 1, error::kOperatorUnsupported, "cross entropy takes one value");
      require(info.shape.size() >= 2 && sizes_.back() == info.shape[1] && info.shape[1] > 0,
              error::kOperatorUnsupported, "cross entropy needs logits [N,K], not ", to_string(info.shape));
    }
    if (!backward || !network.slot(slot).diff_needed) {
      diffs_.push_back(kNoBuffer);
      continue;
    }
    const BufferId diff = network.program().add_buffer(network.slot(slot).desc.bytes());
    Instruction i;
    i.label = "loss";
    i.kernel = "own:loss";
    i.reads = {network.slot(slot).buffer};
    i.writes = {diff};
    i.run = [] {};  // the plan computes the loss between the passes
    network.program().add(std::move(i));
    network.add_diff(slot, diff);
    diffs_.push_back(diff);
  }
}

void LossHead::check(const Batch& batch) const {
  require(batch.weights.empty() || batch.weights.size() >= static_cast<size_t>(batch.num), error::kInvalidInputData,
          batch.weights.size(), " sample weights for ", batch.num, " samples");
  if (loss_.kind == Loss::Kind::cross_entropy) {
    require(batch.labels.size() >= static_cast<size_t>(batch.num), error::kInvalidLabels, batch.labels.size(),
            " labels for ", batch.num, " samples");
    for (int64_t n = 0; n < batch.num; ++n) {
      require(batch.labels[n] >= 0 && batch.labels[n] < sizes_[0], error::kInvalidLabels, "label ", batch.labels[n],
              " of sample ", n, " is not among the ", sizes_[0], " classes");
    }
  } else {
    require(batch.targets.size() == loss_.values.size(), error::kInputsMissing, batch.targets.size(), " targets for ",
            loss_.values.size(), " values");
  }
}

const std::vector<float>& LossHead::compute(const Batch& batch, const std::vector<float>* factors,
                                            const std::vector<const float*>* memory) {
  losses_.assign(static_cast<size_t>(batch.num), 0.f);
  for (size_t i = 0; i < slots_.size(); ++i) {
    const float* values =
        memory ? (*memory)[i] : static_cast<const float*>(network_.at(network_.slot(slots_[i]).buffer));
    if (loss_.kind == Loss::Kind::cross_entropy) {
      cross_entropy(batch, values, factors);
    } else {
      distance(batch, i, values, factors);
    }
  }
  return losses_;
}

void LossHead::cross_entropy(const Batch& batch, const float* logits, const std::vector<float>* factors) {
  const int64_t classes = sizes_[0];
  float* diff = factors && diffs_[0] != kNoBuffer ? static_cast<float*>(network_.at(diffs_[0])) : nullptr;
  for (int64_t n = 0; n < network_.batch(); ++n) {
    float* d = diff ? diff + n * classes : nullptr;
    if (n >= batch.num) {
      if (d) std::fill_n(d, classes, 0.f);
      continue;
    }
    const float* z = logits + n * classes;
    const float largest = *std::max_element(z, z + classes);
    double sum = 0;
    for (int64_t k = 0; k < classes; ++k) sum += std::exp(static_cast<double>(z[k]) - largest);
    const double log_sum = std::log(sum) + largest;
    losses_[n] = static_cast<float>(log_sum - z[batch.labels[n]]);
    if (!d) continue;
    const float factor = (*factors)[n];
    for (int64_t k = 0; k < classes; ++k) {
      const double p = std::exp(z[k] - log_sum) - (k == batch.labels[n] ? 1 : 0);
      d[k] = static_cast<float>(p * factor);
    }
  }
}

void LossHead::distance(const Batch& batch, size_t index, const float* values, const std::vector<float>* factors) {
  const int64_t size = sizes_[index];
  float* diff = factors && diffs_[index] != kNoBuffer ? static_cast<float*>(network_.at(diffs_[index])) : nullptr;
  for (int64_t n = 0; n < network_.batch(); ++n) {
    float* d = diff ? diff + n * size : nullptr;
    if (n >= batch.num) {
      if (d) std::fill_n(d, size, 0.f);
      continue;
    }
    const float *v = values + n * size, *t = batch.targets[index] + n * size;
    double sum = 0;
    for (int64_t i = 0; i < size; ++i) {
      const double difference = static_cast<double>(v[i]) - t[i];
      sum += difference * difference;
      if (d) d[i] = static_cast<float>(2 * difference / static_cast<double>(size) * (*factors)[n]);
    }
    losses_[n] += static_cast<float>(sum / static_cast<double>(std::max<int64_t>(size, 1)));
  }
}

}  // namespace alcedo
