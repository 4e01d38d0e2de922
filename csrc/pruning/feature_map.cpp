#include "pruning/feature_map.h"

#include <algorithm>
#include <tuple>

#include "base/error.h"
#include "layers/infer.h"

namespace alcedo {

namespace {

// Nodes that only pass on sizes (Shape): their results are known before the network runs.
bool reads_sizes(const Node& node, const std::vector<TensorInfo>& info) {
  return std::all_of(node.outputs.begin(), node.outputs.end(),
                     [&](ValueId value) { return value == kNone || info[value].known(); });
}

// Which axes count the samples: those that grow with the first axes of the inputs, and nothing beside them. In
// networks that allow no other batch size all that are as long.
class SampleAxes {
 public:
  SampleAxes(const Graph& graph, const std::vector<TensorInfo>& info, std::vector<Shape> input_shapes) : info_(info) {
    if (input_shapes.empty() || input_shapes[0].empty()) return;
    batch_ = input_shapes[0][0];
    Graph open = graph;  // the file may name a batch size that nothing depends on
    for (size_t i = 0; i < input_shapes.size(); ++i) {
      if (input_shapes[i].empty()) continue;
      input_shapes[i][0] = 2 * batch_ + 1;
      open.values[open.inputs[i]].shape[0] = -1;
    }
    try {
      larger_ = infer_known(open, input_shapes);
    } catch (const HException&) {
      larger_.clear();
    }
  }

  bool count(ValueId value, int axis) const {
    Shape expected = info_[value].shape;
    if (static_cast<size_t>(axis) >= expected.size() || expected[axis] != batch_) return false;
    expected[axis] = 2 * batch_ + 1;
    return larger_.empty() || larger_[value].shape == expected;
  }

 private:
  const std::vector<TensorInfo>& info_;
  std::vector<TensorInfo> larger_;
  int64_t batch_ = 0;
};

// The states of a layer of hidden units: [T,D,N,H] and [D,N,H], or with the samples first.
FeatureMap states_of(const Graph& graph, const Convolution& convolution, const std::vector<TensorInfo>& info,
                     const SampleAxes& samples) {
  const Node& node = graph.nodes[convolution.node];
  FeatureMap map;
  map.hidden_units = true;
  const bool samples_first = node.attributes.integer("layout", 0) == 1;
  const int samples_axis = samples_first ? 0 : convolution.kernel_axis - 1;
  if (!samples.count(convolution.kernel_value, samples_axis)) return map;
  map.value = convolution.kernel_value;
  map.axes = {convolution.kernel_axis, samples_axis};
  const Shape& x = info[node.inputs[0]].shape;
  map.positions = x[samples_first ? 1 : 0] * info[node.inputs[2]].shape[0];
  return map;
}

// A value and where its channels are.
struct ChannelsOf {
  ValueId value;
  int axis;
};

// The only result of `node` if the node has one and reads no other values than `value` that the run makes. `port`:
// where.
ValueId only_output(const Node& node, ValueId value, const std::vector<TensorInfo>& info, int& port) {
  if (node.outputs.empty() || node.outputs[0] == kNone) return kNone;
  for (size_t i = 1; i < node.outputs.size(); ++i) {
    if (node.outputs[i] != kNone) return kNone;
  }
  port = -1;
  for (int i = 0; i < static_cast<int>(node.inputs.size()); ++i) {
    if (node.inputs[i] == value) {
      if (port >= 0) return kNone;
      port = i;
    } else if (node.inputs[i] != kNone && !info[node.inputs[i]].known()) {
      return kNone;
    }
  }
  return node.outputs[0];
}

// Where the channels of `from` are behind `node`, if the node treats every one by itself; value kNone if not. Without
// `moving` they stay where they are.
ChannelsOf behind(const Node& node, NodeId id, const ChannelsOf& from, bool moving, const Coupling& coupling,
                  const std::vector<TensorInfo>& info) {
  const ChannelsOf nowhere{kNone, 0};
  int port = -1;
  const ValueId output = only_output(node, from.value, info, port);
  if (output == kNone || port < 0 || !coupling.passes_on(id, port, from.axis)) return nowhere;
  const Shape &before = info[from.value].shape, &after = info[output].shape;
  const auto stays_together = [&](int axis) {
    if (after[axis] != before[from.axis]) return false;
    for (int64_t k = 0; k < after[axis]; ++k) {
      if (!coupling.same_class({from.value, from.axis, k}, {output, axis, k})) return false;
    }
    return true;
  };
  if (!moving) return after == before && stays_together(from.axis) ? ChannelsOf{output, from.axis} : nowhere;
  if (num_elements(after) != num_elements(before)) return nowhere;
  for (int axis = 0; axis < static_cast<int>(after.size()); ++axis) {
    if (stays_together(axis)) return {output, axis};
  }
  return nowhere;
}

}  // namespace

std::vector<FeatureMap> find_feature_maps(const Graph& graph, const Coupling& coupling,
                                          const std::vector<TensorInfo>& info, const std::vector<Shape>& input_shapes) {
  std::vector<std::vector<NodeId>> consumers = graph.consumers();
  for (std::vector<NodeId>& list : consumers) {
    const auto counts = [&](NodeId id) { return reads_sizes(graph.nodes[id], info); };
    list.erase(std::remove_if(list.begin(), list.end(), counts), list.end());
  }
  std::vector<bool> is_output(graph.values.size()), is_convolution(graph.nodes.size());
  for (ValueId id : graph.outputs) is_output[id] = true;
  for (const Convolution& convolution : coupling.convolutions()) is_convolution[convolution.node] = true;

  const SampleAxes samples(graph, info, input_shapes);
  // One row per sample, channels behind it.
  const auto is_map = [&](const ChannelsOf& at) { return at.axis >= 1 && samples.count(at.value, 0); };
  const auto next = [&](const ChannelsOf& at, bool moving, std::vector<NodeId>& chain) {
    const ChannelsOf nowhere{kNone, 0};
    if (is_output[at.value] || consumers[at.value].size() != 1 || info[at.value].shape.size() < 2) return nowhere;
    const NodeId id = consumers[at.value][0];
    if (is_convolution[id]) return nowhere;
    const ChannelsOf found = behind(graph.nodes[id], id, at, moving, coupling, info);
    if (found.value != kNone) chain.push_back(id);
    return found;
  };

  std::vector<FeatureMap> maps;
  for (const Convolution& convolution : coupling.convolutions()) {
    const Node& node = graph.nodes[convolution.node];
    if (holds_hidden_units(node)) {
      maps.push_back(states_of(graph, convolution, info, samples));
      continue;
    }
    FeatureMap map;
    ChannelsOf at{convolution.kernel_value, convolution.kernel_axis};
    if (node.outputs[0] != at.value) at.value = kNone;
    while (at.value != kNone && !is_map(at)) at = next(at, true, map.chain);
    while (at.value != kNone) {
      const ChannelsOf more = next(at, false, map.chain);
      if (more.value == kNone) break;
      if (!is_map(more)) {
        map.chain.pop_back();
        break;
      }
      at = more;
    }
    if (at.value != kNone) {
      map.value = at.value;
      map.axes.channels = at.axis;
      const Shape& shape = info[at.value].shape;
      map.positions = num_elements(shape) / std::max<int64_t>(shape[0] * shape[at.axis], 1);
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
