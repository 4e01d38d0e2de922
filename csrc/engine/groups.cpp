// Which nodes one kernel takes along: what is folded into a convolution's weights (evaluation), the residual sum, the
// activation and, in inference, more functions of that kind. The longest chain that some kernel accepts wins.
#include <limits>

#include "engine/folding.h"
#include "engine/network.h"

namespace alcedo {
namespace {

bool takes_activation(const std::string& type) {
  return type == "Conv" || type == "ConvTranspose" || type == "Gemm" || type == "MatMul" ||
         type == "BatchNormalization" || type == "Add";
}

// Nodes whose weights take constants behind them along.
bool takes_constants(const Node& node, const std::vector<TensorInfo>& infos) {
  const std::string& type = node.op_type;
  if (type != "Conv" && type != "ConvTranspose" && type != "Gemm" && type != "MatMul") return false;
  const auto constant = [&](size_t i) { return node.inputs[i] != kNone && infos[node.inputs[i]].known(); };
  if (node.inputs.size() < 2 || !constant(1) || (node.inputs.size() > 2 && node.inputs[2] != kNone && !constant(2)))
    return false;
  if (type == "ConvTranspose") return node.attributes.integer("group", 1) == 1;
  if (type == "Conv") return true;
  if (node.attributes.real("alpha", 1) != 1 || node.attributes.real("beta", 1) != 1) return false;
  return infos[node.inputs[1]].shape.size() == 2;
}

// The function of one value that a node is, its constants known; kind none: it is none.
Activation function_of(const Node& node, ValueId value, const std::vector<TensorInfo>& infos, bool linear) {
  using K = Activation::Kind;
  const std::string& type = node.op_type;
  float scale = 1, shift = 0;
  if (linear && is_linear(node, value, infos, &scale, &shift)) return {K::linear, scale, shift};
  if (linear && (type == "Max" || type == "Min") && node.inputs.size() == 2) {
    const ValueId other = node.inputs[node.inputs[0] == value ? 1 : 0];
    if (other == value || !infos[other].known() || infos[other].dtype != DType::f32) return {};
    if (num_elements(infos[other].shape) != 1 || infos[node.outputs[0]].shape != infos[value].shape) return {};
    const float bound = infos[other].constant.to_floats()[0];
    constexpr float kLargest = std::numeric_limits<float>::max();
    return type == "Max" ? Activation{K::clip, bound, kLargest} : Activation{K::clip, -kLargest, bound};
  }
  const Tensor* bounds[2] = {nullptr, nullptr};
  if (node.inputs[0] != value) return {};
  for (size_t i = 1; i < node.inputs.size() && i < 3; ++i) {
    if (node.inputs[i] == kNone) continue;
    if (!infos[node.inputs[i]].known()) return {};
    bounds[i - 1] = &infos[node.inputs[i]].constant;
  }
  return activation_of(node, bounds[0], bounds[1]);
}

// oneDNN computes a chain wrongly in which one of its functions comes twice with different numbers.
unsigned functions_in(const Activation& activation) {
  using K = Activation::Kind;
  const auto bit = [](K kind) { return 1U << static_cast<unsigned>(kind); };
  if (activation.kind == K::hard_sigmoid) return bit(K::linear) | bit(K::clip);
  return bit(activation.kind == K::leaky_relu ? K::relu : activation.kind);
}

// All chains that start at a node, each one link longer than the one before; the first is the node alone. scores_sums:
// a convolution takes a residual sum along although its own result is a feature map.
std::vector<Group> chains_of(const Graph& graph, NodeId start, const std::vector<TensorInfo>& infos, Purpose purpose,
                             bool scores_sums, const std::function<NodeId(ValueId)>& only_consumer,
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
  const bool inference = purpose == Purpose::inference && node.op_type != "BatchNormalization" && node.op_type != "Add";
  const bool constants = inference && takes_constants(node, infos);
  const size_t axis = channel_axis(node, infos[group.result]);
  constexpr size_t kLongestTail = 8;
  while ((inference && group.tail.size() < kLongestTail) || !group.activation) {
    const ValueId value = group.result;
    const NodeId next = only_consumer(value);
    if (next == kNone) break;
    const Node& consumer = graph.nodes[next];
    if (consumer.outputs.size() > 1 && consumer.outputs[1] != kNone) break;
    const bool bare = group.residual == kNone && !group.activation && group.tail.empty();
    if ((node.op_type == "Conv" || (inference && node.op_type == "ConvTranspose" && constants)) && evaluation && bare &&
        (inference || group.folded.empty()) && consumer.op_type == "BatchNormalization" &&
        consumer.inputs[0] == value && !is_protected(value) && known(node.inputs[1]) &&
        (node.inputs.size() < 3 || node.inputs[2] == kNone || known(node.inputs[2])) && known(consumer.inputs[1]) &&
        known(consumer.inputs[2]) && known(consumer.inputs[3]) && known(consumer.inputs[4]) &&
        consumer.attributes.integer("training_mode", 0) == 0) {
      group.folded.push_back(next);
    } else if (constants && bare && !is_protected(value) && is_affine(consumer, value, axis, infos)) {
      group.folded.push_back(next);
    } else if (((node.op_type == "Conv" && (purpose == Purpose::inference || scores_sums)) ||
                node.op_type == "BatchNormalization") &&
               bare && consumer.op_type == "Add" &&
               (!is_protected(value) || (scores_sums && node.op_type == "Conv" && is_feature_map(value))) &&
               purpose != Purpose::ablation && consumer.inputs[0] != consumer.inputs[1] && !known(consumer.inputs[0]) &&
               !known(consumer.inputs[1])) {
      const ValueId other = consumer.inputs[consumer.inputs[0] == value ? 1 : 0];
      if (!is_made(other) || infos[other].shape != infos[value].shape) break;
      group.residual = other;
      if (is_feature_map(value)) group.hidden_map = value;
    } else {
      const Activation activation = function_of(consumer, value, infos, inference && !is_protected(value));
      if (!activation || (backward && !activation.backward_from_dst())) break;
      // A feature map in front of the activation: its score can be told behind it.
      if (is_protected(value) && !(is_feature_map(value) && activation.keeps_product())) break;
      if (group.hidden_map != kNone && (is_feature_map(value) || !activation.keeps_product())) break;
      if (is_feature_map(value)) group.hidden_map = value;
      unsigned used = 0;
      if (group.activation) used = functions_in(group.activation);
      for (const Activation& other : group.tail) used |= functions_in(other);
      const bool first = !group.activation && group.tail.empty() && activation.kind != Activation::Kind::linear;
      if (first) {
        group.activation = activation;
        group.activation_node = next;
      } else if (!group.tail.empty() && activation.kind == Activation::Kind::linear &&
                 group.tail.back().kind == Activation::Kind::linear) {
        Activation& last = group.tail.back();
        last.alpha *= activation.alpha;
        last.beta = last.beta * activation.alpha + activation.beta;
      } else if ((used & functions_in(activation)) == 0) {
        group.tail.push_back(activation);
      } else {
        break;
      }
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
  // A feature map that is a summand need not be kept for its score: it is the sum less the other one, which rounds more
  // in bfloat16.
  const bool scores_sums = purpose_ == Purpose::scoring && !options_.bf16;
  for (NodeId id = 0; id < static_cast<NodeId>(graph_.nodes.size()); ++id) {
    if (!needed_[id] || lowered_[id]) continue;
    const Node& node = graph_.nodes[id];
    if (is_view(node) && !known(node.inputs[0]) && !options_.reference) {
      add_view(id);
      continue;
    }
    const std::vector<Group> chains =
        chains_of(graph_, id, infos_, purpose_, scores_sums, only_consumer, is_protected, is_feature_map, is_made);
    for (size_t i = options_.reference ? 1 : chains.size(); i-- > 0;) {
      if (try_group(chains[i], i == 0)) break;
    }
  }
}

}  // namespace alcedo
