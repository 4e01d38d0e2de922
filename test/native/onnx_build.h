// Small ONNX models for the tests of reading and writing.
#pragma once

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "onnx.pb.h"
#include "onnx/export.h"
#include "onnx/import.h"

namespace alcedo::test {

inline onnx_pb::ModelProto new_model(int64_t opset = 17, int64_t ir_version = 8) {
  onnx_pb::ModelProto model;
  model.set_ir_version(ir_version);
  model.add_opset_import()->set_version(opset);
  model.mutable_graph()->set_name("net");
  return model;
}

// A dim of -1 is called "N".
inline void set_info(onnx_pb::ValueInfoProto* info, const std::string& name, const std::vector<int64_t>& dims,
                     int type = 1) {
  info->set_name(name);
  auto* tensor = info->mutable_type()->mutable_tensor_type();
  tensor->set_elem_type(type);
  tensor->mutable_shape();
  for (int64_t dim : dims) {
    auto* entry = tensor->mutable_shape()->add_dim();
    if (dim == -1) {
      entry->set_dim_param("N");
    } else {
      entry->set_dim_value(dim);
    }
  }
}

inline void add_input(onnx_pb::ModelProto& model, const std::string& name, const std::vector<int64_t>& dims,
                      int type = 1) {
  set_info(model.mutable_graph()->add_input(), name, dims, type);
}
inline void add_output(onnx_pb::ModelProto& model, const std::string& name, const std::vector<int64_t>& dims,
                       int type = 1) {
  set_info(model.mutable_graph()->add_output(), name, dims, type);
}

inline onnx_pb::NodeProto* add_node(onnx_pb::ModelProto& model, const std::string& type, const std::string& name,
                                    std::initializer_list<const char*> inputs,
                                    std::initializer_list<const char*> outputs) {
  auto* node = model.mutable_graph()->add_node();
  node->set_op_type(type);
  if (!name.empty()) node->set_name(name);
  for (const char* input : inputs) node->add_input(input);
  for (const char* output : outputs) node->add_output(output);
  return node;
}

inline void set_ints(onnx_pb::NodeProto* node, const std::string& name, const std::vector<int64_t>& values) {
  auto* attribute = node->add_attribute();
  attribute->set_name(name);
  attribute->set_type(onnx_pb::AttributeProto::INTS);
  for (int64_t value : values) attribute->add_ints(value);
}
inline void set_int(onnx_pb::NodeProto* node, const std::string& name, int64_t value) {
  auto* attribute = node->add_attribute();
  attribute->set_name(name);
  attribute->set_type(onnx_pb::AttributeProto::INT);
  attribute->set_i(value);
}
inline void set_float(onnx_pb::NodeProto* node, const std::string& name, float value) {
  auto* attribute = node->add_attribute();
  attribute->set_name(name);
  attribute->set_type(onnx_pb::AttributeProto::FLOAT);
  attribute->set_f(value);
}

inline onnx_pb::TensorProto* add_weight(onnx_pb::ModelProto& model, const std::string& name,
                                        const std::vector<int64_t>& dims, const std::vector<float>& values) {
  auto* tensor = model.mutable_graph()->add_initializer();
  tensor->set_name(name);
  tensor->set_data_type(1);
  for (int64_t dim : dims) tensor->add_dims(dim);
  tensor->set_raw_data(values.data(), values.size() * sizeof(float));
  return tensor;
}
inline onnx_pb::TensorProto* add_ints(onnx_pb::ModelProto& model, const std::string& name,
                                      const std::vector<int64_t>& values) {
  auto* tensor = model.mutable_graph()->add_initializer();
  tensor->set_name(name);
  tensor->set_data_type(7);
  tensor->add_dims(static_cast<int64_t>(values.size()));
  for (int64_t value : values) tensor->add_int64_data(value);
  return tensor;
}

// A graph as an attribute, with the value that it returns.
inline onnx_pb::GraphProto* add_body(onnx_pb::NodeProto* node, const std::string& name, const std::string& result) {
  auto* attribute = node->add_attribute();
  attribute->set_name(name);
  attribute->set_type(onnx_pb::AttributeProto::GRAPH);
  attribute->mutable_g()->set_name(name);
  attribute->mutable_g()->add_output()->set_name(result);
  return attribute->mutable_g();
}

inline OnnxModel read(const onnx_pb::ModelProto& model, const std::string& folder = "") {
  const std::string bytes = model.SerializeAsString();
  return read_onnx_bytes(bytes.data(), bytes.size(), folder);
}

// x [N,2,4,4] -> Conv -> Clip (ReLU6) -> x's batch size and 32 -> Reshape -> Gemm -> y [N,3]
inline onnx_pb::ModelProto small_network(int64_t opset = 11) {
  onnx_pb::ModelProto model = new_model(opset, 6);
  add_input(model, "x", {-1, 2, 4, 4});
  add_output(model, "y", {-1, 3});
  std::vector<float> kernel(2 * 2 * 3 * 3), matrix(3 * 32);
  for (size_t i = 0; i < kernel.size(); ++i) kernel[i] = static_cast<float>(static_cast<int>(i % 7) - 3) / 8;
  for (size_t i = 0; i < matrix.size(); ++i) matrix[i] = static_cast<float>(static_cast<int>(i % 5) - 2) / 4;
  add_weight(model, "w", {2, 2, 3, 3}, kernel);
  add_weight(model, "m", {3, 32}, matrix);
  add_weight(model, "b", {3}, {1, 2, 3});
  add_weight(model, "low", {}, {0});
  add_weight(model, "high", {}, {6});
  add_ints(model, "zero", {0});
  add_ints(model, "rest", {32});
  set_ints(add_node(model, "Conv", "conv", {"x", "w"}, {"c"}), "pads", {1, 1, 1, 1});
  add_node(model, "Clip", "clip", {"c", "low", "high"}, {"r"});
  add_node(model, "Shape", "shape", {"x"}, {"s"});
  set_int(add_node(model, "Gather", "gather", {"s", "zero"}, {"n"}), "axis", 0);
  set_int(add_node(model, "Concat", "target", {"n", "rest"}, {"t"}), "axis", 0);
  add_node(model, "Reshape", "flat", {"r", "t"}, {"f"});
  set_int(add_node(model, "Gemm", "gemm", {"f", "m", "b"}, {"y"}), "transB", 1);
  return model;
}

inline const Node& node(const Graph& graph, const std::string& name) {
  const NodeId id = graph.find_node(name);
  REQUIRE(id != kNone);
  return graph.nodes[id];
}

inline const Tensor& constant(const Graph& graph, const Node& node, size_t port) {
  REQUIRE(port < node.inputs.size());
  return graph.values[node.inputs[port]].constant;
}

inline Tensor ramp(Shape shape) {
  Tensor tensor(DType::f32, std::move(shape));
  for (int64_t i = 0; i < tensor.size(); ++i) tensor.data<float>()[i] = static_cast<float>(i % 11) / 5 - 1;
  return tensor;
}

inline onnx_pb::ModelProto written_proto(const OnnxModel& model) {
  onnx_pb::ModelProto proto;
  REQUIRE(proto.ParseFromString(write_onnx_bytes(model)));
  return proto;
}

}  // namespace alcedo::test
