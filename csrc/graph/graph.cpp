// Building and reading graphs.
#include "graph/graph.h"

#include <unordered_set>

#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo {

ValueId Graph::add_value(Value value) {
  values.push_back(std::move(value));
  return static_cast<ValueId>(values.size() - 1);
}

ValueId Graph::add_constant(const std::string& name, Tensor constant) {
  std::string unique = name;
  for (int n = 1; find_value(unique) != kNone; ++n) unique = text(name, "_", n);
  Value value;
  value.name = unique;
  value.dtype = constant.dtype();
  value.shape = constant.shape();
  value.constant = std::move(constant);
  return add_value(std::move(value));
}

NodeId Graph::add_node(Node node) {
  nodes.push_back(std::move(node));
  return static_cast<NodeId>(nodes.size() - 1);
}

ValueId Graph::find_value(const std::string& name) const {
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i].name == name) return static_cast<ValueId>(i);
  }
  return kNone;
}

NodeId Graph::find_node(const std::string& name) const {
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].name == name) return static_cast<NodeId>(i);
  }
  return kNone;
}

std::vector<NodeId> Graph::producers() const {
  std::vector<NodeId> result(values.size(), kNone);
  for (size_t n = 0; n < nodes.size(); ++n) {
    for (ValueId v : nodes[n].outputs) {
      if (v != kNone) result[v] = static_cast<NodeId>(n);
    }
  }
  return result;
}

std::vector<std::vector<NodeId>> Graph::consumers() const {
  std::vector<std::vector<NodeId>> result(values.size());
  for (size_t n = 0; n < nodes.size(); ++n) {
    for (ValueId v : nodes[n].inputs) {
      // A node that reads a value twice is listed once.
      if (v != kNone && (result[v].empty() || result[v].back() != static_cast<NodeId>(n))) {
        result[v].push_back(static_cast<NodeId>(n));
      }
    }
  }
  return result;
}

void Graph::remove_unused() {
  const std::vector<NodeId> producer = producers();
  std::vector<bool> value_needed(values.size(), false), node_needed(nodes.size(), false);
  std::vector<ValueId> open(outputs.begin(), outputs.end());
  while (!open.empty()) {
    const ValueId v = open.back();
    open.pop_back();
    if (v == kNone || value_needed[v]) continue;
    value_needed[v] = true;
    const NodeId n = producer[v];
    if (n == kNone || node_needed[n]) continue;
    node_needed[n] = true;
    open.insert(open.end(), nodes[n].inputs.begin(), nodes[n].inputs.end());
  }
  for (ValueId v : inputs) value_needed[v] = true;

  std::vector<ValueId> renumbered(values.size(), kNone);
  std::vector<Value> kept_values;
  // Outputs that nobody reads stay as long as their node does, so that a node never loses a named output.
  for (size_t n = 0; n < nodes.size(); ++n) {
    if (!node_needed[n]) continue;
    for (ValueId v : nodes[n].outputs) {
      if (v != kNone) value_needed[v] = true;
    }
  }
  kept_values.reserve(values.size());
  for (size_t v = 0; v < values.size(); ++v) {
    if (!value_needed[v]) continue;
    renumbered[v] = static_cast<ValueId>(kept_values.size());
    kept_values.push_back(std::move(values[v]));
  }
  values = std::move(kept_values);

  const auto renumber = [&](std::vector<ValueId>& ids) {
    for (ValueId& v : ids) {
      if (v != kNone) v = renumbered[v];
    }
  };
  std::vector<Node> kept_nodes;
  kept_nodes.reserve(nodes.size());
  for (size_t n = 0; n < nodes.size(); ++n) {
    if (!node_needed[n]) continue;
    renumber(nodes[n].inputs);
    renumber(nodes[n].outputs);
    kept_nodes.push_back(std::move(nodes[n]));
  }
  nodes = std::move(kept_nodes);
  renumber(inputs);
  renumber(outputs);
}

Graph Graph::clone() const {
  Graph copy = *this;
  for (Value& value : copy.values) value.constant = value.constant.clone();
  for (Node& node : copy.nodes) {
    const std::map<std::string, Attribute> attributes = node.attributes.map();
    for (const auto& [key, attribute] : attributes) {
      if (const auto* tensor = std::get_if<Tensor>(&attribute)) {
        node.attributes.set(key, tensor->clone());
      } else if (const auto* graph = std::get_if<std::shared_ptr<Graph>>(&attribute); graph && *graph) {
        node.attributes.set(key, std::make_shared<Graph>((*graph)->clone()));
      }
    }
  }
  return copy;
}

}  // namespace alcedo
