// Spelling of operators across opsets: everything becomes kOpset's spelling on import, and on writing what the file's
// opset wants, as far as it can say it.
#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"
#include "onnx/known_shapes.h"

namespace alcedo::onnx {

// Rewrites every node from `opset` to kOpset. What needs the ranks of values is left in a form that settle() ends.
// `problems` gets a line for each node that uses what kOpset cannot say.
void upgrade(Graph& graph, int64_t opset, std::vector<std::string>& problems);

// Ends what upgrade() began, once shapes are known: Softmax over one axis instead of a coerced matrix, all axes of
// Pad.
void settle(Graph& graph, const std::vector<KnownShape>& shapes);

// Rewrites every node from kOpset to `opset`. false: some node cannot be said there; the graph is then unusable.
bool respell(Graph& graph, int64_t opset, const std::vector<KnownShape>& shapes);

}  // namespace alcedo::onnx
