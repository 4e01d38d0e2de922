#include "engine/loss.h"

#include <algorithm>

#include "base/error.h"
#include "base/error_codes.h"
#include "engine/sample_loss.h"

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
    if (loss.kind != Loss::Kind::distance) {
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
  if (loss_.needs_labels()) {
    require(batch.labels.size() >= static_cast<size_t>(batch.num), error::kInvalidLabels, batch.labels.size(),
            " labels for ", batch.num, " samples");
    for (int64_t n = 0; n < batch.num; ++n) {
      require(batch.labels[n] >= 0 && batch.labels[n] < sizes_[0], error::kInvalidLabels, "label ", batch.labels[n],
              " of sample ", n, " is not among the ", sizes_[0], " classes");
    }
  }
  if (loss_.needs_targets()) {
    require(batch.targets.size() == loss_.values.size(), error::kInputsMissing, batch.targets.size(), " targets for ",
            loss_.values.size(), " values");
  }
}

const std::vector<float>& LossHead::compute(const Batch& batch, const std::vector<float>* factors) {
  losses_.assign(static_cast<size_t>(batch.num), 0.f);
  for (size_t i = 0; i < slots_.size(); ++i) {
    const float* values = static_cast<const float*>(network_.at(network_.slot(slots_[i]).buffer));
    float* diff = factors && diffs_[i] != kNoBuffer ? static_cast<float*>(network_.at(diffs_[i])) : nullptr;
    const int64_t size = sizes_[i];
    for (int64_t n = 0; n < batch.num; ++n) {
      const float* target = loss_.needs_targets() ? batch.targets[i] + n * size : nullptr;
      const int64_t label = loss_.needs_labels() ? batch.labels[n] : 0;
      losses_[n] += static_cast<float>(sample_loss(loss_, i, size, values + n * size, target, label,
                                                   diff ? diff + n * size : nullptr, diff ? (*factors)[n] : 1.f));
    }
    if (diff) std::fill_n(diff + batch.num * size, (network_.batch() - batch.num) * size, 0.f);
  }
  return losses_;
}

}  // namespace alcedo
