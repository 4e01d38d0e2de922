#include "onnx/edit.h"

#include "base/error.h"

namespace alcedo::onnx {

int64_t NodeEdit::take_integer(const std::string& name) {
  const int64_t value = node().attributes.integer(name, 0);
  take(name);
  return value;
}

float NodeEdit::take_real(const std::string& name) {
  const float value = node().attributes.real(name, 0);
  take(name);
  return value;
}

std::string NodeEdit::take_string(const std::string& name) {
  std::string value = node().attributes.string(name, "");
  take(name);
  return value;
}

std::vector<int64_t> NodeEdit::take_integers(const std::string& name) {
  std::vector<int64_t> value = node().attributes.integers(name);
  take(name);
  return value;
}

std::vector<float> NodeEdit::take_reals(const std::string& name) {
  std::vector<float> value = node().attributes.reals(name);
  take(name);
  return value;
}

const Tensor* NodeEdit::constant_of(size_t port) {
  const ValueId id = input(port);
  return id == kNone || !graph_.values[id].is_constant() ? nullptr : &graph_.values[id].constant;
}

const Shape* NodeEdit::known_shape(size_t port) {
  const ValueId id = input(port);
  if (id == kNone) return nullptr;
  if (graph_.values[id].is_constant()) return &graph_.values[id].constant.shape();
  for (ValueId v : graph_.inputs) {
    if (v == id) return &graph_.values[id].shape;
  }
  return nullptr;
}

void NodeEdit::set_input(size_t port, ValueId value) {
  std::vector<ValueId>& inputs = node().inputs;
  if (inputs.size() <= port) inputs.resize(port + 1, kNone);
  inputs[port] = value;
  while (!inputs.empty() && inputs.back() == kNone) inputs.pop_back();
}

void NodeEdit::keep_inputs(size_t num) {
  if (node().inputs.size() > num) node().inputs.resize(num);
}

void NodeEdit::keep_outputs(size_t num) {
  if (node().outputs.size() > num) node().outputs.resize(num);
}

ValueId NodeEdit::constant(const std::string& name, Tensor tensor) {
  const ValueId id = value(name, tensor.dtype());
  graph_.values[id].shape = tensor.shape();
  graph_.values[id].constant = std::move(tensor);
  return id;
}

ValueId NodeEdit::value(const std::string& name, DType dtype) {
  Value value;
  value.name = names_.value(text(node().name, "_", name));
  value.dtype = dtype;
  return graph_.add_value(std::move(value));
}

void NodeEdit::problem(const std::string& what) {
  if (problems_) problems_->push_back(text("[", node().op_type, " ", node().name, "] ", what));
}

}  // namespace alcedo::onnx
