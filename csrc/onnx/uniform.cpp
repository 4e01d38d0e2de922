#include "onnx/uniform.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "graph/names.h"
#include "layers/layer.h"
#include "onnx/tensors.h"

namespace alcedo::onnx {
namespace {

// Below this a node is hardly smaller than the numbers.
constexpr size_t kSmallestBytes = 1024;

bool is_uniform(const Tensor& tensor) {
  const size_t item = size_of(tensor.dtype());
  const char* bytes = static_cast<const char*>(tensor.raw());
  // Every element equals the one before it.
  return std::memcmp(bytes, bytes + item, tensor.bytes() - item) == 0;
}

Tensor first_element(const Tensor& tensor) {
  Tensor one(tensor.dtype(), {1});
  std::memcpy(one.raw(), tensor.raw(), size_of(tensor.dtype()));
  return one;
}

// Per value: whether nodes read it as data only.
std::vector<bool> find_data(const Graph& graph) {
  std::vector<bool> data(graph.values.size(), true);
  for (const Node& node : graph.nodes) {
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      if (node.inputs[i] == kNone) continue;
      const bool reads_data = find_layer(node.op_type) != nullptr && input_role(node, i) == InputRole::data &&
                              !is_trainable(graph, node, i);
      if (!reads_data) data[node.inputs[i]] = false;
    }
  }
  for (ValueId v : graph.outputs) data[v] = false;
  return data;
}

}  // namespace

void spell_uniform_constants(Graph& graph) {
  const std::vector<bool> data = find_data(graph);
  const bool narrowed = std::any_of(graph.values.begin(), graph.values.end(),
                                    [](const Value& value) { return is_narrowed(value.file_dtype); });
  std::vector<Node> nodes;
  Names names(graph);
  for (size_t v = 0; v < data.size(); ++v) {
    if (!data[v] || !graph.values[v].is_constant()) continue;
    const Tensor constant = graph.values[v].constant;
    if (constant.bytes() < kSmallestBytes || !is_uniform(constant)) continue;
    // Its type on writing follows from its readers: only an initializer can have one of those.
    if (narrowed && graph.values[v].file_dtype == DType::undefined) continue;
    const Shape& shape = constant.shape();
    Tensor sizes(DType::i64, {static_cast<int64_t>(shape.size())});
    std::copy(shape.begin(), shape.end(), sizes.data<int64_t>());
    const std::string name = graph.values[v].name;
    Value shape_value;
    shape_value.name = names.value(name + "_shape", 2);
    shape_value.dtype = DType::i64;
    shape_value.shape = sizes.shape();
    shape_value.constant = std::move(sizes);
    const ValueId target = graph.add_value(std::move(shape_value));
    Node node{names.node(name + "_fill", 2), "ConstantOfShape", {}, {target}, {static_cast<ValueId>(v)}};
    node.attributes.set("value", first_element(constant));
    graph.values[v].constant = Tensor();
    graph.values[v].dtype = constant.dtype();
    nodes.push_back(std::move(node));
  }
  graph.nodes.insert(graph.nodes.begin(), nodes.begin(), nodes.end());
}

}  // namespace alcedo::onnx
