// Shapes of all values of a graph whose input sizes may be open: inference for several sizes, compared.
#pragma once

#include <vector>

#include "layers/layer.h"

namespace alcedo::onnx {

// What is known of every value for one choice of input sizes.
using Run = std::vector<TensorInfo>;

// One run per choice; what is equal in all of them does not depend on the sizes. Empty if no choice of sizes that is
// tried fits the network.
struct Runs {
  std::vector<Run> several;  // the first two differ in the batch size only
  std::vector<Run> single;   // of one sample, which a network may treat in its own way; empty: not possible
  std::vector<Run> all() &&;
};
Runs infer_with_sizes(const Graph& graph);

struct KnownShape {
  bool known = false;
  DType dtype = DType::undefined;
  Shape shape;  // -1: depends on the input sizes
};
std::vector<KnownShape> known_shapes(const std::vector<Run>& runs, size_t num_values);

}  // namespace alcedo::onnx
