// Element types on writing: values computed in float32 get the type back that the file had for them, and values that
// are new the type of what they are computed with.
#pragma once

#include <vector>

#include "graph/graph.h"
#include "onnx/known_shapes.h"

namespace alcedo::onnx {

// Per value. `shapes`: types of values that nodes make.
std::vector<DType> file_types(const Graph& graph, const std::vector<KnownShape>& shapes);

// On import: if any value of the file is narrowed, float32 values say so too.
void mark_float32(Graph& graph);

}  // namespace alcedo::onnx
