// Sequences of tensors whose parts are known by name (lists that an exporter fills in a loop): what is made of them
// becomes Concat and Identity of the parts.
#pragma once

#include "graph/graph.h"

namespace alcedo::onnx {

void resolve_sequences(Graph& graph);  // topologically sorted

}  // namespace alcedo::onnx
