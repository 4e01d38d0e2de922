// Networks whose sizes are open: what depends on the sizes is not taken for a constant.
#include <doctest/doctest.h>

#include "backends/reference/executor.h"
#include "onnx_build.h"

using namespace alcedo;
using namespace alcedo::test;

TEST_SUITE_BEGIN("onnx");

namespace {

void name_dim(onnx_pb::ValueInfoProto& info, int dim, const char* name) {
  info.mutable_type()->mutable_tensor_type()->mutable_shape()->mutable_dim(dim)->set_dim_param(name);
}

}  // namespace

TEST_CASE("open sizes: a target that names height and width keeps their order") {
  onnx_pb::ModelProto proto = new_model(13);
  add_input(proto, "x", {-1, 4, -1, -1});
  name_dim(*proto.mutable_graph()->mutable_input(0), 2, "H");
  name_dim(*proto.mutable_graph()->mutable_input(0), 3, "W");
  add_output(proto, "y", {});
  proto.mutable_graph()->mutable_output(0)->mutable_type()->mutable_tensor_type()->clear_shape();
  add_ints(proto, "first", {0});
  add_ints(proto, "places", {2, 3});
  add_ints(proto, "parts", {2, 2});
  add_node(proto, "Shape", "", {"x"}, {"s"});
  add_node(proto, "Gather", "", {"s", "first"}, {"n"});
  add_node(proto, "Gather", "", {"s", "places"}, {"hw"});
  set_int(add_node(proto, "Concat", "", {"n", "parts", "hw"}, {"t"}), "axis", 0);
  add_node(proto, "Reshape", "view", {"x", "t"}, {"y"});
  const Graph graph = read(proto).graph;
  CHECK(run_reference(graph, {ramp({1, 4, 2, 6})}, graph.outputs)[0].shape() == Shape{1, 2, 2, 2, 6});
}

TEST_CASE("open sizes: what a batch of one changes is not folded") {
  for (const int64_t size : {3, -1}) {
    CAPTURE(size);
    onnx_pb::ModelProto proto = new_model(13);
    add_input(proto, "x", {-1, 2, size});
    add_output(proto, "y", {-1, 2, size});
    add_output(proto, "z", {-1, 2, size});
    if (size < 0) {
      name_dim(*proto.mutable_graph()->mutable_input(0), 2, "W");
      for (auto& output : *proto.mutable_graph()->mutable_output()) name_dim(output, 2, "W");
    }
    add_ints(proto, "first", {0});
    add_ints(proto, "one", {1});
    add_node(proto, "Shape", "", {"x"}, {"s"});
    add_node(proto, "Gather", "", {"s", "first"}, {"n"});
    add_node(proto, "Equal", "", {"n", "one"}, {"e"});
    set_int(add_node(proto, "Cast", "", {"e"}, {"f"}), "to", 1);
    add_node(proto, "Mul", "mul", {"x", "f"}, {"y"});
    auto* choice = add_node(proto, "If", "choice", {"e"}, {"z"});
    auto* negated = add_body(choice, "then_branch", "negated")->add_node();
    negated->set_op_type("Neg");
    negated->add_input("x");
    negated->add_output("negated");
    add_body(choice, "else_branch", "x");
    const Graph graph = read(proto).graph;
    CHECK_FALSE(graph.values[node(graph, "mul").inputs[1]].is_constant());
    CHECK(graph.find_node("choice") != kNone);
  }
}

TEST_CASE("open sizes: the largest of a size and a number is no number") {
  onnx_pb::ModelProto proto = new_model(13);
  add_input(proto, "x", {1, 2, -1});
  name_dim(*proto.mutable_graph()->mutable_input(0), 2, "W");
  add_output(proto, "y", {1});
  add_ints(proto, "place", {2});
  add_ints(proto, "least", {256});
  add_node(proto, "Shape", "", {"x"}, {"s"});
  add_node(proto, "Gather", "", {"s", "place"}, {"w"});
  add_node(proto, "Max", "", {"w", "least"}, {"m"});
  set_int(add_node(proto, "Cast", "", {"m"}, {"y"}), "to", 1);
  const Graph graph = read(proto).graph;
  for (const int64_t width : {100, 300}) {
    const Tensor y = run_reference(graph, {ramp({1, 2, width})}, graph.outputs)[0];
    CHECK(y.data<float>()[0] == static_cast<float>(std::max<int64_t>(width, 256)));
  }
}

TEST_CASE("a Resize's size is counted in float32") {
  for (const auto& [scale, size] : {std::pair<float, int64_t>(0.7F, 7), {1.3F, 13}, {0.55F, 5}}) {
    CAPTURE(scale);
    onnx_pb::ModelProto proto = new_model(13);
    add_input(proto, "x", {1, 1, 10, 10});
    add_output(proto, "y", {1, 1, size, size});
    add_weight(proto, "scales", {4}, {1, 1, scale, scale});
    add_node(proto, "Resize", "r", {"x", "", "scales"}, {"y"});
    const OnnxModel model = read(proto);
    CHECK(run_reference(model.graph, {ramp({1, 1, 10, 10})}, model.graph.outputs)[0].shape() ==
          Shape{1, 1, size, size});
    CHECK(written_proto(model).graph().output(0).type().tensor_type().shape().dim(2).dim_value() == size);
  }
}

TEST_SUITE_END();
