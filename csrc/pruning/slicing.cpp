#include "pruning/slicing.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <string>

#include "base/error.h"
#include "base/error_codes.h"
#include "graph/names.h"
#include "layers/infer.h"

namespace alcedo {

namespace {

// The elements of `tensor` whose index on `axis` is in `kept`.
Tensor gather(const Tensor& tensor, int axis, const std::vector<int64_t>& kept) {
  Shape shape = tensor.shape();
  int64_t outer = 1;
  size_t inner = size_of(tensor.dtype());
  for (int i = 0; i < axis; ++i) outer *= shape[i];
  for (int i = axis + 1; i < tensor.rank(); ++i) inner *= static_cast<size_t>(shape[i]);
  const int64_t before = shape[axis], after = static_cast<int64_t>(kept.size());
  shape[axis] = after;
  Tensor result(tensor.dtype(), shape);
  const char* from = static_cast<const char*>(tensor.raw());
  char* to = static_cast<char*>(result.raw());
  for (int64_t o = 0; o < outer; ++o) {
    for (int64_t k = 0; k < after; ++k) {
      std::memcpy(to + (o * after + k) * inner, from + (o * before + kept[k]) * inner, inner);
    }
  }
  return result;
}

std::vector<TensorInfo> infos_of(const std::vector<ValueId>& values, const std::vector<TensorInfo>& info) {
  std::vector<TensorInfo> result;
  for (ValueId value : values) result.push_back(value == kNone ? TensorInfo{} : info[value]);
  return result;
}

// What `info` says of these values after the cut; constants are left out where they were cut.
std::vector<TensorInfo> infos_after(const std::vector<ValueId>& values, const std::vector<TensorInfo>& info,
                                    const KeptIndices& kept) {
  std::vector<TensorInfo> result = infos_of(values, info);
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i] == kNone || !kept.cut(values[i])) continue;
    result[i].shape = kept.shape(values[i]);
    result[i].constant = Tensor();
  }
  return result;
}

// What is known of the smaller graph, node by node, so that a node can be mended by what those in front give it now.
class SmallerGraph {
 public:
  SmallerGraph(const Graph& before, Graph& graph, const std::vector<TensorInfo>& info, const KeptIndices& kept,
               const std::vector<Shape>& input_shapes)
      : before_(before), graph_(graph), info_(info), kept_(kept), producers_(before.producers()) {
    after_ = info;
    for (ValueId id = 0; id < static_cast<ValueId>(before.values.size()); ++id) {
      const Value& value = graph.values[id];
      if (value.is_constant()) after_[id] = {value.constant.dtype(), value.constant.shape(), value.constant};
    }
    for (size_t i = 0; i < graph.inputs.size(); ++i) after_[graph.inputs[i]].shape = input_shapes[i];
  }

  void mend(NodeId id) {
    const Node& node = before_.nodes[id];
    const Layer* layer = find_layer(node.op_type);
    if (layer == nullptr || !touched(node)) return;
    if (layer->rewrite != nullptr) rewrite(id, *layer);
    update(id);
  }

 private:
  bool cut(const std::vector<ValueId>& values) const {
    return std::any_of(values.begin(), values.end(), [&](ValueId value) { return value != kNone && kept_.cut(value); });
  }
  // Numbers computed from sizes that are others now.
  bool renumbered(const Node& node) const {
    return std::any_of(node.inputs.begin(), node.inputs.end(), [&](ValueId value) {
      return value != kNone && !graph_.values[value].is_constant() && info_[value].known() &&
             !same(info_[value].constant, after_[value].constant);
    });
  }
  static bool same(const Tensor& a, const Tensor& b) {
    return a.defined() && b.defined() && a.shape() == b.shape() && std::memcmp(a.raw(), b.raw(), a.bytes()) == 0;
  }
  bool touched(const Node& node) const { return cut(node.inputs) || cut(node.outputs) || renumbered(node); }

  void rewrite(NodeId id, const Layer& layer) {
    struct Context {
      const KeptIndices& kept;
      const Node& before;
    } context{kept_, before_.nodes[id]};
    const auto kept_on = [](const void* opaque, AxisRef ref) -> const std::vector<int64_t>& {
      const Context& known = *static_cast<const Context*>(opaque);
      return known.kept.of((ref.output ? known.before.outputs : known.before.inputs).at(ref.port), ref.axis);
    };
    const std::vector<TensorInfo> src = infos_of(context.before.inputs, info_);
    const std::vector<TensorInfo> dst = infos_of(context.before.outputs, info_);
    RewriteArgs args{graph_, graph_.nodes[id], src, dst, kept_on, &context, after_, producers_};
    layer.rewrite(args);
    // The constant parts of a target's Concat may have been mended.
    for (ValueId value : context.before.inputs) {
      const NodeId producer = value == kNone ? kNone : producers_[value];
      if (producer != kNone && graph_.nodes[producer].inputs != before_.nodes[producer].inputs) update(producer);
    }
  }

  void update(NodeId id) {
    const Node& node = graph_.nodes[id];
    std::vector<TensorInfo> src;
    for (ValueId value : node.inputs) {
      if (value == kNone) {
        src.emplace_back();
      } else if (static_cast<size_t>(value) < after_.size()) {
        src.push_back(after_[value]);
      } else {
        const Tensor& constant = graph_.values[value].constant;
        src.push_back({constant.dtype(), constant.shape(), constant});
      }
    }
    const std::vector<TensorInfo> dst = infer_node(node, src);
    for (size_t i = 0; i < dst.size(); ++i) {
      if (node.outputs[i] != kNone) after_[node.outputs[i]] = dst[i];
    }
  }

  const Graph& before_;
  Graph& graph_;
  const std::vector<TensorInfo>& info_;
  const KeptIndices& kept_;
  const std::vector<NodeId> producers_;
  std::vector<TensorInfo> after_;  // per value of the graph as it was
};

void check_shapes(const Graph& before, const Graph& graph, const std::vector<TensorInfo>& info, const KeptIndices& kept,
                  const std::vector<Shape>& input_shapes) {
  const std::vector<TensorInfo> after = infer_known(graph, input_shapes);
  for (const Node& node : before.nodes) {
    for (ValueId value : node.outputs) {
      if (value == kNone) continue;
      const Shape wanted = kept.cut(value) ? kept.shape(value) : info[value].shape;
      require(after[value].shape == wanted, error::kInternal, "[", node.op_type, " ", node.name, "] after pruning '",
              graph.values[value].name, "' would have shape ", to_string(after[value].shape), " instead of ",
              to_string(wanted));
    }
  }
}

// Constants that the layers' rewrites made carry the names of those that they replace.
void name_new_values(Graph& graph, size_t begin) {
  Names names(graph, begin);
  for (size_t v = begin; v < graph.values.size(); ++v) graph.values[v].name = names.value(graph.values[v].name);
}

}  // namespace

KeptIndices::KeptIndices(const Coupling& coupling, const std::vector<bool>& removed) : coupling_(coupling) {
  const int32_t axes = coupling.axis_num();
  std::vector<std::vector<int64_t>> leaving(axes);
  kept_.resize(axes);
  for (size_t g = 0; g < removed.size(); ++g) {
    if (!removed[g]) continue;
    for (const ChannelIndex& channel : coupling.groups()[g].channels) {
      leaving[coupling.axis_id(channel.value, channel.axis)].push_back(channel.index);
    }
  }
  for (ValueId value = 0; value < coupling.value_num(); ++value) {
    cut_.push_back(false);
    for (int axis = 0; axis < static_cast<int>(coupling.shape_of(value).size()); ++axis) {
      const int32_t id = coupling.axis_id(value, axis);
      if (leaving[id].empty()) continue;
      cut_[value] = true;
      std::vector<bool> leaves(coupling.shape_of(value)[axis]);
      for (int64_t index : leaving[id]) leaves[index] = true;
      for (size_t i = 0; i < leaves.size(); ++i) {
        if (!leaves[i]) kept_[id].push_back(static_cast<int64_t>(i));
      }
      require(!kept_[id].empty(), error::kInternal, "axis ", axis, " of value ", value, " would lose all its ",
              leaves.size(), " indices");
    }
  }
}

const std::vector<int64_t>& KeptIndices::of(ValueId value, int axis) const {
  if (value != kNone && !kept_[coupling_.axis_id(value, axis)].empty()) return kept_[coupling_.axis_id(value, axis)];
  const size_t size = value == kNone ? 0 : static_cast<size_t>(coupling_.shape_of(value)[axis]);
  std::vector<int64_t>& all = all_[size];
  if (all.size() != size) {
    all.resize(size);
    std::iota(all.begin(), all.end(), 0);
  }
  return all;
}

Shape KeptIndices::shape(ValueId value) const {
  Shape shape = coupling_.shape_of(value);
  for (int axis = 0; axis < static_cast<int>(shape.size()); ++axis) {
    const std::vector<int64_t>& kept = kept_[coupling_.axis_id(value, axis)];
    if (!kept.empty()) shape[axis] = static_cast<int64_t>(kept.size());
  }
  return shape;
}

Graph slice_graph(const Graph& graph, const std::vector<TensorInfo>& info, const Coupling& coupling,
                  const std::vector<bool>& removed, const std::vector<Shape>& input_shapes) {
  const KeptIndices kept(coupling, removed);
  Graph result = graph;
  for (ValueId id = 0; id < static_cast<ValueId>(graph.values.size()); ++id) {
    if (!kept.cut(id)) continue;
    Value& value = result.values[id];
    for (int axis = 0; axis < static_cast<int>(info[id].shape.size()); ++axis) {
      const std::vector<int64_t>& stay = kept.of(id, axis);
      if (static_cast<int64_t>(stay.size()) == info[id].shape[axis]) continue;
      if (value.is_constant()) value.constant = gather(value.constant, axis, stay);
      if (axis < static_cast<int>(value.shape.size()) && value.shape[axis] >= 0) {
        value.shape[axis] = static_cast<int64_t>(stay.size());
      }
    }
  }
  SmallerGraph smaller(graph, result, info, kept, input_shapes);
  for (NodeId id = 0; id < static_cast<NodeId>(graph.nodes.size()); ++id) smaller.mend(id);
  name_new_values(result, graph.values.size());
  check_shapes(graph, result, info, kept, input_shapes);
  return result;
}

// False behind an unknown operator.
static bool sized(const Node& node, const std::vector<TensorInfo>& info) {
  const auto known = [&](ValueId value) { return value == kNone || info[value].dtype != DType::undefined; };
  return std::all_of(node.inputs.begin(), node.inputs.end(), known) &&
         std::all_of(node.outputs.begin(), node.outputs.end(), known);
}

std::vector<int64_t> layer_macs(const Graph& graph, const std::vector<TensorInfo>& info, const KeptIndices& kept) {
  std::vector<int64_t> macs(graph.nodes.size(), 0);
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    const Layer* layer = find_layer(node.op_type);
    if (layer == nullptr || layer->macs == nullptr || !sized(node, info)) continue;
    const std::vector<TensorInfo> src = infos_after(node.inputs, info, kept);
    const std::vector<TensorInfo> dst = infos_after(node.outputs, info, kept);
    macs[n] = layer->macs(CostArgs{node, src, dst});
  }
  return macs;
}

Cost cost_without(const Graph& graph, const std::vector<TensorInfo>& info, const Coupling& coupling,
                  const std::vector<bool>& removed) {
  const KeptIndices kept(coupling, removed);
  Cost cost;
  std::vector<bool> counted(graph.values.size());
  for (const Node& node : graph.nodes) {
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      const ValueId value = node.inputs[i];
      if (value == kNone || counted[value] || !is_parameter(graph, node, i)) continue;
      counted[value] = true;
      cost.params += num_elements(kept.cut(value) ? kept.shape(value) : info[value].shape);
    }
  }
  for (int64_t macs : layer_macs(graph, info, kept)) cost.macs += macs;
  return cost;
}

}  // namespace alcedo
