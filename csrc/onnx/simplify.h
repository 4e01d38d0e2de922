// After the upgrade: what needs shapes. Constants are folded, shape arithmetic becomes constant Reshape targets, and
// nodes that no layer runs are reported.
#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"

namespace alcedo::onnx {

// `opset`: the file's. `problems`: what is already known to be unsupported. Throws 7801 with all that is, at once.
void simplify(Graph& graph, int64_t opset, const std::vector<std::string>& problems);

}  // namespace alcedo::onnx
