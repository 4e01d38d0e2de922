// Bodies of If, Loop and Scan: unfolded where the network's input has no say, else kept as they are.
#include <doctest/doctest.h>

#include "backends/reference/executor.h"
#include "base/error.h"
#include "layers/infer.h"
#include "onnx/export.h"
#include "onnx_build.h"
#include "pruning/coupling.h"
#include "pruning/slicing.h"
#include "pruning_check.h"

namespace alcedo {
namespace {

using namespace test;

onnx_pb::NodeProto* add_to(onnx_pb::GraphProto* graph, const std::string& type, const std::vector<std::string>& inputs,
                           const std::string& output) {
  onnx_pb::NodeProto* node = graph->add_node();
  node->set_op_type(type);
  for (const std::string& input : inputs) node->add_input(input);
  node->add_output(output);
  return node;
}

void add_flag(onnx_pb::GraphProto* graph, const std::string& name, bool value) {
  auto* tensor = graph->add_initializer();
  tensor->set_name(name);
  tensor->set_data_type(9);
  tensor->set_raw_data(std::string(1, value ? '\1' : '\0'));
}

void add_number(onnx_pb::GraphProto* graph, const std::string& name, int64_t value) {
  auto* tensor = graph->add_initializer();
  tensor->set_name(name);
  tensor->set_data_type(7);
  tensor->set_raw_data(&value, sizeof value);
}

// A body with its inputs and results (the first result is add_body's).
onnx_pb::GraphProto* add_loop_body(onnx_pb::NodeProto* node, const std::vector<std::string>& inputs,
                                   const std::vector<std::string>& results) {
  onnx_pb::GraphProto* body = add_body(node, "body", results[0]);
  for (const std::string& input : inputs) body->add_input()->set_name(input);
  for (size_t i = 1; i < results.size(); ++i) body->add_output()->set_name(results[i]);
  return body;
}

bool has(const Graph& graph, const std::string& type) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(), [&](const Node& node) { return node.op_type == type; });
}

std::vector<Tensor> run(const Graph& graph, const std::vector<Tensor>& inputs) {
  return run_reference(graph, inputs, graph.outputs, {});
}

using Numbers = std::vector<float>;
Numbers numbers(const Tensor& tensor) { return {tensor.data<float>(), tensor.data<float>() + tensor.size()}; }

onnx_pb::ModelProto written(const OnnxModel& model) {
  onnx_pb::ModelProto proto;
  REQUIRE(proto.ParseFromString(write_onnx_bytes(model)));
  return proto;
}

// state = state * 2 + turn, each state collected: three turns.
onnx_pb::ModelProto counting_loop(bool goes_on) {
  onnx_pb::ModelProto proto = new_model(13);
  add_input(proto, "x", {2});
  add_output(proto, "last", {2});
  add_output(proto, "all", {});
  proto.mutable_graph()->mutable_output(1)->mutable_type()->mutable_tensor_type()->clear_shape();
  add_number(proto.mutable_graph(), "three", 3);
  add_weight(proto, "two", {}, {2});
  auto* loop = add_node(proto, "Loop", "turn", {"three", "", "x"}, {"last", "all"});
  auto* body = add_loop_body(loop, {"i", "go", "state"}, {goes_on ? "same" : "stop", "next", "next"});
  add_flag(body, "stop", false);
  add_to(body, "Identity", {"go"}, "same");
  add_to(body, "Mul", {"state", "two"}, "double");  // of the graph around it
  auto* cast = add_to(body, "Cast", {"i"}, "number");
  set_int(cast, "to", 1);
  add_to(body, "Add", {"double", "number"}, "next");
  return proto;
}

}  // namespace

TEST_SUITE_BEGIN("onnx");

TEST_CASE("unfold: a Loop of a known number of turns becomes its turns") {
  const OnnxModel model = read(counting_loop(true));
  CHECK_FALSE(has(model.graph, "Loop"));
  const std::vector<Tensor> got = run(model.graph, {Tensor::vector<float>({1, 10})});
  // 1: 2, 5, 12; 10: 20, 41, 84
  CHECK(numbers(got[0]) == Numbers{12, 84});
  CHECK(got[1].shape() == Shape{3, 2});
  CHECK(numbers(got[1]) == Numbers{2, 20, 5, 41, 12, 84});
  const std::string bytes = write_onnx_bytes(model);
  CHECK(numbers(run(read_onnx_bytes(bytes.data(), bytes.size()).graph, {Tensor::vector<float>({1, 10})})[0]) ==
        Numbers{12, 84});
}

TEST_CASE("unfold: a Loop whose body says stop has one turn") {
  const std::vector<Tensor> got = run(read(counting_loop(false)).graph, {Tensor::vector<float>({1, 10})});
  CHECK(numbers(got[0]) == Numbers{2, 20});
  CHECK(got[1].shape() == Shape{1, 2});
}

TEST_CASE("unfold: a Loop with an If on its turn and a list that it fills") {
  onnx_pb::ModelProto proto = new_model(13);
  add_input(proto, "x", {1, 2});
  add_output(proto, "y", {3, 2});
  add_number(proto.mutable_graph(), "three", 3);
  add_number(proto.mutable_graph(), "zero", 0);
  add_node(proto, "SequenceEmpty", "empty", {}, {"list"});
  auto* loop = add_node(proto, "Loop", "turn", {"three", "", "x", "list"}, {"last", "filled"});
  auto* body = add_loop_body(loop, {"i", "go", "state", "parts"}, {"go", "next", "more"});
  add_to(body, "Equal", {"i", "zero"}, "is_first");
  auto* choice = add_to(body, "If", {"is_first"}, "next");
  add_body(choice, "then_branch", "state");
  add_to(add_body(choice, "else_branch", "sum"), "Add", {"state", "x"}, "sum");
  add_to(body, "SequenceInsert", {"parts", "next"}, "more");
  set_int(add_node(proto, "ConcatFromSequence", "join", {"filled"}, {"y"}), "axis", 0);
  const Graph graph = read(proto).graph;
  for (const char* type : {"Loop", "If", "SequenceInsert", "ConcatFromSequence"}) CHECK_FALSE(has(graph, type));
  const Tensor x = Tensor::of<float>({1, 2}, {1, 10});
  CHECK(numbers(run(graph, {x})[0]) == Numbers{1, 10, 2, 20, 3, 30});
}

TEST_CASE("unfold: a Scan of known length, backwards and along other axes") {
  onnx_pb::ModelProto proto = new_model(13);
  add_input(proto, "x", {2, 3});
  add_output(proto, "total", {2});
  add_output(proto, "sums", {2, 3});
  add_weight(proto, "start", {2}, {0, 0});
  auto* node = add_node(proto, "Scan", "sum", {"start", "x"}, {"total", "sums"});
  set_int(node, "num_scan_inputs", 1);
  set_ints(node, "scan_input_axes", {1});
  set_ints(node, "scan_input_directions", {1});
  set_ints(node, "scan_output_axes", {-1});
  auto* body = add_loop_body(node, {"before", "part"}, {"after", "after"});
  add_to(body, "Add", {"before", "part"}, "after");
  const Graph graph = read(proto).graph;
  CHECK_FALSE(has(graph, "Scan"));
  const std::vector<Tensor> got = run(graph, {Tensor::of<float>({2, 3}, {1, 2, 3, 10, 20, 30})});
  CHECK(numbers(got[0]) == Numbers{6, 60});
  CHECK(numbers(got[1]) == Numbers{3, 5, 6, 30, 50, 60});
}

// x -> Conv a -> Conv b -> If (its branch reads b's result and a weight) -> y; c is pruned freely beside it.
TEST_CASE("unfold: what only the run decides is kept, and what touches it stays") {
  onnx_pb::ModelProto proto = new_model(13);
  add_input(proto, "x", {1, 2, 4, 4});
  add_input(proto, "c", {}, 9);
  add_output(proto, "y", {1, 3, 4, 4});
  std::mt19937 random(3);
  std::normal_distribution<float> normal;
  const auto weights = [&](const std::string& name, const std::vector<int64_t>& dims) {
    std::vector<float> values(static_cast<size_t>(num_elements(dims)));
    for (float& value : values) value = normal(random);
    add_weight(proto, name, dims, values);
  };
  weights("wa", {6, 2, 1, 1});
  weights("wb", {3, 6, 1, 1});
  add_weight(proto, "factor", {1}, {3});
  add_node(proto, "Conv", "a", {"x", "wa"}, {"ya"});
  add_node(proto, "Conv", "b", {"ya", "wb"}, {"yb"});
  auto* choice = add_node(proto, "If", "choice", {"c"}, {"y"});
  auto* first = add_body(choice, "then_branch", "scaled");
  add_to(first, "Mul", {"yb", "factor"}, "scaled");
  auto* second = add_body(choice, "else_branch", "shifted");
  const float half = 0.5F;
  auto* own = second->add_initializer();
  own->set_name("half");
  own->set_data_type(1);
  own->set_raw_data(&half, sizeof half);
  add_to(second, "Add", {"yb", "half"}, "shifted");

  OnnxModel model = read(proto);
  const std::vector<Shape> shapes{{1, 2, 4, 4}, {}};
  const std::vector<TensorInfo> info = infer_known(model.graph, shapes);
  const Coupling coupling(model.graph, info);
  REQUIRE(coupling.convolutions().size() == 2);
  CHECK(coupling.groups().size() == 6);
  CHECK(coupling.convolutions()[0].prunable);
  CHECK(coupling.convolutions()[1].reason == "[If choice] runs a body that only the run decides");
  std::vector<bool> removed(6, false);
  removed[1] = removed[4] = true;
  model.graph = slice_graph(model.graph, info, coupling, removed, shapes);

  const onnx_pb::ModelProto now = written(model);
  const onnx_pb::NodeProto& kept = now.graph().node(2);
  REQUIRE(kept.op_type() == "If");
  CHECK(kept.input_size() == 1);
  for (int i = 0; i < 2; ++i) {
    CHECK(kept.attribute(i).SerializeAsString() == choice->attribute(i).SerializeAsString());
  }
  std::set<std::string> names;
  for (const auto& weight : now.graph().initializer()) names.insert(weight.name());
  CHECK(names == std::set<std::string>{"factor", "wa", "wb"});
  CHECK(now.graph().initializer(0).name() == "wa");
  CHECK(now.graph().initializer(0).dims(0) == 4);

  const OnnxModel again = read(now);
  CHECK(write_onnx_bytes(again) == write_onnx_bytes(model));
  try {
    infer(again.graph, shapes);
    FAIL("an open If was run");
  } catch (const HException& error) {
    CHECK(error.code() == 7801);
    CHECK(error.text().find("[If choice]") != std::string::npos);
  }
}

TEST_CASE("unfold: a Loop whose number of turns is an input is kept with its body") {
  onnx_pb::ModelProto proto = counting_loop(true);
  proto.mutable_graph()->mutable_initializer()->DeleteSubrange(0, 1);
  add_input(proto, "three", {}, 7);
  const OnnxModel model = read(proto);
  REQUIRE(has(model.graph, "Loop"));
  const onnx_pb::ModelProto now = written(model);
  CHECK(now.graph().node(0).input_size() == 3);
  CHECK(now.graph().node(0).attribute(0).SerializeAsString() == proto.graph().node(0).attribute(0).SerializeAsString());
}

TEST_SUITE_END();

}  // namespace alcedo
