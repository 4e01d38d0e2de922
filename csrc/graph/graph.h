// The network: ONNX's own node types and attributes at one opset (kOpset), values in one flat list, nodes in
// topological order. Weights are values with a constant; their names are kept for writing.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "graph/attributes.h"
#include "tensor/tensor.h"

namespace alcedo {

constexpr int kOpset = 17;  // import upgrades older (>= 7) and newer spellings to this one

using ValueId = int32_t;
using NodeId = int32_t;
constexpr int32_t kNone = -1;

struct Value {
  std::string name;
  DType dtype = DType::undefined;
  Shape shape;                          // of graph inputs/outputs as in the file; -1: dynamic
  std::vector<std::string> dim_params;  // names of dynamic dims, parallel to shape, "" if none
  Tensor constant;                      // defined for initializers and Constant nodes
  // Floating-point type in the file where it is not float32, which is what all of them are computed in.
  DType file_dtype = DType::undefined;
  bool is_constant() const { return constant.defined(); }
};

struct Node {
  std::string name;     // unique, never empty (import makes up "<op_type>_<n>")
  std::string op_type;  // ONNX operator type
  Attributes attributes;
  std::vector<ValueId> inputs;   // kNone: optional input left out
  std::vector<ValueId> outputs;  // kNone: optional output left out
};

struct Graph {
  std::string name;
  std::string doc;
  std::vector<Value> values;
  std::vector<Node> nodes;      // topological order
  std::vector<ValueId> inputs;  // graph inputs that are not initializers
  std::vector<ValueId> outputs;

  ValueId add_value(Value value);
  ValueId add_constant(const std::string& name, Tensor constant);  // name is made unique
  NodeId add_node(Node node);
  ValueId find_value(const std::string& name) const;  // kNone if there is none
  NodeId find_node(const std::string& name) const;

  std::vector<NodeId> producers() const;               // per value: node that makes it, kNone
  std::vector<std::vector<NodeId>> consumers() const;  // per value: nodes that read it, in order

  // Sorts nodes topologically; throws 7773 naming a node on a cycle.
  void sort();
  // Every id in range, names unique, one producer per value, inputs defined: throws 7773 naming the node.
  void validate() const;
  // Drops values and nodes that no output needs (graph inputs stay).
  void remove_unused();
  Graph clone() const;  // deep: constants get buffers of their own
};

}  // namespace alcedo
