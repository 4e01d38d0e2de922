// What is written of a file that was read: opsets, functions, types.
#include <doctest/doctest.h>

#include <string>

#include "backends/reference/executor.h"
#include "onnx_build.h"

using namespace alcedo;
using namespace alcedo::test;

TEST_SUITE_BEGIN("onnx");

TEST_CASE("export: GroupNormalization has a scale per group up to opset 20, per channel since 21") {
  onnx_pb::ModelProto proto = new_model(18);
  add_input(proto, "x", {-1, 4, 3, 3});
  add_output(proto, "y", {-1, 4, 3, 3});
  add_weight(proto, "s", {2}, {1, 2});
  add_weight(proto, "b", {2}, {0, 0.5F});
  set_int(add_node(proto, "GroupNormalization", "gn", {"x", "s", "b"}, {"y"}), "num_groups", 2);
  const OnnxModel model = read(proto);
  const onnx_pb::ModelProto back = written_proto(model);
  CHECK(back.opset_import(0).version() == 18);
  CHECK(back.graph().initializer(0).dims(0) == 2);

  proto.mutable_opset_import(0)->set_version(21);
  const OnnxModel newer = read(proto);
  const onnx_pb::ModelProto repeated = written_proto(newer);
  CHECK(repeated.opset_import(0).version() == 21);
  for (const auto& weight : repeated.graph().initializer()) CHECK(weight.dims(0) == 4);
  const Tensor x = ramp({2, 4, 3, 3});
  const Graph again = read(repeated).graph;
  const Tensor y = run_reference(model.graph, {x}, model.graph.outputs)[0];
  const Tensor same = run_reference(again, {x}, again.outputs)[0];
  for (int64_t i = 0; i < y.size(); ++i) CHECK(y.data<float>()[i] == same.data<float>()[i]);
}

TEST_CASE("export: a Split into uneven parts") {
  onnx_pb::ModelProto proto = new_model(18);
  add_input(proto, "x", {-1, 5});
  add_output(proto, "a", {-1, 3});
  add_output(proto, "b", {-1, 2});
  auto* split = add_node(proto, "Split", "split", {"x"}, {"a", "b"});
  set_int(split, "axis", 1);
  set_int(split, "num_outputs", 2);
  OnnxModel model = read(proto);
  CHECK(run_reference(model.graph, {ramp({1, 5})}, model.graph.outputs)[1].shape() == Shape{1, 2});
  const onnx_pb::ModelProto back = written_proto(model);
  CHECK(back.opset_import(0).version() == 18);
  CHECK(back.graph().node(0).input_size() == 1);
}

TEST_CASE("export: domains that a function imports") {
  onnx_pb::ModelProto proto = new_model();
  auto* own = proto.add_opset_import();
  own->set_domain("mine");
  own->set_version(1);
  add_input(proto, "x", {2});
  add_output(proto, "y", {2});
  auto* function = proto.add_functions();
  function->set_domain("mine");
  function->set_name("Wrap");
  function->add_input("a");
  function->add_output("b");
  function->add_opset_import()->set_version(17);
  auto* import = function->add_opset_import();
  import->set_domain("com.example");
  import->set_version(3);
  auto* inner = function->add_node();
  inner->set_op_type("Fused");
  inner->set_domain("com.example");
  inner->add_input("a");
  inner->add_output("b");
  add_node(proto, "Wrap", "call", {"x"}, {"y"})->set_domain("mine");
  const onnx_pb::ModelProto back = written_proto(read(proto));
  CHECK(back.graph().node(0).domain() == "com.example");
  int64_t version = 0;
  for (const auto& entry : back.opset_import()) version += entry.domain() == "com.example" ? entry.version() : 0;
  CHECK(version == 3);
}

TEST_CASE("export: a function that only a kept body calls") {
  onnx_pb::ModelProto proto = new_model();
  auto* own = proto.add_opset_import();
  own->set_domain("mine");
  own->set_version(1);
  add_input(proto, "x", {2});
  add_input(proto, "c", {}, 9);
  add_output(proto, "y", {2});
  auto* function = proto.add_functions();
  function->set_domain("mine");
  function->set_name("Leak");
  function->add_input("a");
  function->add_output("b");
  function->add_opset_import()->set_version(17);
  auto* inner = function->add_node();
  inner->set_op_type("LeakyRelu");
  inner->add_input("a");
  inner->add_output("b");
  auto* choice = add_node(proto, "If", "choice", {"c"}, {"y"});
  auto* call = add_body(choice, "then_branch", "r")->add_node();
  call->set_op_type("Leak");
  call->set_domain("mine");
  call->add_input("x");
  call->add_output("r");
  add_body(choice, "else_branch", "x");
  const onnx_pb::ModelProto back = written_proto(read(proto));
  REQUIRE(back.functions_size() == 1);
  CHECK(back.functions(0).node(0).op_type() == "LeakyRelu");
  CHECK(written_proto(read(back)).functions_size() == 1);
}

TEST_CASE("export: CastLike's result has the type of its second input") {
  onnx_pb::ModelProto proto = new_model(15);
  add_input(proto, "x", {-1, 2});
  add_input(proto, "like", {1}, 10);
  add_output(proto, "y", {-1, 2}, 10);
  add_node(proto, "CastLike", "cast", {"x", "like"}, {"m"});
  add_node(proto, "Relu", "relu", {"m"}, {"y"});
  set_info(proto.mutable_graph()->add_value_info(), "m", {-1, 2}, 10);
  CHECK(written_proto(read(proto)).graph().value_info(0).type().tensor_type().elem_type() == 10);
}

TEST_CASE("export: tensor attributes of unknown operators keep their type") {
  onnx_pb::ModelProto proto = new_model();
  auto* import = proto.add_opset_import();
  import->set_domain("com.example");
  import->set_version(1);
  add_input(proto, "x", {2});
  add_output(proto, "y", {2});
  auto* fused = add_node(proto, "Fused", "fused", {"x"}, {"y"});
  fused->set_domain("com.example");
  auto* table = fused->add_attribute();
  table->set_name("table");
  table->set_type(onnx_pb::AttributeProto::TENSOR);
  table->mutable_t()->set_data_type(11);
  table->mutable_t()->add_dims(1);
  table->mutable_t()->add_double_data(0.1);
  const auto back = written_proto(read(proto)).graph().node(0).attribute(0).t();
  CHECK(back.data_type() == 11);
  const double value = 0.1;
  const std::string bytes(reinterpret_cast<const char*>(&value), sizeof value);
  const bool kept = back.raw_data() == bytes || (back.double_data_size() == 1 && back.double_data(0) == value);
  CHECK(kept);
}

TEST_SUITE_END();
