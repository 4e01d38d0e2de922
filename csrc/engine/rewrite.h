// Simplifications of a plan's own copy of the graph, for inference: patterns that one kernel computes as a whole.
#pragma once

#include <functional>
#include <vector>

#include "graph/graph.h"
#include "layers/layer.h"

namespace alcedo {

// Nodes that are not needed any more stay in the list. `is_protected`: values that must exist.
void rewrite_for_inference(Graph& graph, const std::vector<TensorInfo>& infos,
                           const std::function<bool(ValueId)>& is_protected);

}  // namespace alcedo
