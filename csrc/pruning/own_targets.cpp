#include "pruning/own_targets.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/error_codes.h"
#include "base/finite.h"

namespace alcedo {

namespace {

// SplitMix64: 64 well-mixed bits per number.
uint64_t mixed(uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

}  // namespace

void OwnTargets::run(const Graph& graph, const Loss& loss, const Batch& batch, const std::vector<Shape>& input_shapes,
                     uint64_t weights_version, const PlanOptions& options) {
  if (!plan_ || shapes_ != input_shapes) {
    plan_ = std::make_unique<InferencePlan>(graph, input_shapes, loss.values, options);
    shapes_ = input_shapes;
  } else if (version_ != weights_version) {
    plan_->reload(graph);
  }
  version_ = weights_version;
  num_ = batch.num;
  const std::vector<Tensor>& results = plan_->run(batch);
  exact_.resize(results.size());
  for (size_t i = 0; i < results.size(); ++i) {
    const int64_t size = results[i].size() / std::max<int64_t>(results[i].dim(0), 1);
    exact_[i].assign(results[i].data<float>(), results[i].data<float>() + size * num_);
  }
  for (const std::vector<float>& values : exact_) {
    if (const float* bad = find_not_finite(values.data(), static_cast<int64_t>(values.size()))) {
      fail(error::kInferenceFailed, "the network's outputs hold ", *bad,
           ", wanted finite numbers: its weights or the images are out of range");
    }
  }
  if (!scales_.empty()) return;
  for (const std::vector<float>& values : exact_) {
    const size_t size = values.size() / static_cast<size_t>(num_);
    double square = 0;
    for (size_t k = 0; k < size; ++k) square += double{values[k]} * values[k];
    square /= static_cast<double>(std::max<size_t>(size, 1));
    scales_.push_back(square > 1e-12 ? static_cast<float>(1 / square) : 1.f);
  }
}

std::vector<const float*> OwnTargets::exact() const {
  std::vector<const float*> targets;
  for (const std::vector<float>& values : exact_) targets.push_back(values.data());
  return targets;
}

std::vector<const float*> OwnTargets::displaced(int64_t first_sample) {
  displaced_ = exact_;
  std::vector<const float*> targets;
  for (size_t i = 0; i < displaced_.size(); ++i) {
    const size_t size = displaced_[i].size() / static_cast<size_t>(num_);
    // The gradient becomes sqrt(scale / size) times the sign.
    const float step = 0.5f * std::sqrt(static_cast<float>(size) / scales_[i]);
    for (int64_t n = 0; n < num_; ++n) {
      const uint64_t seed = mixed(mixed(static_cast<uint64_t>(first_sample + n)) + i);
      float* row = displaced_[i].data() + static_cast<size_t>(n) * size;
      for (size_t k = 0; k < size; ++k) row[k] += (mixed(seed + k) & 1) != 0 ? step : -step;
    }
    targets.push_back(displaced_[i].data());
  }
  return targets;
}

void OwnTargets::forget() {
  plan_.reset();
  scales_.clear();
  exact_.clear();
  displaced_.clear();
}

}  // namespace alcedo
