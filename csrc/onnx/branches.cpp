#include "onnx/branches.h"

#include <set>

#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo::onnx {
namespace {

using onnx_pb::AttributeProto;
using onnx_pb::GraphProto;
using onnx_pb::NodeProto;

using Names = std::map<std::string, std::string>;

std::set<std::string> defined_names(const GraphProto& graph) {
  std::set<std::string> names;
  for (const auto& input : graph.input()) names.insert(input.name());
  for (const auto& weight : graph.initializer()) names.insert(weight.name());
  for (const auto& weight : graph.sparse_initializer()) names.insert(weight.values().name());
  for (const auto& node : graph.node()) names.insert(node.output().begin(), node.output().end());
  return names;
}

void rename(const Names& names, std::string* name) {
  const auto found = names.find(*name);
  if (found != names.end()) *name = found->second;
}

// What the node reads, also from within its own bodies, where these do not define the name anew.
void rename_inputs(const Names& names, NodeProto* node) {
  for (std::string& input : *node->mutable_input()) rename(names, &input);
  for (AttributeProto& attribute : *node->mutable_attribute()) {
    if (!attribute.has_g()) continue;
    Names inner = names;
    for (const std::string& own : defined_names(attribute.g())) inner.erase(own);
    for (NodeProto& each : *attribute.mutable_g()->mutable_node()) rename_inputs(inner, &each);
    for (auto& output : *attribute.mutable_g()->mutable_output()) rename(inner, output.mutable_name());
  }
}

class Branches {
 public:
  Branches(const std::map<std::string, bool>& conditions, GraphProto* graph)
      : conditions_(conditions), graph_(graph), taken_(defined_names(*graph)) {}

  bool replace() {
    bool replaced = false;
    google::protobuf::RepeatedPtrField<NodeProto> nodes;
    nodes.Swap(graph_->mutable_node());
    for (NodeProto& node : nodes) {
      const auto condition =
          node.op_type() == "If" && node.input_size() == 1 ? conditions_.find(node.input(0)) : conditions_.end();
      if (condition == conditions_.end()) {
        graph_->add_node()->Swap(&node);
        continue;
      }
      insert(node, condition->second ? "then_branch" : "else_branch");
      replaced = true;
    }
    return replaced;
  }

 private:
  void insert(const NodeProto& node, const std::string& which) {
    const std::string what = text("[If ", node.name(), "] ");
    const GraphProto* branch = nullptr;
    for (const AttributeProto& attribute : node.attribute()) {
      if (attribute.name() == which && attribute.has_g()) branch = &attribute.g();
    }
    require(branch != nullptr, error::kReadOnnx, what, "has no ", which);
    require(branch->output_size() >= node.output_size(), error::kReadOnnx, what, which, " has ", branch->output_size(),
            " results, ", node.output_size(), " are needed");
    require(branch->sparse_initializer_size() == 0, error::kReadOnnx, what, which, " has sparse weights");
    const std::string prefix = text(node.name().empty() ? "If" : node.name(), "/", number_++, "/");
    Names names;
    for (const std::string& name : defined_names(*branch)) {
      if (name.empty()) continue;
      std::string fresh = prefix + name;
      while (!taken_.insert(fresh).second) fresh += "_";
      names[name] = fresh;
    }
    for (const auto& weight : branch->initializer()) {
      auto* own = graph_->add_initializer();
      *own = weight;
      rename(names, own->mutable_name());
    }
    for (const NodeProto& inner : branch->node()) {
      NodeProto* own = graph_->add_node();
      *own = inner;
      own->set_name(prefix + (inner.name().empty() ? inner.op_type() : inner.name()));
      rename_inputs(names, own);
      for (std::string& output : *own->mutable_output()) rename(names, &output);
    }
    for (int i = 0; i < node.output_size(); ++i) {
      if (node.output(i).empty()) continue;
      NodeProto* own = graph_->add_node();
      own->set_name(text(prefix, "result_", i));
      own->set_op_type("Identity");
      own->add_input(branch->output(i).name());
      rename(names, own->mutable_input(0));
      own->add_output(node.output(i));
    }
  }

  const std::map<std::string, bool>& conditions_;
  GraphProto* graph_;
  std::set<std::string> taken_;
  int number_ = 0;
};

}  // namespace

bool take_branches(const std::map<std::string, bool>& conditions, GraphProto* graph) {
  return Branches(conditions, graph).replace();
}

}  // namespace alcedo::onnx
