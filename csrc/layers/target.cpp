#include "layers/target.h"

namespace alcedo {
namespace {

const Node* producer_of(const Graph& graph, ValueId value) {
  for (const Node& node : graph.nodes) {
    for (ValueId output : node.outputs) {
      if (output == value) return &node;
    }
  }
  return nullptr;
}

// The Concat that makes a target of one entry per input, or nullptr.
Node* concat_of(Graph& graph, ValueId value, size_t entries) {
  Node* node = const_cast<Node*>(producer_of(graph, value));
  return node && node->op_type == "Concat" && node->inputs.size() == entries ? node : nullptr;
}

}  // namespace

void rewrite_target(RewriteArgs& args, int port, const std::vector<int64_t>& before,
                    const std::vector<int64_t>& after) {
  if (before == after) return;
  const ValueId value = args.node.inputs[port];
  Node* concat = args.graph.values[value].is_constant() ? nullptr : concat_of(args.graph, value, before.size());
  if (!concat) return rewrite_ints(args, port, before, after);
  for (size_t i = 0; i < before.size(); ++i) {
    const ValueId part = concat->inputs[i];
    if (before[i] == after[i] || !args.graph.values[part].is_constant()) continue;
    const Tensor& old = args.graph.values[part].constant;
    if (old.to_ints() != std::vector<int64_t>{before[i]}) continue;  // another reader has mended it already
    const Tensor tensor = Tensor::of<int64_t>({1}, {after[i]}).cast(old.dtype());
    concat->inputs[i] = args.graph.add_constant(args.graph.values[part].name, tensor);
  }
}

}  // namespace alcedo
