#include "engine_support.h"

using namespace alcedo;
using namespace alcedo::test;

TEST_SUITE_BEGIN("engine");

namespace {

const std::vector<int64_t> kLabels{0, 3, 5, 1, 2};

// Loss, gradients and running statistics of one step against the reference.
void check_training(const Graph& graph, ValueId logits, const Tensor& input, double tolerance = 1e-4,
                    PlanOptions options = {}) {
  ReferenceOptions training;
  training.training = true;
  training.seed = 5;
  std::vector<std::pair<ValueId, Tensor>> statistics;
  training.statistics = &statistics;
  const std::vector<int64_t> labels(kLabels.begin(), kLabels.begin() + input.dim(0));
  const std::vector<Tensor> values = reference_values(graph, {input}, training);
  const std::vector<Tensor> gradients =
      reference_backward(graph, values, {{logits, cross_entropy_gradient(values[logits], labels)}}, training);
  double loss = 0;
  for (double l : cross_entropy(values[logits], labels)) loss += l / static_cast<double>(labels.size());

  TrainingPlan plan(graph, {input.shape()}, {Loss::Kind::cross_entropy, {logits}}, options);
  Batch batch = batch_of({input});
  batch.labels = labels;
  CHECK(plan.forward_backward(batch, 5) == doctest::Approx(loss).epsilon(1e-4));
  REQUIRE(!plan.parameters().empty());
  for (ValueId p : plan.parameters()) {
    CAPTURE(graph.values[p].name);
    REQUIRE(gradients[p].defined());
    CHECK(difference(plan.gradient(p), gradients[p]) < tolerance);
  }
  Graph after = graph.clone();
  Optimizer optimizer;
  plan.store(after, optimizer);
  for (const auto& [value, tensor] : statistics) CHECK(difference(after.values[value].constant, tensor) < 1e-5);
  // Twice the same batch without an update: twice the gradient (running statistics do not matter for it).
  plan.forward_backward(batch, 5);
  for (ValueId p : plan.parameters()) {
    Tensor twice = gradients[p].clone();
    for (int64_t i = 0; i < twice.size(); ++i) twice.data<float>()[i] *= 2;
    CHECK(difference(plan.gradient(p), twice) < tolerance);
  }
}

}  // namespace

TEST_CASE("training: residual network with odd channel counts") {
  Residual net;
  check_training(net.b.graph, net.logits, net.b.random({5, 3, 12, 12}));
  Residual wide(16, 32);
  check_training(wide.b.graph, wide.logits, wide.b.random({5, 3, 12, 12}));
}

TEST_CASE("training: bias and no BatchNormalization, pooling, dense layers, depthwise and grouped convolutions") {
  Builder b;
  const ValueId x = b.input({4, 3, 12, 12});
  ValueId y = b.relu(b.conv(x, 3, 12, {3, 1, 1, 1, 1, true}));
  y = b.relu(b.conv(y, 12, 12, {3, 1, 1, 12, 1, true}));
  y = b.max_pool(y);
  y = b.node("LeakyRelu", {b.conv(y, 12, 24, {3, 1, 1, 4, 1, true})});
  y = b.batchnorm(b.conv(y, 24, 20, {3, 1, 2, 1, 2}), 20);
  y = b.node("Sigmoid", {y});
  ValueId flat = b.flatten(b.max_pool(y, 3, 2, 1));
  ValueId h = b.relu(b.gemm(flat, 20 * 9, 17));
  const ValueId logits = b.gemm(h, 17, 6, false);
  check_training(b.graph, logits, b.random({4, 3, 12, 12}));
}

TEST_CASE("training: depthwise convolutions of flat maps, 5 x 5, strided and dilated") {
  // Where oneDNN has only its reference loop for the weights.
  for (const Shape& size : {Shape{3, 3, 2, 13}, Shape{3, 3, 7, 3}, Shape{3, 3, 9, 14}}) {
    CAPTURE(to_string(size));
    Builder b;
    const ValueId x = b.input(size);
    ValueId y = b.relu(b.conv(x, 3, 20, {1, 1, 0}));
    y = b.node("LeakyRelu", {b.conv(y, 20, 20, {5, 1, 2, 20, 1, true})});
    y = b.batchnorm(b.conv(y, 20, 20, {5, 2, 2, 20}), 20);
    y = b.batchnorm(b.conv(y, 20, 20, {3, 1, 2, 20, 2}), 20);
    y = b.node("Sigmoid", {b.conv(y, 20, 20, {7, 3, 3, 20})});
    check_training(b.graph, b.head(y, 20, 6), b.random(size));
  }
}

TEST_CASE("training: dense blocks, gates, batch of one") {
  Builder b;
  const ValueId x = b.input({1, 3, 10, 10});
  const ValueId s = b.conv(x, 3, 16);
  const ValueId u = b.conv(b.relu(b.batchnorm(s, 16)), 16, 8);
  const ValueId j = b.concat({s, u});
  const ValueId v = b.conv(b.relu(b.batchnorm(j, 24)), 24, 8);
  const ValueId k = b.concat({s, u, v});
  const ValueId gate = b.node("Sigmoid", {b.conv(b.node("GlobalAveragePool", {k}), 32, 32, {1, 1, 0, 1, 1, true})});
  const ValueId g = b.node("Mul", {b.relu(b.batchnorm(k, 32)), gate});
  Attributes a;
  a.set("kernel_shape", std::vector<int64_t>{2, 2});
  a.set("strides", std::vector<int64_t>{2, 2});
  const ValueId logits = b.head(b.node("AveragePool", {g}, a), 32, 6);
  check_training(b.graph, logits, b.random({1, 3, 10, 10}));
}

TEST_CASE("training: steps of SGD and Adam equal the definition; store and reload keep the state") {
  for (const auto kind : {Optimizer::Kind::sgd, Optimizer::Kind::adam}) {
    Residual net;
    const Tensor input = net.b.random({5, 3, 12, 12});
    Batch batch = batch_of({input});
    batch.labels = kLabels;
    TrainingPlan plan(net.b.graph, {input.shape()}, {Loss::Kind::cross_entropy, {net.logits}});
    Optimizer optimizer;
    optimizer.kind = kind;
    optimizer.learning_rate = 0.01;
    optimizer.weight_prior = 1e-3;
    std::unordered_map<ValueId, std::vector<double>> first, second, weights;
    for (int step = 1; step <= 3; ++step) {
      plan.forward_backward(batch, 1);
      for (ValueId p : plan.parameters()) {
        const Tensor g = plan.gradient(p);
        auto &m = first[p], &v = second[p], &w = weights[p];
        if (w.empty()) {
          const std::vector<float> start = net.b.graph.values[p].constant.to_floats();
          w.assign(start.begin(), start.end());
          m.assign(w.size(), 0);
          v.assign(w.size(), 0);
        }
        for (size_t i = 0; i < w.size(); ++i) {
          const double d = g.data<float>()[i] + optimizer.weight_prior * w[i];
          if (kind == Optimizer::Kind::sgd) {
            m[i] = optimizer.momentum * m[i] - optimizer.learning_rate * d;
            w[i] += m[i];
          } else {
            m[i] = 0.9 * m[i] + 0.1 * d;
            v[i] = 0.999 * v[i] + 0.001 * d * d;
            w[i] -= optimizer.learning_rate * m[i] / (1 - std::pow(0.9, step)) /
                    (std::sqrt(v[i] / (1 - std::pow(0.999, step))) + 1e-8);
          }
        }
      }
      plan.update(optimizer);
      if (step != 2) continue;
      Graph stored = net.b.graph.clone();
      plan.store(stored, optimizer);
      TrainingPlan again(stored, {input.shape()}, {Loss::Kind::cross_entropy, {net.logits}});
      again.reload(stored, optimizer);
      plan.reload(stored, optimizer);
      CHECK(again.forward_backward(batch, 1) == doctest::Approx(plan.forward_backward(batch, 1)).epsilon(1e-6));
      plan.reload(stored, optimizer);
    }
    Graph after = net.b.graph.clone();
    plan.store(after, optimizer);
    CHECK(optimizer.steps == 3);
    for (const auto& [p, w] : weights) {
      const std::vector<float> expected(w.begin(), w.end());
      const Tensor& got = after.values[p].constant;
      CHECK(difference(got.data<float>(), expected.data(), got.size()) < 1e-4);
    }
  }
}

TEST_CASE("training: sample weights, distance loss, wrong batches") {
  Residual net;
  const Tensor input = net.b.random({5, 3, 12, 12});
  TrainingPlan plan(net.b.graph, {input.shape()}, {Loss::Kind::cross_entropy, {net.logits}});
  Batch batch = batch_of({input});
  batch.labels = kLabels;
  batch.weights = {1, 0, 2, 0.5f, 0};
  ReferenceOptions training;
  training.training = true;
  const Tensor logits = run_reference(net.b.graph, {input}, {net.logits}, training)[0];
  const std::vector<double> losses = cross_entropy(logits, kLabels);
  CHECK(plan.forward_backward(batch, 0) ==
        doctest::Approx((losses[0] + 2 * losses[2] + 0.5 * losses[3]) / 3.5).epsilon(1e-4));
  batch.labels[1] = 6;
  CHECK_THROWS(plan.forward_backward(batch, 0));
  batch.labels[1] = 0;
  batch.num = 3;
  CHECK_THROWS(plan.forward_backward(batch, 0));

  const Tensor target = net.b.random({5, 6});
  TrainingPlan distance(net.b.graph, {input.shape()}, {Loss::Kind::distance, {net.logits}});
  Batch pairs = batch_of({input});
  pairs.targets = {target.data<float>()};
  double expected = 0;
  for (int64_t i = 0; i < 30; ++i) expected += std::pow(logits.data<float>()[i] - target.data<float>()[i], 2) / 30;
  CHECK(distance.forward_backward(pairs, 0) == doctest::Approx(expected).epsilon(1e-4));
}

TEST_CASE("training: the bias behind a MatMul moves, the numbers of a spelled-out hard-swish stay") {
  Builder b;
  const ValueId x = b.input({5, 6});
  const ValueId weight = b.constant(b.random({6, 4}));
  const ValueId bias = b.constant(b.random({4}));
  const ValueId three = b.constant(Tensor::scalar(3.0F));
  const ValueId zero = b.constant(Tensor::scalar(0.0F));
  const ValueId six = b.constant(Tensor::scalar(6.0F));
  const ValueId y = b.node("Add", {b.node("MatMul", {x, weight}), bias});
  const ValueId gate = b.node("Clip", {b.node("Add", {y, three}), zero, six});
  const ValueId logits = b.node("Div", {b.node("Mul", {y, gate}), six});
  b.graph.outputs = {logits};
  TrainingPlan plan(b.graph, {{5, 6}}, {Loss::Kind::cross_entropy, {logits}});
  CHECK(plan.parameters() == std::vector<ValueId>{weight, bias});
}

TEST_SUITE_END();
