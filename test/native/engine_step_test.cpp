// Training with the update inside the backward pass, values made again instead of kept, and lent weights.
#include <limits>

#include "engine_support.h"

using namespace alcedo;
using namespace alcedo::test;

TEST_SUITE_BEGIN("engine");

namespace {

// Three steps in both ways end in the same weights, statistics and optimizer state.
void check_step(const Graph& graph, ValueId logits, const Tensor& input, Optimizer::Kind kind, double tolerance) {
  const Loss loss{Loss::Kind::cross_entropy, {logits}};
  PlanOptions options;
  options.autotune = false;
  TrainingPlan apart(graph, {input.shape()}, loss, options);
  options.update_in_backward = true;
  TrainingPlan inside(graph, {input.shape()}, loss, options);
  Batch batch = batch_of({input});
  for (int64_t n = 0; n < input.dim(0); ++n) batch.labels.push_back(n % 6);
  Optimizer a, b;
  a.kind = b.kind = kind;
  a.learning_rate = b.learning_rate = 0.01;
  a.weight_prior = b.weight_prior = 1e-3;
  for (uint64_t step = 0; step < 3; ++step) {
    const double expected = apart.forward_backward(batch, step);
    apart.update(a);
    CHECK(std::abs(inside.step(batch, step, b) - expected) <= tolerance);
  }
  CHECK(a.steps == b.steps);
  CHECK_THROWS(inside.forward_backward(batch, 0));
  Graph after_a = graph.clone(), after_b = graph.clone();
  apart.store(after_a, a);
  inside.take(after_b, b);  // must not matter for what store() brings
  inside.store(after_b, b);
  for (size_t v = 0; v < graph.values.size(); ++v) {
    if (!graph.values[v].is_constant() || graph.values[v].constant.dtype() != DType::f32) continue;
    CAPTURE(graph.values[v].name);
    CHECK(difference(after_b.values[v].constant, after_a.values[v].constant) <= tolerance);
  }
  for (const auto& [value, tensor] : a.first) CHECK(difference(b.first.at(value), tensor) <= tolerance);
  for (const auto& [value, tensor] : a.second) CHECK(difference(b.second.at(value), tensor) <= tolerance);
}

}  // namespace

TEST_CASE("step: the update inside the backward pass equals the one behind it") {
  Residual net;
  const Tensor input = net.b.random({5, 3, 12, 12});
  check_step(net.b.graph, net.logits, input, Optimizer::Kind::sgd, 0);
  check_step(net.b.graph, net.logits, input, Optimizer::Kind::adam, 0);
}

TEST_CASE("step: large matrices are updated slice by slice") {
  for (const bool transposed : {true, false}) {
    Builder b;
    const ValueId h = b.relu(b.gemm(b.input({4, 1500}), 1500, 1403, transposed));
    const ValueId logits = b.gemm(h, 1403, 6);
    check_step(b.graph, logits, b.random({4, 1500}), Optimizer::Kind::sgd, 1e-5);
  }
}

TEST_CASE("step: weights that two nodes share") {
  Builder b;
  const ValueId x = b.input({4, 8, 6, 6});
  const ValueId y = b.conv(x, 8, 8);
  const ValueId weights = b.graph.nodes.back().inputs[1];
  Attributes a = b.graph.nodes.back().attributes;
  const ValueId z = b.node("Conv", {b.relu(b.batchnorm(y, 8)), weights}, a);
  check_step(b.graph, b.head(b.relu(z), 8, 6), b.random({4, 8, 6, 6}), Optimizer::Kind::sgd, 1e-6);
}

TEST_CASE("step: a loss that is not finite changes nothing") {
  Residual net;
  PlanOptions options;
  options.update_in_backward = true;
  TrainingPlan plan(net.b.graph, {{5, 3, 12, 12}}, {Loss::Kind::cross_entropy, {net.logits}}, options);
  const Tensor input = net.b.random({5, 3, 12, 12});
  Batch batch = batch_of({input});
  batch.labels = {0, 1, 2, 3, 4};
  batch.weights = {std::numeric_limits<float>::infinity(), 1, 1, 1, 1};
  Optimizer optimizer;
  CHECK_FALSE(std::isfinite(plan.step(batch, 0, optimizer)));
  CHECK(optimizer.steps == 0);
  Graph after = net.b.graph.clone();
  plan.store(after, optimizer);
  for (size_t v = 0; v < after.values.size(); ++v) {
    if (after.values[v].is_constant()) CHECK(difference(after.values[v].constant, net.b.graph.values[v].constant) == 0);
  }
}

TEST_CASE("step: BatchNormalization's results are made again, memory of a chain grows by one value per convolution") {
  const auto log_of = [](int depth) {
    Builder b;
    ValueId x = b.input({2, 16, 32, 32});
    for (int i = 0; i < depth; ++i) x = b.relu(b.batchnorm(b.conv(x, 16, 16), 16));
    TrainingPlan plan(b.graph, {{2, 16, 32, 32}}, {Loss::Kind::cross_entropy, {b.head(x, 16, 6)}});
    return plan.log();
  };
  const auto shared = [](const std::string& log) {
    const std::string name = "shared by liveness ";
    return std::stod(log.substr(log.find(name) + name.size()));
  };
  const std::string shallow = log_of(4), deep = log_of(12);
  CHECK(occurrences(deep, "Relu again") == 11);  // not the last one: nobody reads it backward
  const double value = 2 * 16 * 32 * 32 * 4 / 1048576.0;
  CHECK(shared(deep) - shared(shallow) < 8 * value * 1.2);
}

TEST_CASE("plans read large constant matrices where the graph has them") {
  Builder b;
  const ValueId x = b.input({2, 3, 8, 8});
  const ValueId map = b.relu(b.batchnorm(b.conv(x, 3, 8), 8));
  const ValueId logits = b.gemm(b.flatten(map), 8 * 64, 2048);
  ScoringPlan plan(b.graph, {{2, 3, 8, 8}}, {Loss::Kind::cross_entropy, {logits}}, {map});
  const std::string name = " weights ";
  const std::string log = plan.log();
  CHECK(std::stod(log.substr(log.find(name) + name.size())) < 1);  // the matrix has 4 MiB
}

TEST_SUITE_END();
