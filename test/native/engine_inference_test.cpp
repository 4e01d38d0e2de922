#include "engine_support.h"

using namespace alcedo;
using namespace alcedo::test;

TEST_SUITE_BEGIN("engine");

namespace {
void check_inference(const Graph& graph, const std::vector<ValueId>& outputs, const std::vector<Tensor>& inputs,
                     double tolerance = 1e-5, PlanOptions options = {}) {
  InferencePlan plan(graph, shapes_of(inputs), outputs, options);
  const std::vector<Tensor> expected = run_reference(graph, inputs, outputs);
  for (int repeat = 0; repeat < 2; ++repeat) {
    const std::vector<Tensor>& got = plan.run(batch_of(inputs));
    for (size_t i = 0; i < outputs.size(); ++i) CHECK(difference(got[i], expected[i]) < tolerance);
  }
}
}  // namespace

TEST_CASE("inference: convolutions of every kind agree with the reference") {
  struct Case {
    int64_t batch, ic, oc, size;
    Builder::Conv conv;
  };
  const Case cases[] = {
      {1, 3, 16, 9, {3, 1, 1}},
      {3, 1, 13, 9, {3, 2, 1}},
      {2, 13, 1, 8, {3, 1, 1}},
      {2, 16, 32, 8, {1, 1, 0}},
      {2, 17, 33, 7, {5, 1, 2}},
      {1, 64, 64, 14, {3, 1, 1, 1, 1, true}},
      {2, 24, 24, 9, {3, 1, 1, 24}},
      {2, 13, 13, 9, {3, 2, 1, 13}},
      {2, 12, 24, 9, {3, 1, 1, 4}},
      {2, 32, 64, 8, {3, 1, 1, 2}},
      {2, 8, 16, 9, {3, 1, 1, 8}},
      {2, 16, 16, 11, {3, 1, 2, 1, 2}},
      {5, 20, 12, 10, {3, 2, 0, 1, 1, true}},
      {1, 1, 1, 5, {3, 1, 1}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.ic);
    CAPTURE(c.oc);
    CAPTURE(c.conv.groups);
    Builder b;
    const ValueId x = b.input({c.batch, c.ic, c.size, c.size});
    const ValueId first = b.conv(x, c.ic, c.oc, c.conv);
    const ValueId y = b.relu(b.batchnorm(first, c.oc));
    const ValueId z = b.conv(y, c.oc, 5, {1, 1, 0});
    const Tensor input = b.random({c.batch, c.ic, c.size, c.size});
    check_inference(b.graph, {z}, {input});
    check_inference(b.graph, {first, y, z}, {input});
  }
}

TEST_CASE("inference: activations behind a convolution and alone, with padding channels") {
  for (const char* type : {"Relu", "LeakyRelu", "Clip", "Sigmoid", "Tanh", "HardSigmoid", "HardSwish", "Elu"}) {
    CAPTURE(type);
    Builder b;
    const ValueId x = b.input({2, 3, 9, 9});
    Attributes a;
    std::vector<ValueId> bounds;
    if (std::string(type) == "Clip") bounds = {b.constant(Tensor::scalar(0.1f)), b.constant(Tensor::scalar(0.6f))};
    const auto act = [&](ValueId v) {
      std::vector<ValueId> inputs{v};
      inputs.insert(inputs.end(), bounds.begin(), bounds.end());
      return b.node(type, inputs);
    };
    ValueId y = act(b.conv(x, 3, 13));
    y = act(b.max_pool(y));
    const ValueId z = b.conv(y, 13, 7);
    check_inference(b.graph, {z}, {b.random({2, 3, 9, 9})});
  }
}

TEST_CASE("inference: residual network, concat, gates, constants, pooling") {
  Residual net;
  check_inference(net.b.graph, {net.logits}, {net.b.random({5, 3, 12, 12})});
  check_inference(net.b.graph, {net.logits, net.maps[2], net.maps[0]}, {net.b.random({5, 3, 12, 12})});

  Builder b;
  const ValueId x = b.input({3, 3, 16, 16});
  const ValueId p = b.relu(b.conv(x, 3, 13)), q = b.relu(b.conv(x, 3, 16));
  const ValueId joined = b.concat({p, q, p});
  const ValueId gate = b.node("Sigmoid", {b.conv(b.node("GlobalAveragePool", {joined}), 42, 42, {1, 1, 0})});
  const ValueId gated = b.node("Mul", {joined, gate});
  const ValueId shifted = b.node("Add", {gated, b.constant(b.random({42, 1, 1}))});
  const ValueId scaled = b.node("Div", {shifted, b.constant(Tensor::scalar(3.f))});
  Attributes a;
  a.set("kernel_shape", std::vector<int64_t>{3, 3});
  a.set("strides", std::vector<int64_t>{2, 2});
  a.set("pads", std::vector<int64_t>{1, 1, 1, 1});
  const ValueId mean = b.node("AveragePool", {scaled}, a);
  const ValueId top = b.max_pool(mean, 3, 2, 1);
  const ValueId logits = b.gemm(b.flatten(top), 42 * 16, 5, false);
  const ValueId soft = b.node("Softmax", {logits});
  check_inference(b.graph, {soft, logits, gated}, {b.random({3, 3, 16, 16})});
}

TEST_CASE("inference: a smaller batch leaves the rest out, reload takes new weights") {
  Residual net;
  InferencePlan plan(net.b.graph, {{5, 3, 12, 12}}, {net.logits});
  const Tensor all = net.b.random({5, 3, 12, 12});
  const Tensor whole = plan.run(batch_of({all}))[0].clone();
  Batch part = batch_of({all});
  part.num = 2;
  const Tensor& two = plan.run(part)[0];
  CHECK(difference(two.data<float>(), whole.data<float>(), 12) < 1e-6);

  Graph other = net.b.graph.clone();
  for (Value& value : other.values) {
    if (value.is_constant() && value.constant.rank() == 4) {
      for (int64_t i = 0; i < value.constant.size(); ++i) value.constant.data<float>()[i] *= 0.9f;
    }
  }
  plan.reload(other);
  CHECK(difference(plan.run(batch_of({all}))[0], run_reference(other, {all}, {net.logits})[0]) < 1e-5);
}

TEST_CASE("inference: memory does not grow with depth") {
  const auto memory = [](int depth) {
    Builder b;
    ValueId x = b.input({2, 16, 32, 32});
    for (int i = 0; i < depth; ++i) x = b.relu(b.conv(x, 16, 16, {3, 1, 1}));
    InferencePlan plan(b.graph, {{2, 16, 32, 32}}, {x});
    const std::string log = plan.log();
    const size_t at = log.rfind("reorders, ");
    return std::stod(log.substr(at + 10));
  };
  CHECK(memory(40) <= memory(4) + 2.0);
}

TEST_SUITE_END();
