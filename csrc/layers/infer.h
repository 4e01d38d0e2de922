// Shape inference with a choice of how much is evaluated on the way.
#pragma once

#include <string>
#include <vector>

#include "layers/layer.h"

namespace alcedo {

// As infer() in layer.h. A node whose inputs are all known is evaluated if its results have at most `fold_limit`
// elements or as many as its inputs.
std::vector<TensorInfo> infer(const Graph& graph, const std::vector<Shape>& input_shapes, int64_t fold_limit);

// As infer(), and networks with operators that no layer runs: their results are what the file says of them, or
// undefined, and so is all that is made from these.
std::vector<TensorInfo> infer_known(const Graph& graph, const std::vector<Shape>& input_shapes);
std::vector<TensorInfo> infer_known(const Graph& graph, const std::vector<Shape>& input_shapes, int64_t fold_limit);

// What is known of the outputs of one node.
std::vector<TensorInfo> infer_node(const Node& node, const std::vector<TensorInfo>& src);

// What to say of a node that no layer runs.
const char* why_unknown(const Node& node);
// "[Loop loop_3], opset 17" for every node that no layer runs.
std::vector<std::string> unsupported_nodes(const Graph& graph, int64_t opset);

}  // namespace alcedo
