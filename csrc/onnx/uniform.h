// On writing: large constants of one value (the zeros that padding by Concat needs, shapes resolved on import) become
// ConstantOfShape nodes, as networks spell them, so that a file does not grow by what was resolved.
#pragma once

#include "graph/graph.h"

namespace alcedo::onnx {

// Weights, biases and outputs of the graph stay initializers. Needs opset 9.
void spell_uniform_constants(Graph& graph);

}  // namespace alcedo::onnx
