#include "onnx/sequences.h"

#include <optional>

#include "onnx/edit.h"

namespace alcedo::onnx {
namespace {

using Parts = std::vector<ValueId>;

class Sequences {
 public:
  explicit Sequences(Graph& graph) : graph_(graph), names_(graph), parts_(graph.values.size()) {}

  void run() {
    for (const Node& node : graph_.nodes) {
      follow(node);
      if (!replace(node)) nodes_.push_back(node);
    }
    graph_.nodes = std::move(nodes_);
  }

 private:
  const Parts* parts(const Node& node) const {
    if (node.inputs.empty() || node.inputs[0] == kNone || static_cast<size_t>(node.inputs[0]) >= parts_.size()) {
      return nullptr;
    }
    const std::optional<Parts>& known = parts_[node.inputs[0]];
    return known ? &*known : nullptr;
  }

  // The position that input `port` gives; the end if it is left out.
  std::optional<int64_t> position(const Node& node, size_t port, int64_t size, int64_t end) const {
    if (port >= node.inputs.size() || node.inputs[port] == kNone) return end;
    const Value& value = graph_.values[node.inputs[port]];
    if (!value.is_constant() || value.constant.size() != 1) return std::nullopt;
    int64_t at = value.constant.to_ints()[0];
    if (at < 0) at += size;
    return at >= 0 && at <= end ? std::optional<int64_t>(at) : std::nullopt;
  }

  // What is known of the sequence that the node makes.
  void follow(const Node& node) {
    if (node.outputs.size() != 1 || node.outputs[0] == kNone) return;
    std::optional<Parts>& made = parts_[node.outputs[0]];
    if (node.op_type == "SequenceEmpty") made = Parts{};
    if (node.op_type == "SequenceConstruct") made = node.inputs;
    const Parts* from = parts(node);
    if (from == nullptr) return;
    const auto size = static_cast<int64_t>(from->size());
    if (node.op_type == "Identity") made = *from;
    if (node.op_type == "SequenceInsert" && node.inputs.size() >= 2) {
      const std::optional<int64_t> at = position(node, 2, size, size);
      if (!at) return;
      made = *from;
      made->insert(made->begin() + *at, node.inputs[1]);
    }
    if (node.op_type == "SequenceErase" && size > 0) {
      const std::optional<int64_t> at = position(node, 1, size, size - 1);
      if (!at) return;
      made = *from;
      made->erase(made->begin() + *at);
    }
  }

  bool replace(const Node& node) {
    const Parts* from = parts(node);
    if (from == nullptr || node.outputs.size() != 1) return false;
    const auto size = static_cast<int64_t>(from->size());
    if (node.op_type == "SequenceAt" && size > 0) {
      const std::optional<int64_t> at = position(node, 1, size, size - 1);
      if (!at) return false;
      nodes_.push_back({node.name, "Identity", {}, {(*from)[*at]}, node.outputs});
      return true;
    }
    if (node.op_type != "ConcatFromSequence" || size == 0) return false;
    const int64_t axis = node.attributes.integer("axis", 0);
    Node concat{node.name, "Concat", {}, *from, node.outputs};
    concat.attributes.set("axis", axis);
    if (node.attributes.integer("new_axis", 0) != 0) {
      const ValueId axes = add(node.name + "_axes", DType::i64);
      graph_.values[axes].constant = Tensor::vector<int64_t>({axis});
      for (ValueId& part : concat.inputs) {
        const ValueId wider = add(node.name + "_part", graph_.values[part].dtype);
        nodes_.push_back({names_.node(node.name + "_unsqueeze"), "Unsqueeze", {}, {part, axes}, {wider}});
        part = wider;
      }
    }
    nodes_.push_back(std::move(concat));
    return true;
  }

  ValueId add(const std::string& name, DType dtype) {
    Value value;
    value.name = names_.value(name);
    value.dtype = dtype;
    return graph_.add_value(std::move(value));
  }

  Graph& graph_;
  std::vector<Node> nodes_;
  Names names_;
  std::vector<std::optional<Parts>> parts_;  // per value: a sequence's parts, as far as they are known
};

}  // namespace

void resolve_sequences(Graph& graph) {
  for (const Node& node : graph.nodes) {
    if (node.op_type.rfind("Sequence", 0) == 0) return Sequences(graph).run();
  }
}

}  // namespace alcedo::onnx
