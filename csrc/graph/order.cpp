// Topological order and consistency of graphs.
#include <functional>
#include <queue>
#include <string_view>
#include <unordered_set>

#include "base/error.h"
#include "base/error_codes.h"
#include "graph/graph.h"

namespace alcedo {
namespace {

std::string label(const Node& node) { return text("[", node.op_type, " ", node.name, "] "); }

// Follows unsorted predecessors until a node comes up twice: that one is on a cycle.
NodeId node_on_cycle(const Graph& graph, const std::vector<NodeId>& producer, const std::vector<int>& missing) {
  NodeId n = 0;
  while (missing[n] == 0) ++n;
  std::vector<bool> seen(graph.nodes.size(), false);
  while (!seen[n]) {
    seen[n] = true;
    for (ValueId v : graph.nodes[n].inputs) {
      const NodeId before = v == kNone ? kNone : producer[v];
      if (before != kNone && missing[before] > 0) {
        n = before;
        break;
      }
    }
  }
  return n;
}

}  // namespace

void Graph::sort() {
  const std::vector<NodeId> producer = producers();
  const std::vector<std::vector<NodeId>> consumer = consumers();
  std::vector<int> missing(nodes.size(), 0);  // inputs that are not computed yet
  // Smallest index first: an order that is already right stays as it is.
  std::priority_queue<NodeId, std::vector<NodeId>, std::greater<NodeId>> ready;
  for (size_t n = 0; n < nodes.size(); ++n) {
    std::unordered_set<ValueId> distinct;
    for (ValueId v : nodes[n].inputs) {
      if (v != kNone && producer[v] != kNone && distinct.insert(v).second) ++missing[n];
    }
    if (missing[n] == 0) ready.push(static_cast<NodeId>(n));
  }

  std::vector<NodeId> order;
  while (!ready.empty()) {
    const NodeId n = ready.top();
    ready.pop();
    order.push_back(n);
    for (ValueId v : nodes[n].outputs) {
      if (v == kNone) continue;
      for (NodeId next : consumer[v]) {
        if (--missing[next] == 0) ready.push(next);
      }
    }
  }
  if (order.size() != nodes.size()) {
    const Node& node = nodes[node_on_cycle(*this, producer, missing)];
    fail(error::kInvalidGraph, label(node), "the node is on a cycle");
  }
  std::vector<Node> sorted;
  sorted.reserve(nodes.size());
  for (NodeId n : order) sorted.push_back(std::move(nodes[n]));
  nodes = std::move(sorted);
}

void Graph::validate() const {
  const auto in_range = [&](ValueId v) { return v >= 0 && v < static_cast<ValueId>(values.size()); };
  std::unordered_set<std::string_view> names;
  names.reserve(values.size());
  for (const Value& value : values) {
    require(!value.name.empty(), error::kInvalidGraph, "a value has no name");
    require(names.insert(value.name).second, error::kInvalidGraph, "two values are called '", value.name, "'");
  }
  std::vector<bool> defined(values.size(), false);
  for (size_t v = 0; v < values.size(); ++v) defined[v] = values[v].is_constant();
  for (ValueId v : inputs) {
    require(in_range(v), error::kInvalidGraph, "graph input ", v, " does not exist");
    require(!defined[v], error::kInvalidGraph, "graph input '", values[v].name, "' is defined twice");
    defined[v] = true;
  }
  names.clear();
  for (const Node& node : nodes) {
    require(!node.name.empty(), error::kInvalidGraph, "a node of type ", node.op_type, " has no name");
    require(names.insert(node.name).second, error::kInvalidGraph, "two nodes are called '", node.name, "'");
    for (ValueId v : node.inputs) {
      if (v == kNone) continue;
      require(in_range(v), error::kInvalidGraph, label(node), "input value ", v, " does not exist");
      require(defined[v], error::kInvalidGraph, label(node), "input '", values[v].name,
              "' is not defined before the node");
    }
    for (ValueId v : node.outputs) {
      if (v == kNone) continue;
      require(in_range(v), error::kInvalidGraph, label(node), "output value ", v, " does not exist");
      require(!defined[v], error::kInvalidGraph, label(node), "output '", values[v].name, "' is defined twice");
      defined[v] = true;
    }
  }
  for (ValueId v : outputs) {
    require(in_range(v), error::kInvalidGraph, "graph output ", v, " does not exist");
    require(defined[v], error::kInvalidGraph, "graph output '", values[v].name, "' is computed by no node");
  }
}

}  // namespace alcedo
