#include "pruning/feature_map.h"

#include <algorithm>
#include <tuple>

namespace alcedo {

namespace {

// Nodes that only pass on sizes (Shape): their results are known before the network runs.
bool reads_sizes(const Node& node, const std::vector<TensorInfo>& info) {
  return std::all_of(node.outputs.begin(), node.outputs.end(),
                     [&](ValueId value) { return value == kNone || info[value].known(); });
}

// One row per sample, channels behind it. Channels last only where the first axis still counts the samples.
bool is_map(const Graph& graph, const Convolution& convolution, const std::vector<TensorInfo>& info) {
  if (convolution.kernel_axis == 1) return true;
  const Shape &shape = info[convolution.kernel_value].shape, &input = info[graph.inputs[0]].shape;
  return graph.nodes[convolution.node].outputs[0] == convolution.kernel_value && convolution.kernel_axis > 1 &&
         !input.empty() && shape[0] == input[0];
}

// The output of `node` if the node treats every channel of its input `value` by itself, else kNone.
ValueId per_channel_output(const Node& node, NodeId id, ValueId value, int axis, const Coupling& coupling,
                           const std::vector<TensorInfo>& info) {
  if (node.outputs.empty() || node.outputs[0] == kNone) return kNone;
  for (size_t i = 1; i < node.outputs.size(); ++i) {
    if (node.outputs[i] != kNone) return kNone;
  }
  const ValueId output = node.outputs[0];
  int port = -1;
  for (int i = 0; i < static_cast<int>(node.inputs.size()); ++i) {
    if (node.inputs[i] == value) {
      if (port >= 0) return kNone;
      port = i;
    } else if (node.inputs[i] != kNone && !info[node.inputs[i]].known()) {
      return kNone;
    }
  }
  if (info[output].shape != info[value].shape || !coupling.passes_on(id, port, axis)) return kNone;
  for (int64_t k = 0; k < info[value].shape[axis]; ++k) {
    if (!coupling.same_class({value, axis, k}, {output, axis, k})) return kNone;
  }
  return output;
}

}  // namespace

std::vector<FeatureMap> find_feature_maps(const Graph& graph, const Coupling& coupling,
                                          const std::vector<TensorInfo>& info) {
  std::vector<std::vector<NodeId>> consumers = graph.consumers();
  for (std::vector<NodeId>& list : consumers) {
    const auto counts = [&](NodeId id) { return reads_sizes(graph.nodes[id], info); };
    list.erase(std::remove_if(list.begin(), list.end(), counts), list.end());
  }
  std::vector<bool> is_output(graph.values.size()), is_convolution(graph.nodes.size());
  for (ValueId id : graph.outputs) is_output[id] = true;
  for (const Convolution& convolution : coupling.convolutions()) is_convolution[convolution.node] = true;

  std::vector<FeatureMap> maps;
  for (const Convolution& convolution : coupling.convolutions()) {
    FeatureMap map;
    if (!is_map(graph, convolution, info)) {
      maps.push_back(map);
      continue;
    }
    map.axis = convolution.kernel_axis;
    map.value = convolution.kernel_value;
    while (!is_output[map.value] && consumers[map.value].size() == 1) {
      const NodeId next = consumers[map.value][0];
      if (is_convolution[next] || info[map.value].shape.size() < 2) break;
      const ValueId output = per_channel_output(graph.nodes[next], next, map.value, map.axis, coupling, info);
      if (output == kNone) break;
      map.value = output;
      map.chain.push_back(next);
    }
    maps.push_back(std::move(map));
  }
  return maps;
}

std::vector<std::vector<ChannelIndex>> find_ablation_points(const Graph& graph, const Coupling& coupling,
                                                            const std::vector<TensorInfo>& info) {
  std::vector<std::vector<ChannelIndex>> points(coupling.groups().size());
  for (NodeId id = 0; id < static_cast<NodeId>(graph.nodes.size()); ++id) {
    const Node& node = graph.nodes[id];
    if (reads_sizes(node, info)) continue;
    for (int port = 0; port < static_cast<int>(node.inputs.size()); ++port) {
      const ValueId value = node.inputs[port];
      if (value == kNone || info[value].known()) continue;
      for (int axis = 0; axis < static_cast<int>(info[value].shape.size()); ++axis) {
        if (coupling.passes_on(id, port, axis)) continue;
        for (int64_t i = 0; i < info[value].shape[axis]; ++i) {
          const int32_t group = coupling.group_of(value, axis, i);
          if (group != kNone) points[group].push_back({value, axis, i});
        }
      }
    }
  }
  const auto key = [](const ChannelIndex& c) { return std::make_tuple(c.value, c.axis, c.index); };
  for (std::vector<ChannelIndex>& list : points) {
    std::sort(list.begin(), list.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
    list.erase(std::unique(list.begin(), list.end(), [&](const auto& a, const auto& b) { return key(a) == key(b); }),
               list.end());
  }
  return points;
}

}  // namespace alcedo
