// SGD with momentum and L2 prior, and Adam. State is kept per parameter in the graph's plain layout.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "graph/graph.h"
#include "tensor/tensor.h"

namespace alcedo {

struct Optimizer {
  enum class Kind : uint8_t { sgd, adam };
  Kind kind = Kind::sgd;
  // sgd:  g += weight_prior * w;  v = momentum * v - learning_rate * g;  w += v
  // adam: g += weight_prior * w;  Kingma & Ba 2015, algorithm 1 (bias-corrected)
  double learning_rate = 0.001;
  double momentum = 0.9;
  double weight_prior = 0.0;
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;

  int64_t steps = 0;
  std::unordered_map<ValueId, Tensor> first, second;  // velocity / first moment; second moment (adam)
};

}  // namespace alcedo
