// Changes to one node of a graph: attributes taken out, inputs set, constants made for it.
#pragma once

#include <string>
#include <vector>

#include "graph/names.h"

namespace alcedo::onnx {

class NodeEdit {
 public:
  NodeEdit(Graph& graph, size_t node, Names& names, std::vector<std::string>* problems = nullptr)
      : graph_(graph), node_(node), names_(names), problems_(problems) {}

  Node& node() { return graph_.nodes[node_]; }
  Graph& graph() { return graph_; }

  bool has(const std::string& name) { return node().attributes.has(name); }
  void set(const std::string& name, Attribute value) { node().attributes.set(name, std::move(value)); }
  std::string string(const std::string& name, const std::string& fallback) {
    return node().attributes.string(name, fallback);
  }

  // Remove the attribute; the typed ones return its value (0 or empty if it is absent).
  void take(const std::string& name) { node().attributes.erase(name); }
  int64_t take_integer(const std::string& name);
  float take_real(const std::string& name);
  std::string take_string(const std::string& name);
  std::vector<int64_t> take_integers(const std::string& name);
  std::vector<float> take_reals(const std::string& name);

  ValueId input(size_t port) { return port < node().inputs.size() ? node().inputs[port] : kNone; }
  const Tensor* constant_of(size_t port);  // nullptr if the input is left out or not constant
  const Shape* known_shape(size_t port);   // of weights and graph inputs; nullptr for all others
  void set_input(size_t port, ValueId value);
  void keep_inputs(size_t num);
  void keep_outputs(size_t num);
  // A constant called "<node>_<name>"; a floating-point one has the type that the node's data has in the file.
  ValueId constant(const std::string& name, Tensor tensor);

  ValueId value(const std::string& name, DType dtype);  // "<node>_<name>", made by no node yet
  std::string node_name(const std::string& name) { return names_.node(node().name + "_" + name); }

  void problem(const std::string& what);

 private:
  Graph& graph_;
  size_t node_;
  Names& names_;
  std::vector<std::string>* problems_;
};

}  // namespace alcedo::onnx
