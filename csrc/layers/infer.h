// Shape inference with a choice of how much is evaluated on the way.
#pragma once

#include <string>
#include <vector>

#include "layers/layer.h"

namespace alcedo {

// As infer() in layer.h. A node whose inputs are all known is evaluated if its results have at most `fold_limit`
// elements or as many as its inputs.
std::vector<TensorInfo> infer(const Graph& graph, const std::vector<Shape>& input_shapes, int64_t fold_limit);

// "[Loop loop_3], opset 17" for every node that no layer runs.
std::vector<std::string> unsupported_nodes(const Graph& graph, int64_t opset);

}  // namespace alcedo
