// What one pass of the engine eats: dense float inputs and, for losses, labels.
#pragma once

#include <cstdint>
#include <vector>

#include "graph/graph.h"

namespace alcedo {

struct Batch {
  int64_t num = 0;                    // samples that count; <= the plan's batch size, the rest is padding
  std::vector<const float*> inputs;   // per graph input: num samples, dense, in the input's own layout
  std::vector<int64_t> labels;        // cross_entropy: class index per sample
  std::vector<float> weights;         // per sample; empty: all 1
  std::vector<const float*> targets;  // distance, distillation: per loss output, num samples
};

struct Loss {
  enum class Kind : uint8_t { cross_entropy, distance, distillation };
  Kind kind = Kind::cross_entropy;
  // cross_entropy: one value [N,K] (or [N,K,1,1]) of logits; the loss is -log softmax at the label, and a Softmax
  // node behind it is not run. distance: values whose mean squared difference from Batch::targets is summed.
  // distillation: one value of logits as in cross_entropy, and the teacher's logits as target.
  std::vector<ValueId> values;
  // distance: factor of each value's difference; empty: all 1.
  std::vector<float> scales;
  // distillation: distillation_weight * T^2 * KL(softmax(target / T) || softmax(logits / T))
  //   + (1 - distillation_weight) * cross entropy (labels are not looked at if that is 0).
  float temperature = 1.f;
  float distillation_weight = 1.f;

  bool needs_labels() const {
    return kind == Kind::cross_entropy || (kind == Kind::distillation && distillation_weight < 1.f);
  }
  bool needs_targets() const { return kind != Kind::cross_entropy; }
};

}  // namespace alcedo
