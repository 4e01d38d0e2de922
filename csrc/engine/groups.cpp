// Which nodes one kernel takes along: BatchNormalization folded into a convolution's weights (evaluation), the residual
// sum, and the activation. The longest chain that some kernel accepts wins.
#include "engine/network.h"

namespace alcedo {
namespace {

bool takes_activation(const std::string& type) {
  return type == "Conv" || type == "Gemm" || type == "MatMul" || type == "BatchNormalization" || type == "Add";
}

// All chains that start at a node, each one link longer than the one before; the first is the node alone.
std::vector<Group> chains_of(const Graph& graph, NodeId start, const std::vector<TensorInfo>& infos, Purpose purpose,
                             const std::function<NodeId(ValueId)>& only_consumer,
                             const std::function<bool(ValueId)>& is_protected,
                             const std::function<bool(ValueId)>& is_feature_map,
                             const std::function<bool(ValueId)>& is_made) {
  std::vector<Group> chains;
  Group group;
  group.node = start;
  const Node& node = graph.nodes[start];
  group.result = node.outputs[0];
  chains.push_back(group);
  if (!takes_activation(node.op_type) || infos[group.result].dtype != DType::f32) return chains;
  const bool evaluation = purpose != Purpose::training;
  const bool backward = purpose == Purpose::training || purpose == Purpose::scoring;
  const auto known = [&](ValueId value) { return value != kNone && infos[value].known(); };
  while (!group.activation) {
    const ValueId value = group.result;
    const NodeId next = only_consumer(value);
    if (next == kNone) break;
    const Node& consumer = graph.nodes[next];
    if (consumer.outputs.size() > 1 && consumer.outputs[1] != kNone) break;
    const bool bare = group.batchnorm == kNone && group.residual == kNone;
    if (node.op_type == "Conv" && evaluation && bare && consumer.op_type == "BatchNormalization" &&
        consumer.inputs[0] == value && !is_protected(value) && known(node.inputs[1]) &&
        (node.inputs.size() < 3 || node.inputs[2] == kNone || known(node.inputs[2])) && known(consumer.inputs[1]) &&
        known(consumer.inputs[2]) && known(consumer.inputs[3]) && known(consumer.inputs[4]) &&
        consumer.attributes.integer("training_mode", 0) == 0) {
      group.batchnorm = next;
    } else if (((node.op_type == "Conv" && purpose == Purpose::inference) || node.op_type == "BatchNormalization") &&
               group.residual == kNone && consumer.op_type == "Add" && !is_protected(value) &&
               purpose != Purpose::ablation && consumer.inputs[0] != consumer.inputs[1]) {
      const ValueId other = consumer.inputs[consumer.inputs[0] == value ? 1 : 0];
      if (known(other) || !is_made(other) || infos[other].shape != infos[value].shape) break;
      group.residual = other;
    } else {
      const Tensor* bounds[2] = {nullptr, nullptr};
      bool constant = consumer.inputs[0] == value;
      for (size_t i = 1; i < consumer.inputs.size() && i < 3; ++i) {
        if (consumer.inputs[i] == kNone) continue;
        constant = constant && known(consumer.inputs[i]);
        bounds[i - 1] = &infos[consumer.inputs[i]].constant;
      }
      if (!constant) break;
      const Activation activation = activation_of(consumer, bounds[0], bounds[1]);
      if (!activation || (backward && !activation.backward_from_dst())) break;
      // A feature map in front of the activation: its score can be told behind it.
      if (is_protected(value) && !(is_feature_map(value) && activation.keeps_product())) break;
      group.activation = activation;
      group.activation_node = next;
    }
    group.nodes.push_back(next);
    group.result = consumer.outputs[0];
    chains.push_back(group);
  }
  return chains;
}

}  // namespace

void Network::lower() {
  const auto only_consumer = [&](ValueId value) -> NodeId {
    if (!single_consumer(value)) return kNone;
    for (NodeId node : consumers_[value]) {
      if (needed_[node]) return lowered_[node] ? kNone : node;
    }
    return kNone;
  };
  const auto is_protected = [&](ValueId value) { return protected_[value] || feature_map_[value]; };
  const auto is_feature_map = [&](ValueId value) { return feature_map_[value] && !protected_[value]; };
  const auto is_made = [&](ValueId value) { return primary_slot(value) >= 0; };
  for (NodeId id = 0; id < static_cast<NodeId>(graph_.nodes.size()); ++id) {
    if (!needed_[id] || lowered_[id]) continue;
    const Node& node = graph_.nodes[id];
    if (is_view(node) && !known(node.inputs[0]) && !options_.reference) {
      add_view(id);
      continue;
    }
    const std::vector<Group> chains =
        chains_of(graph_, id, infos_, purpose_, only_consumer, is_protected, is_feature_map, is_made);
    for (size_t i = options_.reference ? 1 : chains.size(); i-- > 0;) {
      if (try_group(chains[i], i == 0)) break;
    }
  }
}

}  // namespace alcedo
