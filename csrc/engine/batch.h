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
  std::vector<const float*> targets;  // distance: per loss output, num samples
};

struct Loss {
  enum class Kind : uint8_t { cross_entropy, distance };
  Kind kind = Kind::cross_entropy;
  // cross_entropy: one value [N,K] (or [N,K,1,1]) of logits; the loss is -log softmax at the label, and a Softmax
  // node behind it is not run. distance: values whose mean squared difference from Batch::targets is summed.
  std::vector<ValueId> values;
};

}  // namespace alcedo
