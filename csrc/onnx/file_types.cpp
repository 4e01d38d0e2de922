#include "onnx/file_types.h"

#include "onnx/tensors.h"

namespace alcedo::onnx {
namespace {

bool has_narrowed(const Graph& graph) {
  for (const Value& value : graph.values) {
    if (is_narrowed(value.file_dtype)) return true;
  }
  return false;
}

// Inputs whose type is not that of the data: Resize's region and scales.
bool is_own_type(const Node& node, size_t port) { return node.op_type == "Resize" && (port == 1 || port == 2); }

}  // namespace

std::vector<DType> file_types(const Graph& graph, const std::vector<KnownShape>& shapes) {
  std::vector<DType> types(graph.values.size(), DType::undefined);
  for (size_t v = 0; v < graph.values.size(); ++v) {
    const Value& value = graph.values[v];
    types[v] = value.is_constant() ? value.constant.dtype() : value.dtype;
    if (v < shapes.size() && shapes[v].known) types[v] = shapes[v].dtype;
    if (value.file_dtype != DType::undefined) types[v] = value.file_dtype;
  }
  if (!has_narrowed(graph)) return types;

  const auto is_new_constant = [&](ValueId v) {
    const Value& value = graph.values[v];
    return value.is_constant() && value.dtype == DType::f32 && value.file_dtype == DType::undefined;
  };
  const auto set_results = [&](const Node& node, DType type) {
    for (ValueId v : node.outputs) {
      if (v != kNone && types[v] == DType::f32 && graph.values[v].file_dtype == DType::undefined) types[v] = type;
    }
  };
  for (const Node& node : graph.nodes) {
    if (node.op_type == "CastLike" && node.inputs.size() > 1 && node.inputs[1] != kNone) {
      set_results(node, types[node.inputs[1]]);
      continue;
    }
    DType data = DType::undefined;
    for (size_t port = 0; port < node.inputs.size() && data == DType::undefined; ++port) {
      const ValueId v = node.inputs[port];
      if (v == kNone || is_own_type(node, port) || is_new_constant(v)) continue;
      if (types[v] == DType::f32 || is_narrowed(types[v])) data = types[v];
    }
    if (data == DType::undefined) continue;
    for (size_t port = 0; port < node.inputs.size(); ++port) {
      const ValueId v = node.inputs[port];
      if (v != kNone && !is_own_type(node, port) && is_new_constant(v)) types[v] = data;
    }
    if (node.op_type != "Cast") set_results(node, data);
  }
  return types;
}

void mark_float32(Graph& graph) {
  if (!has_narrowed(graph)) return;
  for (Value& value : graph.values) {
    if (value.is_constant() && value.dtype == DType::f32 && value.file_dtype == DType::undefined) {
      value.file_dtype = DType::f32;
    }
  }
}

}  // namespace alcedo::onnx
