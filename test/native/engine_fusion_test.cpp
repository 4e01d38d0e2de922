// What inference takes into one kernel: constants behind a convolution, chains of functions, spelled-out hard-swish,
// padding in front; and ConvTranspose.
#include "engine_support.h"

using namespace alcedo;
using namespace alcedo::test;

TEST_SUITE_BEGIN("engine");

namespace {

// The log of a plan whose results agree with the reference's.
std::string checked_log(const Graph& graph, const std::vector<ValueId>& outputs, const Tensor& input,
                        double tolerance = 1e-5) {
  PlanOptions options;
  options.autotune = false;
  InferencePlan plan(graph, {input.shape()}, outputs, options);
  const std::vector<Tensor> expected = run_reference(graph, {input}, outputs);
  plan.run(batch_of({input}));
  plan.reload(graph);
  const std::vector<Tensor>& got = plan.run(batch_of({input}));
  for (size_t i = 0; i < outputs.size(); ++i) {
    CAPTURE(graph.values[outputs[i]].name);
    CHECK(difference(got[i], expected[i]) < tolerance);
  }
  return plan.log();
}

int steps(const std::string& log) { return occurrences(log, " ms") - occurrences(log, " own:reorder ") - 1; }

}  // namespace

TEST_CASE("fusion: constants and functions behind a convolution become one step") {
  for (const int64_t c : {5, 16, 33}) {
    CAPTURE(c);
    Builder b;
    const auto number = [&](float x) { return b.constant(Tensor::of<float>({1}, {x})); };
    const auto channels = [&] { return b.constant(b.random({1, c, 1, 1}, 0.5f, 2)); };
    ValueId x = b.conv(b.input({2, 3, 9, 8}), 3, c);
    x = b.batchnorm(b.node("Add", {b.node("Mul", {x, channels()}), number(0.3f)}), c);
    x = b.node("Sub", {number(0.25f), b.node("Div", {x, channels()})});
    x = b.node("LeakyRelu", {x});
    x = b.node("Max", {number(-0.002f), x});
    x = b.node("Add", {b.node("Mul", {x, number(1.5f)}), number(0.5f)});
    x = b.node("Sigmoid", {x});
    const std::string log = checked_log(b.graph, {x}, b.random({2, 3, 9, 8}));
    CAPTURE(log);
    CHECK(steps(log) == 1);
    // Behind padding channels that were not zero.
    x = b.conv(x, c, 4);
    CHECK(steps(checked_log(b.graph, {x}, b.random({2, 3, 9, 8}))) == 2);
  }
}

TEST_CASE("fusion: any two functions of one value behind a convolution") {
  const char* types[] = {"Relu",        "LeakyRelu", "Clip", "Sigmoid", "Tanh",
                         "HardSigmoid", "HardSwish", "Mul",  "Add",     "Max"};
  for (const char* first : types) {
    for (const char* second : types) {
      CAPTURE(first);
      CAPTURE(second);
      Builder b;
      ValueId x = b.conv(b.input({1, 3, 4, 4}), 3, 20, {3, 1, 1, 1, 1, true});
      for (const std::string type : {first, second}) {
        std::vector<ValueId> inputs{x};
        if (type == "Clip") inputs.push_back(b.constant(Tensor::scalar<float>(-0.125f)));
        if (type == "Mul" || type == "Add" || type == "Max") inputs.push_back(b.constant(b.random({1}, 0.25f, 2)));
        x = b.node(type, inputs);
      }
      checked_log(b.graph, {x, b.conv(x, 20, 4)}, b.random({1, 3, 4, 4}, -4, 4));
      checked_log(b.graph, {b.conv(x, 20, 4)}, b.random({1, 3, 4, 4}, -4, 4));
    }
  }
}

TEST_CASE("fusion: values that are wanted or read twice stay") {
  Builder b;
  const ValueId half = b.constant(Tensor::scalar<float>(0.5f));
  const ValueId conv = b.conv(b.input({1, 3, 6, 6}), 3, 8);
  const ValueId scaled = b.node("Mul", {conv, half});
  const ValueId twice = b.node("Add", {b.relu(scaled), b.node("Neg", {scaled})});
  checked_log(b.graph, {conv, twice}, b.random({1, 3, 6, 6}));
  checked_log(b.graph, {scaled, twice, conv}, b.random({1, 3, 6, 6}));
}

TEST_CASE("fusion: hard-swish spelled out, and with HardSigmoid") {
  for (const bool quotient : {true, false}) {
    Builder b;
    const auto number = [&](float x) { return b.constant(Tensor::scalar<float>(x)); };
    const ValueId x = b.conv(b.input({2, 3, 7, 7}), 3, 20, {3, 1, 1, 1, 1, true});
    const ValueId clip = b.node("Clip", {b.node("Add", {x, number(3)}), number(0), number(6)});
    const ValueId product = b.node("Mul", {x, clip});
    ValueId y = quotient ? b.node("Div", {product, number(6)}) : b.node("Mul", {number(1.f / 6), product});
    CHECK(steps(checked_log(b.graph, {y}, b.random({2, 3, 7, 7}, -9, 9))) == 1);
    CHECK(steps(checked_log(b.graph, {y, clip}, b.random({2, 3, 7, 7}, -9, 9))) > 1);
  }
  Builder b;
  Attributes a;
  a.set("alpha", 1.f / 6);
  const ValueId x = b.conv(b.input({2, 3, 7, 7}), 3, 20);
  const ValueId y = b.node("Mul", {b.node("HardSigmoid", {x}, a), x});
  CHECK(steps(checked_log(b.graph, {y}, b.random({2, 3, 7, 7}, -9, 9))) == 1);
  // Other numbers are no hard-swish.
  Builder other;
  const auto number = [&](float n) { return other.constant(Tensor::scalar<float>(n)); };
  const ValueId z = other.conv(other.input({2, 3, 7, 7}), 3, 20);
  const ValueId clip = other.node("Clip", {other.node("Add", {z, number(2)}), number(0), number(6)});
  const ValueId w = other.node("Div", {other.node("Mul", {z, clip}), number(6)});
  CHECK(steps(checked_log(other.graph, {w}, other.random({2, 3, 7, 7}, -9, 9))) > 1);
}

TEST_CASE("fusion: zeros around the input are the convolution's padding") {
  Builder b;
  const auto ints = [&](std::vector<int64_t> v) { return b.constant(Tensor::vector<int64_t>(v)); };
  const ValueId x = b.conv(b.input({2, 3, 8, 7}), 3, 18);
  const ValueId padded = b.node("Pad", {x, ints({0, 0, 0, 1, 0, 0, 1, 2})});
  const ValueId y = b.conv(padded, 18, 18, {3, 2, 1, 18});
  CHECK(steps(checked_log(b.graph, {y}, b.random({2, 3, 8, 7}))) == 2);
  CHECK(steps(checked_log(b.graph, {y, padded}, b.random({2, 3, 8, 7}))) == 3);
  const ValueId ones = b.node("Pad", {x, ints({0, 0, 1, 1, 0, 0, 1, 1}), b.constant(Tensor::scalar<float>(1))});
  CHECK(steps(checked_log(b.graph, {b.conv(ones, 18, 4)}, b.random({2, 3, 8, 7}))) == 3);
}

TEST_CASE("fusion: the bias behind a MatMul or Gemm") {
  for (const bool transposed : {true, false}) {
    Builder b;
    ValueId x = b.gemm(b.input({4, 30}), 30, 13, transposed);
    x = b.relu(b.node("Add", {x, b.constant(b.random({13}))}));
    CHECK(steps(checked_log(b.graph, {x}, b.random({4, 30}))) == 1);
  }
  Builder b;
  ValueId x = b.node("MatMul", {b.input({2, 6, 30}), b.constant(b.random({30, 13}))});
  x = b.node("Add", {b.constant(b.random({1, 1, 13})), x});
  x = b.node("Mul", {x, b.constant(b.random({13}))});
  CHECK(steps(checked_log(b.graph, {x}, b.random({2, 6, 30}))) == 1);
  // Per row, not per column.
  x = b.node("Add", {x, b.constant(b.random({6, 1}))});
  CHECK(steps(checked_log(b.graph, {x}, b.random({2, 6, 30}))) == 2);
}

TEST_CASE("fusion: ConvTranspose with BatchNormalization and activation, few and many channels") {
  for (const int64_t oc : {1, 3, 12, 24}) {
    for (const int64_t kernel : {2, 3}) {
      CAPTURE(oc);
      CAPTURE(kernel);
      Builder b;
      Attributes a = attributes({{"strides", std::vector<int64_t>{2, 2}}});
      if (kernel == 3) {
        a.set("pads", std::vector<int64_t>{1, 0, 1, 1});
        a.set("output_padding", std::vector<int64_t>{1, 0});
      }
      const ValueId x = b.relu(b.conv(b.input({2, 3, 6, 5}), 3, 20));
      ValueId y =
          b.node("ConvTranspose", {x, b.constant(b.random({20, oc, kernel, kernel})), b.constant(b.random({oc}))}, a);
      y = b.node("Add", {y, b.constant(b.random({1, oc, 1, 1}))});
      y = b.relu(b.batchnorm(y, oc));
      const std::string log = checked_log(b.graph, {y}, b.random({2, 3, 6, 5}));
      CAPTURE(log);
      CHECK(steps(log) == 2);
      CHECK(occurrences(log, " reference ") == 0);
    }
  }
}

TEST_SUITE_END();
