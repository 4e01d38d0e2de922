#include "pruning/coupling.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "base/error.h"
#include "base/error_codes.h"
#include "layers/infer.h"

namespace alcedo {

namespace {

std::string label(const Node& node) { return text("[", node.op_type, " ", node.name, "] "); }

ValueId value_of(const Node& node, const AxisRef& ref) {
  const std::vector<ValueId>& list = ref.output ? node.outputs : node.inputs;
  if (ref.port < 0 || ref.port >= static_cast<int>(list.size())) return kNone;
  return list[ref.port];
}

bool binary(const Statement& statement) {
  return statement.kind == Statement::Kind::same || statement.kind == Statement::Kind::shift ||
         statement.kind == Statement::Kind::pairs;
}

constexpr int kTries = 3;  // Reshapes seldom have more than three axes to choose from

TensorInfo info_at(const std::vector<TensorInfo>& info, ValueId value) {
  return value == kNone ? TensorInfo{} : info[value];
}

}  // namespace

// Where a Reshape led the channels to an axis on which nothing can leave (to the places within the groups of a group
// normalization that is written out, instead of the groups), its other axes are tried.
Coupling::Coupling(const Graph& graph, const std::vector<TensorInfo>& info) {
  analyse(graph, info, {});
  std::set<Choice> banned, vain = vain_choices(graph);
  for (int tries = 0; tries < kTries && !vain.empty(); ++tries) {
    banned.insert(vain.begin(), vain.end());
    Coupling other;
    other.analyse(graph, info, banned);
    vain = other.vain_choices(graph);
    const int64_t unions = union_num_ + other.union_num_;
    if (other.leaving_kernels() > leaving_kernels()) *this = std::move(other);
    union_num_ = unions;
  }
}

void Coupling::analyse(const Graph& graph, const std::vector<TensorInfo>& info, std::set<Choice> banned) {
  banned_ = std::move(banned);
  int32_t elements = 0;
  for (const TensorInfo& each : info) {
    shapes_.push_back(each.shape);
    value_begin_.push_back(static_cast<int32_t>(axis_begin_.size()));
    for (int64_t dim : each.shape) {
      axis_begin_.push_back(elements);
      elements += static_cast<int32_t>(dim);
    }
  }
  parent_.resize(elements);
  std::iota(parent_.begin(), parent_.end(), 0);
  fixed_.assign(elements, kNone);
  group_at_.assign(elements, kNone);
  passed_.resize(graph.nodes.size());

  for (ValueId id : graph.inputs) fix_value(id, text("'", graph.values[id].name, "' is an input of the model"));
  for (ValueId id : graph.outputs) fix_value(id, text("'", graph.values[id].name, "' is an output of the model"));
  fix_counted_sizes(graph, info);
  for (NodeId id = 0; id < static_cast<NodeId>(graph.nodes.size()); ++id) read_node(graph, id, info);
  collect_groups(graph);
}

int32_t Coupling::find(int32_t element) const {
  while (parent_[element] != element) {
    parent_[element] = parent_[parent_[element]];
    element = parent_[element];
  }
  return element;
}

void Coupling::join(int32_t a, int32_t b) {
  ++union_num_;
  a = find(a);
  b = find(b);
  if (a == b) return;
  if (b < a) std::swap(a, b);
  parent_[b] = a;
  if (fixed_[a] == kNone) fixed_[a] = fixed_[b];
}

void Coupling::fix(int32_t element, int32_t reason) {
  ++union_num_;
  int32_t& at_root = fixed_[find(element)];
  if (at_root == kNone) at_root = reason;
}

void Coupling::fix_value(ValueId value, const std::string& reason) {
  reasons_.push_back(reason);
  for (int axis = 0; axis < static_cast<int>(shapes_[value].size()); ++axis) {
    for (int64_t i = 0; i < shapes_[value][axis]; ++i) {
      fix(element(value, axis, i), static_cast<int32_t>(reasons_.size()) - 1);
    }
  }
}

bool Coupling::axis_may_leave(ValueId value, int axis) const {
  for (int64_t i = 0; i < shapes_[value][axis]; ++i) {
    if (fixed_[find(element(value, axis, i))] == kNone) return true;
  }
  return false;
}

// Sizes that are read (Shape) and computed with. Where they end in a setting that the layer mends after a cut, the axes
// may shrink; where they end among the numbers (a divisor, a table of positions) they must stay what they are.
void Coupling::fix_counted_sizes(const Graph& graph, const std::vector<TensorInfo>& info) {
  std::vector<std::string> reader(graph.values.size());  // of a computed number; "": none that matters
  for (ValueId value : graph.outputs) {
    if (info[value].known()) reader[value] = text("'", graph.values[value].name, "', an output of the model, ");
  }
  for (NodeId id = static_cast<NodeId>(graph.nodes.size()) - 1; id >= 0; --id) {
    const Node& node = graph.nodes[id];
    const Layer* layer = find_layer(node.op_type);
    bool arithmetic = true;
    std::string counts;
    for (ValueId value : node.outputs) {
      if (value == kNone) continue;
      arithmetic = arithmetic && info[value].known();
      if (counts.empty()) counts = reader[value];
    }
    if (!arithmetic) counts = label(node);
    if (counts.empty()) continue;
    for (size_t port = 0; port < node.inputs.size(); ++port) {
      const ValueId value = node.inputs[port];
      if (value == kNone || graph.values[value].is_constant()) continue;
      if (!info[value].known()) {
        if (arithmetic) fix_value(value, counts + text("computes with the sizes of '", graph.values[value].name, "'"));
        continue;
      }
      // A single real number (the value of a Pad) counts nothing.
      const bool number = info[value].dtype == DType::f32 && num_elements(info[value].shape) == 1;
      const bool mended =
          layer != nullptr && layer->rewrite != nullptr && input_role(node, port) == InputRole::setting && !number;
      if (!mended) reader[value] = counts;
    }
  }
}

void Coupling::read_node(const Graph& graph, NodeId id, const std::vector<TensorInfo>& info) {
  const Node& node = graph.nodes[id];
  const Layer* layer = find_layer(node.op_type);
  const auto unknown = [&](ValueId value) { return value != kNone && info[value].dtype == DType::undefined; };
  const bool behind = std::any_of(node.inputs.begin(), node.inputs.end(), unknown);
  const bool open = std::any_of(node.outputs.begin(), node.outputs.end(), unknown);
  if (layer == nullptr || layer->channels == nullptr || behind || open) {
    const char* why = layer == nullptr ? why_unknown(node)
                      : behind         ? "lies behind an unknown operator"
                                       : "has no channel rule";
    const std::string reason = label(node) + why;
    for (ValueId value : node.inputs) {
      if (value != kNone) fix_value(value, reason);
    }
    for (ValueId value : node.outputs) {
      if (value != kNone) fix_value(value, reason);
    }
    return;
  }

  std::vector<TensorInfo> src, dst;
  for (ValueId value : node.inputs) src.push_back(info_at(info, value));
  for (ValueId value : node.outputs) dst.push_back(info_at(info, value));
  std::vector<AxisRef> asked;
  struct Context {
    const Coupling& coupling;
    const Node& node;
    const NodeId id;
    std::vector<AxisRef>& asked;
  } context{*this, node, id, asked};
  const auto may_leave = [](const void* opaque, AxisRef ref) {
    const Context& known = *static_cast<const Context*>(opaque);
    const ValueId value = value_of(known.node, ref);
    if (value == kNone || ref.axis < 0 || ref.axis >= static_cast<int>(known.coupling.shapes_[value].size()))
      return false;
    if (ref.output && known.coupling.banned_.count({known.id, ref.port, ref.axis}) > 0) return false;
    if (!known.coupling.axis_may_leave(value, ref.axis)) return false;
    if (ref.output) known.asked.push_back(ref);
    return true;
  };
  std::vector<Statement> statements;
  ChannelRuleArgs args{node, src, dst, may_leave, &context, statements};
  layer->channels(args);
  const size_t before = convolutions_.size();
  for (const Statement& statement : statements) apply(node, id, statement);
  note_choice(id, asked, statements);
  note_axes(node, id, statements);
  for (size_t c = before; c < convolutions_.size(); ++c) {
    for (KernelWeights& weights : convolutions_[c].weights) {
      if (!graph.values[weights.value].is_constant()) weights.computed = info[weights.value].constant;
    }
  }
}

void Coupling::apply(const Node& node, NodeId id, const Statement& statement) {
  const auto axis_of = [&](const AxisRef& ref) {
    const ValueId value = value_of(node, ref);
    require(value != kNone && ref.axis >= 0 && ref.axis < static_cast<int>(shapes_[value].size()), error::kInternal,
            label(node), "channel rule names ", ref.output ? "output " : "input ", ref.port, ", axis ", ref.axis,
            ", which does not exist");
    return value;
  };
  const ValueId a = axis_of(statement.a);
  const int64_t size_a = shapes_[a][statement.a.axis];
  const auto at = [&](ValueId value, const AxisRef& ref, int64_t index) {
    require(index >= 0 && index < shapes_[value][ref.axis], error::kInternal, label(node), "channel rule names index ",
            index, " of ", ref.output ? "output " : "input ", ref.port, ", axis ", ref.axis, " of size ",
            shapes_[value][ref.axis]);
    return element(value, ref.axis, index);
  };

  switch (statement.kind) {
    case Statement::Kind::same:
    case Statement::Kind::shift: {
      const ValueId b = axis_of(statement.b);
      const int64_t offset = statement.kind == Statement::Kind::shift ? statement.offset : 0;
      for (int64_t i = 0; i < size_a; ++i) join(at(a, statement.a, i), at(b, statement.b, i + offset));
      break;
    }
    case Statement::Kind::pairs: {
      const ValueId b = axis_of(statement.b);
      for (size_t k = 0; k < statement.index_a.size(); ++k) {
        join(at(a, statement.a, statement.index_a[k]), at(b, statement.b, statement.index_b[k]));
      }
      break;
    }
    case Statement::Kind::fixed:
    case Statement::Kind::fixed_index: {
      reasons_.push_back((statement.reason.rfind('[', 0) == 0 ? "" : label(node)) + statement.reason);
      const int32_t reason = static_cast<int32_t>(reasons_.size()) - 1;
      if (statement.kind == Statement::Kind::fixed) {
        for (int64_t i = 0; i < size_a; ++i) fix(at(a, statement.a, i), reason);
      } else {
        for (int64_t i : statement.index_a) fix(at(a, statement.a, i), reason);
      }
      break;
    }
    case Statement::Kind::kernel: {
      Convolution convolution;
      convolution.node = id;
      convolution.kernel_value = a;
      convolution.kernel_axis = statement.a.axis;
      convolution.kernel_num = size_a;
      convolutions_.push_back(std::move(convolution));
      break;
    }
  }
}

void Coupling::note_choice(NodeId id, const std::vector<AxisRef>& asked, const std::vector<Statement>& statements) {
  std::set<int> axes;
  for (const AxisRef& ref : asked) axes.insert(ref.axis);
  if (axes.size() < 2) return;
  for (const Statement& statement : statements) {
    if (statement.kind == Statement::Kind::pairs && statement.b.output && axes.count(statement.b.axis) > 0) {
      chosen_.insert({id, statement.b.port, statement.b.axis});
    }
  }
}

std::set<Coupling::Choice> Coupling::vain_choices(const Graph& graph) const {
  std::set<Choice> vain;
  for (const auto& [id, port, axis] : chosen_) {
    if (!axis_may_leave(graph.nodes[id].outputs[port], axis)) vain.insert({id, port, axis});
  }
  return vain;
}

int64_t Coupling::leaving_kernels() const {
  int64_t kernels = 0;
  for (const ChannelGroup& group : groups_) kernels += static_cast<int64_t>(group.kernels.size());
  return kernels;
}

// Axes of which the rule says nothing stay as they are; and which input axes lead to an output.
void Coupling::note_axes(const Node& node, NodeId id, const std::vector<Statement>& statements) {
  struct Axis {
    AxisRef ref;
    int root;
    bool mentioned = false, reaches_output = false;
  };
  std::vector<Axis> axes;
  std::vector<int> first[2];  // per input, per output: its first axis in `axes`
  const auto add = [&](bool output, const std::vector<ValueId>& list) {
    for (int port = 0; port < static_cast<int>(list.size()); ++port) {
      first[output].push_back(static_cast<int>(axes.size()));
      if (list[port] == kNone) continue;
      for (int axis = 0; axis < static_cast<int>(shapes_[list[port]].size()); ++axis) {
        axes.push_back({{output, port, axis}, static_cast<int>(axes.size())});
      }
    }
  };
  add(false, node.inputs);
  add(true, node.outputs);
  const auto find_axis = [&](const AxisRef& ref) { return first[ref.output][ref.port] + ref.axis; };
  const auto root = [&](int i) {
    while (axes[i].root != i) i = axes[i].root = axes[axes[i].root].root;
    return i;
  };
  for (const Statement& statement : statements) {
    const int a = find_axis(statement.a);
    axes[a].mentioned = true;
    if (!binary(statement)) continue;
    const int b = find_axis(statement.b);
    axes[b].mentioned = true;
    axes[root(b)].root = root(a);
  }
  int32_t reason = kNone;
  for (int i = 0; i < static_cast<int>(axes.size()); ++i) {
    const AxisRef& ref = axes[i].ref;
    if (ref.output) axes[root(i)].reaches_output = true;
    if (axes[i].mentioned) continue;
    if (reason == kNone) {
      reasons_.push_back(label(node) + "has no channel rule for this axis");
      reason = static_cast<int32_t>(reasons_.size()) - 1;
    }
    const ValueId value = value_of(node, ref);
    for (int64_t k = 0; k < shapes_[value][ref.axis]; ++k) fix(element(value, ref.axis, k), reason);
  }
  for (int i = 0; i < static_cast<int>(axes.size()); ++i) {
    if (!axes[i].ref.output && axes[root(i)].reaches_output)
      passed_[id].emplace_back(axes[i].ref.port, axes[i].ref.axis);
  }
  for (const Statement& statement : statements) {
    if (statement.kind != Statement::Kind::kernel) continue;
    std::vector<KernelWeights>& weights = convolutions_.back().weights;
    for (int i = 0; i < static_cast<int>(axes.size()); ++i) {
      const AxisRef& ref = axes[i].ref;
      if (ref.output || input_role(node, ref.port) != InputRole::weight) continue;
      if (root(i) != root(find_axis(statement.a))) continue;
      // Recurrent weights have the units on two axes: what comes in stands on the first.
      const ValueId value = node.inputs[ref.port];
      const auto known = [&](const KernelWeights& w) { return w.value == value; };
      const auto found = std::find_if(weights.begin(), weights.end(), known);
      if (found == weights.end()) {
        weights.push_back({value, ref.axis, Tensor()});
      } else {
        found->axis = std::min(found->axis, ref.axis);
      }
    }
  }
}

bool Coupling::passes_on(NodeId node, int port, int axis) const {
  return std::find(passed_[node].begin(), passed_[node].end(), std::make_pair(port, axis)) != passed_[node].end();
}

void Coupling::collect_groups(const Graph& graph) {
  for (int32_t c = 0; c < static_cast<int32_t>(convolutions_.size()); ++c) {
    const Convolution& convolution = convolutions_[c];
    for (int64_t k = 0; k < convolution.kernel_num; ++k) {
      const int32_t root = find(element(convolution.kernel_value, convolution.kernel_axis, k));
      if (fixed_[root] != kNone) continue;
      if (group_at_[root] == kNone) {
        group_at_[root] = static_cast<int32_t>(groups_.size());
        groups_.emplace_back();
      }
      groups_[group_at_[root]].kernels.push_back({c, k});
    }
  }
  for (ValueId value = 0; value < static_cast<ValueId>(shapes_.size()); ++value) {
    for (int axis = 0; axis < static_cast<int>(shapes_[value].size()); ++axis) {
      for (int64_t i = 0; i < shapes_[value][axis]; ++i) {
        const int32_t group = group_at_[find(element(value, axis, i))];
        if (group != kNone) groups_[group].channels.push_back({value, axis, i});
      }
    }
  }
  drop_emptying_groups(graph);
  number_sets();
  for (Convolution& convolution : convolutions_) {
    convolution.group_of_kernel.resize(convolution.kernel_num);
    for (int64_t k = 0; k < convolution.kernel_num; ++k) {
      const int32_t root = find(element(convolution.kernel_value, convolution.kernel_axis, k));
      convolution.group_of_kernel[k] = group_at_[root];
      if (group_at_[root] != kNone) convolution.prunable = true;
      if (convolution.reason.empty() && fixed_[root] != kNone) convolution.reason = reasons_[fixed_[root]];
    }
    if (convolution.prunable) convolution.reason.clear();
  }
}

// A group that holds every index of some axis can never leave: it becomes fixed.
void Coupling::drop_emptying_groups(const Graph& graph) {
  std::vector<ChannelGroup> kept;
  for (ChannelGroup& group : groups_) {
    const std::vector<ChannelIndex>& list = group.channels;
    const ChannelIndex* emptied = nullptr;
    for (size_t i = 0, run = 0; i < list.size() && emptied == nullptr; ++i) {
      if (list[i].value != list[run].value || list[i].axis != list[run].axis) run = i;
      if (static_cast<int64_t>(i - run) + 1 == shapes_[list[i].value][list[i].axis]) emptied = &list[i];
    }
    const Convolution& first = convolutions_[group.kernels[0].convolution];
    const int32_t root = find(element(first.kernel_value, first.kernel_axis, group.kernels[0].index));
    if (emptied == nullptr) {
      group_at_[root] = static_cast<int32_t>(kept.size());
      kept.push_back(std::move(group));
      continue;
    }
    group_at_[root] = kNone;
    const bool one_kernel = first.kernel_num == 1;
    reasons_.push_back(
        one_kernel
            ? text("[", graph.nodes[first.node].op_type, " ", graph.nodes[first.node].name, "] has one kernel only")
            : text("its kernels leave only together with all channels of '", graph.values[emptied->value].name, "'"));
    fixed_[root] = static_cast<int32_t>(reasons_.size()) - 1;
  }
  groups_ = std::move(kept);
}

void Coupling::number_sets() {
  std::map<std::vector<int32_t>, int32_t> sets;
  for (ChannelGroup& group : groups_) {
    std::vector<int32_t> key;
    for (const KernelRef& kernel : group.kernels) {
      if (key.empty() || key.back() != kernel.convolution) key.push_back(kernel.convolution);
    }
    group.set = sets.emplace(std::move(key), static_cast<int32_t>(sets.size())).first->second;
  }
  set_num_ = static_cast<int32_t>(sets.size());
}

int32_t Coupling::group_of(ValueId value, int axis, int64_t index) const {
  return group_at_[find(element(value, axis, index))];
}

bool Coupling::same_class(const ChannelIndex& a, const ChannelIndex& b) const {
  return find(element(a.value, a.axis, a.index)) == find(element(b.value, b.axis, b.index));
}

}  // namespace alcedo
