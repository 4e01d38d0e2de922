#include "onnx/unfold.h"

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "base/error_codes.h"
#include "onnx/bodies.h"

namespace alcedo::onnx {
namespace {

using onnx_pb::AttributeProto;
using onnx_pb::GraphProto;
using onnx_pb::NodeProto;
using onnx_pb::TensorProto;

constexpr int64_t kMostNodes = 20000;  // that one node may become

int64_t nodes_of(const GraphProto& graph) {
  int64_t nodes = graph.node_size();
  for (const NodeProto& node : graph.node()) {
    for (const AttributeProto& attribute : node.attribute()) {
      if (attribute.has_g()) nodes += nodes_of(attribute.g());
    }
  }
  return nodes;
}

const AttributeProto* attribute_of(const NodeProto& node, const std::string& name) {
  for (const AttributeProto& attribute : node.attribute()) {
    if (attribute.name() == name) return &attribute;
  }
  return nullptr;
}

const GraphProto& body_of(const NodeProto& node, const std::string& name) {
  const std::string what = text("[", node.op_type(), " ", node.name(), "] ");
  const AttributeProto* attribute = attribute_of(node, name);
  require(attribute != nullptr && attribute->has_g(), error::kReadOnnx, what, "has no ", name);
  require(attribute->g().sparse_initializer_size() == 0, error::kReadOnnx, what, name, " has sparse weights");
  return attribute->g();
}

std::vector<int64_t> integers_of(const NodeProto& node, const std::string& name, size_t size, int64_t fallback) {
  std::vector<int64_t> values(size, fallback);
  const AttributeProto* attribute = attribute_of(node, name);
  for (size_t i = 0; attribute != nullptr && i < size && i < static_cast<size_t>(attribute->ints_size()); ++i) {
    values[i] = attribute->ints(static_cast<int>(i));
  }
  return values;
}

bool is_onnx(const NodeProto& node) { return node.domain().empty() || node.domain() == "ai.onnx"; }

class Unfolder {
 public:
  Unfolder(const Known& known, int64_t opset, const TensorReader& reader, UnfoldBudget* left, GraphProto* graph)
      : known_(known), opset_(opset), reader_(reader), left_(left), graph_(graph), taken_(defined_names(*graph)) {}

  bool run() {
    google::protobuf::RepeatedPtrField<NodeProto> nodes;
    nodes.Swap(graph_->mutable_node());
    bool any = false;
    for (NodeProto& node : nodes) {
      const bool replaced = is_onnx(node) && ((node.op_type() == "If" && take_branch(node)) ||
                                              (node.op_type() == "Loop" && unroll_loop(node)) ||
                                              (node.op_type() == "Scan" && opset_ >= 9 && unroll_scan(node)));
      if (!replaced) graph_->add_node()->Swap(&node);
      any = any || replaced;
    }
    return any;
  }

 private:
  std::optional<int64_t> number(const std::string& name) const {
    const auto found = known_.numbers.find(name);
    return found == known_.numbers.end() ? std::nullopt : std::optional<int64_t>(found->second);
  }

  // ----- making nodes

  std::string fresh(const std::string& base) {
    std::string name = base;
    while (!taken_.insert(name).second) name += "_";
    return name;
  }

  std::string new_prefix(const NodeProto& node) {
    return text(node.name().empty() ? node.op_type() : node.name(), "/", number_++, "/");
  }

  std::string add_integers(const std::string& name, const std::vector<int64_t>& values, bool is_scalar) {
    auto* tensor = graph_->add_initializer();
    tensor->set_name(fresh(name));
    tensor->set_data_type(7);
    if (!is_scalar) tensor->add_dims(static_cast<int64_t>(values.size()));
    for (int64_t value : values) tensor->add_int64_data(value);
    return tensor->name();
  }

  std::string add_true(const std::string& name) {
    auto* tensor = graph_->add_initializer();
    tensor->set_name(fresh(name));
    tensor->set_data_type(9);
    tensor->add_int32_data(1);
    return tensor->name();
  }

  NodeProto* add(const std::string& name, const std::string& type, const std::vector<std::string>& inputs,
                 const std::string& output) {
    NodeProto* node = graph_->add_node();
    node->set_name(name);
    node->set_op_type(type);
    for (const std::string& input : inputs) node->add_input(input);
    node->add_output(output);
    return node;
  }

  static void set_integer(NodeProto* node, const std::string& name, int64_t value) {
    auto* attribute = node->add_attribute();
    attribute->set_name(name);
    attribute->set_type(AttributeProto::INT);
    attribute->set_i(value);
  }

  void unsqueeze(const std::string& name, const std::string& from, int64_t axis, const std::string& to) {
    if (opset_ >= 13) {
      add(name, "Unsqueeze", {from, add_integers(name + "/axes", {axis}, false)}, to);
      return;
    }
    auto* attribute = add(name, "Unsqueeze", {from}, to)->add_attribute();
    attribute->set_name("axes");
    attribute->set_type(AttributeProto::INTS);
    attribute->add_ints(axis);
  }

  // The weights of a body, once for all of its turns: the same number of them, shared.
  NameMap add_weights(const GraphProto& body, const std::string& prefix) {
    NameMap names;
    for (const auto& weight : body.initializer()) {
      auto* own = graph_->add_initializer();
      *own = weight;
      own->set_name(names[weight.name()] = fresh(prefix + weight.name()));
    }
    for (const NodeProto& node : body.node()) {
      if (node.op_type() != "Constant" || !is_onnx(node) || node.output_size() != 1) continue;
      NodeProto* own = graph_->add_node();
      *own = node;
      own->set_name(prefix + (node.name().empty() ? "Constant" : node.name()));
      own->set_output(0, names[node.output(0)] = fresh(prefix + node.output(0)));
    }
    return names;
  }

  // One turn. `names`: what the body calls its inputs and weights, and they are called outside; returns all names.
  NameMap add_turn(const GraphProto& body, const std::string& prefix, NameMap names) {
    for (const NodeProto& node : body.node()) {
      for (const std::string& output : node.output()) {
        if (!output.empty() && names.count(output) == 0) names[output] = fresh(prefix + output);
      }
    }
    for (const NodeProto& node : body.node()) {
      if (node.op_type() == "Constant" && is_onnx(node) && node.output_size() == 1) continue;
      NodeProto* own = graph_->add_node();
      *own = node;
      own->set_name(prefix + (node.name().empty() ? node.op_type() : node.name()));
      rename_inputs(names, own);
      for (std::string& output : *own->mutable_output()) rename(names, &output);
    }
    return names;
  }

  static std::string result(const GraphProto& body, int index, const NameMap& names) {
    std::string name = body.output(index).name();
    rename(names, &name);
    return name;
  }

  // Bodies inside of bodies multiply: what all nodes of the file become together is bounded too.
  bool may_repeat(const GraphProto& body, int64_t turns) {
    if (turns > kMostNodes || turns * body.node_size() > kMostNodes) return false;
    const int64_t nodes = turns * (1 + nodes_of(body)), bytes = turns * static_cast<int64_t>(body.ByteSizeLong());
    if (nodes > left_->nodes || bytes > left_->bytes) return false;
    left_->nodes -= nodes;
    left_->bytes -= bytes;
    return true;
  }

  // ----- the three operators

  bool take_branch(const NodeProto& node) {
    const std::optional<int64_t> condition = node.input_size() == 1 ? number(node.input(0)) : std::nullopt;
    if (!condition) return false;
    const GraphProto& branch = body_of(node, *condition != 0 ? "then_branch" : "else_branch");
    if (!may_repeat(branch, 1)) return false;
    require(branch.output_size() >= node.output_size(), error::kReadOnnx, "[If ", node.name(), "] ",
            *condition != 0 ? "then_branch" : "else_branch", " has ", branch.output_size(), " results, ",
            node.output_size(), " are needed");
    const std::string prefix = new_prefix(node);
    const NameMap names = add_turn(branch, prefix, add_weights(branch, prefix));
    for (int i = 0; i < node.output_size(); ++i) {
      if (!node.output(i).empty())
        add(text(prefix, "result_", i), "Identity", {result(branch, i, names)}, node.output(i));
    }
    return true;
  }

  std::optional<bool> truth(const TensorProto& stored) const {
    const Tensor tensor = reader_.read(stored, true, "a condition").tensor;
    return tensor.size() == 1 ? std::optional<bool>(tensor.to_ints()[0] != 0) : std::nullopt;
  }

  // How the body decides whether there is a next turn, if it always decides the same.
  std::optional<bool> goes_on(const GraphProto& body) const {
    std::string name = body.output(0).name();
    for (int i = body.node_size() - 1; i >= 0; --i) {
      const NodeProto& node = body.node(i);
      if (node.output_size() == 0 || node.output(0) != name) continue;
      if (node.op_type() == "Identity" && node.input_size() == 1) {
        name = node.input(0);
      } else if (node.op_type() == "Constant" && node.attribute_size() == 1 && node.attribute(0).has_t()) {
        return truth(node.attribute(0).t());
      }
    }
    if (name == body.input(1).name()) return true;
    for (const auto& weight : body.initializer()) {
      if (weight.name() == name) return truth(weight);
    }
    const std::optional<int64_t> outside = number(name);
    return outside ? std::optional<bool>(*outside != 0) : std::nullopt;
  }

  bool unroll_loop(const NodeProto& node) {
    const GraphProto& body = body_of(node, "body");
    const int carried = node.input_size() - 2, collected = body.output_size() - 1 - carried;
    if (carried < 0 || collected < 0 || body.input_size() != carried + 2 || node.output_size() > carried + collected) {
      return false;
    }
    const std::optional<int64_t> count = node.input(0).empty() ? std::nullopt : number(node.input(0));
    const std::optional<int64_t> first = node.input(1).empty() ? std::optional<int64_t>(1) : number(node.input(1));
    const std::optional<bool> next = goes_on(body);
    if (!first || !next) return false;
    int64_t turns = count ? *count : -1;
    if (*first == 0) turns = 0;
    if (!*next && (turns > 0 || (node.input(0).empty() && turns != 0))) turns = 1;
    if (!count && turns < 0) return false;
    // What no turn has filled has no shape that could be written.
    for (int i = carried; turns <= 0 && i < node.output_size(); ++i) {
      if (!node.output(i).empty()) return false;
    }
    if (!may_repeat(body, std::max<int64_t>(turns, 0))) return false;

    const std::string prefix = new_prefix(node);
    NameMap names = add_weights(body, prefix);
    std::vector<std::string> state(node.input().begin() + 2, node.input().end());
    std::vector<std::vector<std::string>> lists(collected);
    const std::string condition = add_true(prefix + "condition");
    for (int64_t turn = 0; turn < turns; ++turn) {
      const std::string own = text(prefix, turn, "/");
      NameMap given = names;
      given[body.input(0).name()] =
          add_integers(own + "number", {turn}, body.input(0).type().tensor_type().shape().dim_size() == 0);
      given[body.input(1).name()] = condition;
      for (int i = 0; i < carried; ++i) given[body.input(i + 2).name()] = state[i];
      const NameMap all = add_turn(body, own, std::move(given));
      for (int i = 0; i < carried; ++i) state[i] = result(body, i + 1, all);
      for (int i = 0; i < collected; ++i) lists[i].push_back(result(body, carried + 1 + i, all));
    }
    const std::vector<int64_t> axes(collected, 0), forward(collected, 0);
    add_results(node, prefix, state, lists, axes, forward);
    return true;
  }

  bool unroll_scan(const NodeProto& node) {
    const GraphProto& body = body_of(node, "body");
    const AttributeProto* num = attribute_of(node, "num_scan_inputs");
    const int scanned = num == nullptr ? 0 : static_cast<int>(num->i()), carried = node.input_size() - scanned;
    const int collected = body.output_size() - carried;
    if (scanned < 1 || carried < 0 || collected < 0 || body.input_size() != node.input_size()) return false;
    if (node.output_size() > carried + collected) return false;
    std::vector<int64_t> axes = integers_of(node, "scan_input_axes", scanned, 0);
    const std::vector<int64_t> backward = integers_of(node, "scan_input_directions", scanned, 0);
    int64_t turns = -1;
    for (int i = 0; i < scanned; ++i) {
      const auto shape = known_.shapes.find(node.input(carried + i));
      if (shape == known_.shapes.end()) return false;
      const auto rank = static_cast<int64_t>(shape->second.size());
      if (axes[i] < 0) axes[i] += rank;
      if (axes[i] < 0 || axes[i] >= rank || (i > 0 && turns != shape->second[axes[i]])) return false;
      turns = shape->second[axes[i]];
    }
    if (turns < 1 || !may_repeat(body, turns)) return false;

    const std::string prefix = new_prefix(node);
    const NameMap names = add_weights(body, prefix);
    std::vector<std::string> state(node.input().begin(), node.input().begin() + carried);
    std::vector<std::vector<std::string>> lists(collected);
    for (int64_t turn = 0; turn < turns; ++turn) {
      const std::string own = text(prefix, turn, "/");
      NameMap given = names;
      for (int i = 0; i < carried; ++i) given[body.input(i).name()] = state[i];
      for (int i = 0; i < scanned; ++i) {
        const std::string slice = fresh(text(own, "slice_", i));
        const std::string index = add_integers(slice + "/index", {backward[i] != 0 ? turns - 1 - turn : turn}, true);
        set_integer(add(slice, "Gather", {node.input(carried + i), index}, slice), "axis", axes[i]);
        given[body.input(carried + i).name()] = slice;
      }
      const NameMap all = add_turn(body, own, std::move(given));
      for (int i = 0; i < carried; ++i) state[i] = result(body, i, all);
      for (int i = 0; i < collected; ++i) lists[i].push_back(result(body, carried + i, all));
    }
    add_results(node, prefix, state, lists, integers_of(node, "scan_output_axes", collected, 0),
                integers_of(node, "scan_output_directions", collected, 0));
    return true;
  }

  void add_results(const NodeProto& node, const std::string& prefix, const std::vector<std::string>& state,
                   const std::vector<std::vector<std::string>>& lists, const std::vector<int64_t>& axes,
                   const std::vector<int64_t>& backward) {
    for (int i = 0; i < node.output_size(); ++i) {
      if (node.output(i).empty()) continue;
      const std::string name = text(prefix, "result_", i);
      if (i < static_cast<int>(state.size())) {
        add(name, "Identity", {state[i]}, node.output(i));
        continue;
      }
      const size_t k = i - state.size();
      std::vector<std::string> parts;
      for (size_t turn = 0; turn < lists[k].size(); ++turn) {
        parts.push_back(fresh(text(name, "/", turn)));
        unsqueeze(parts.back(), lists[k][turn], axes[k], parts.back());
      }
      if (backward[k] != 0) parts = {parts.rbegin(), parts.rend()};
      set_integer(add(name, "Concat", parts, node.output(i)), "axis", axes[k]);
    }
  }

  const Known& known_;
  const int64_t opset_;
  const TensorReader& reader_;
  UnfoldBudget* left_;
  GraphProto* graph_;
  std::set<std::string> taken_;
  int number_ = 0;
};

}  // namespace

bool unfold(const Known& known, int64_t opset, const TensorReader& reader, UnfoldBudget* left, GraphProto* graph) {
  return Unfolder(known, opset, reader, left, graph).run();
}

}  // namespace alcedo::onnx
