#include "onnx/bodies.h"

namespace alcedo::onnx {
namespace {

using onnx_pb::AttributeProto;
using onnx_pb::GraphProto;
using onnx_pb::NodeProto;

template <class Visit>
void for_bodies(const NodeProto& node, const Visit& visit) {
  for (const AttributeProto& attribute : node.attribute()) {
    if (attribute.has_g()) visit(attribute.g());
    for (const GraphProto& graph : attribute.graphs()) visit(graph);
  }
}

template <class Visit>
void for_bodies(NodeProto* node, const Visit& visit) {
  for (AttributeProto& attribute : *node->mutable_attribute()) {
    if (attribute.has_g()) visit(attribute.mutable_g());
    for (GraphProto& graph : *attribute.mutable_graphs()) visit(&graph);
  }
}

class Captures {
 public:
  void add_bodies(const NodeProto& node, const std::set<std::string>& inside) {
    for_bodies(node, [&](const GraphProto& graph) {
      std::set<std::string> known = inside;
      known.merge(defined_names(graph));
      for (const NodeProto& each : graph.node()) {
        for (const std::string& input : each.input()) add(input, known);
        add_bodies(each, known);
      }
      for (const auto& output : graph.output()) add(output.name(), known);
    });
  }

  std::vector<std::string> names;

 private:
  void add(const std::string& name, const std::set<std::string>& known) {
    if (!name.empty() && known.count(name) == 0 && met_.insert(name).second) names.push_back(name);
  }

  std::set<std::string> met_;
};

}  // namespace

std::set<std::string> defined_names(const GraphProto& graph) {
  std::set<std::string> names;
  for (const auto& input : graph.input()) names.insert(input.name());
  for (const auto& weight : graph.initializer()) names.insert(weight.name());
  for (const auto& weight : graph.sparse_initializer()) names.insert(weight.values().name());
  for (const auto& node : graph.node()) names.insert(node.output().begin(), node.output().end());
  return names;
}

void rename(const NameMap& names, std::string* name) {
  const auto found = names.find(*name);
  if (found != names.end()) *name = found->second;
}

void rename_inputs(const NameMap& names, NodeProto* node) {
  for (std::string& input : *node->mutable_input()) rename(names, &input);
  for_bodies(node, [&](GraphProto* graph) {
    NameMap inner = names;
    for (const std::string& own : defined_names(*graph)) inner.erase(own);
    for (NodeProto& each : *graph->mutable_node()) rename_inputs(inner, &each);
    for (auto& output : *graph->mutable_output()) rename(inner, output.mutable_name());
  });
}

std::vector<std::string> captured_names(const NodeProto& node) {
  Captures captures;
  captures.add_bodies(node, {});
  return captures.names;
}

bool refers_to_function(const NodeProto& node) {
  bool refers = false;
  for_bodies(node, [&](const GraphProto& graph) {
    for (const NodeProto& each : graph.node()) {
      for (const AttributeProto& attribute : each.attribute()) refers = refers || !attribute.ref_attr_name().empty();
      refers = refers || refers_to_function(each);
    }
  });
  return refers;
}

void embed_data(NodeProto* node, const TensorReader& reader, bool scanned) {
  for_bodies(node, [&](GraphProto* graph) {
    for (auto& weight : *graph->mutable_initializer()) reader.embed(&weight, scanned, "weight '" + weight.name() + "'");
    for (NodeProto& each : *graph->mutable_node()) {
      for (AttributeProto& attribute : *each.mutable_attribute()) {
        if (attribute.has_t()) reader.embed(attribute.mutable_t(), scanned, "attribute '" + attribute.name() + "'");
      }
      embed_data(&each, reader, scanned);
    }
  });
}

}  // namespace alcedo::onnx
