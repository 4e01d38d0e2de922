// The straight-through gradient of QuantizeLinear and DequantizeLinear, and networks whose weights and activations are
// fake-quantized.
#include "base/error.h"
#include "engine_support.h"

using namespace alcedo;
using namespace alcedo::test;

TEST_SUITE_BEGIN("engine");

namespace {

// x -> QuantizeLinear -> DequantizeLinear, `scale` and `zero` of one shape.
ValueId through_integers(Builder& b, ValueId x, const Tensor& scale, const Tensor& zero, int64_t axis) {
  Attributes a;
  a.set("axis", axis);
  const ValueId s = b.constant(scale), z = b.constant(zero);
  return b.node("DequantizeLinear", {b.node("QuantizeLinear", {x, s, z}, a), s, z}, a);
}

// Convolution with weights in int8 steps per output channel, behind activations in uint8 steps.
ValueId quantized_conv(Builder& b, ValueId x, int64_t ic, int64_t oc, bool narrow = false) {
  const Tensor weights = b.random({oc, ic, 3, 3}, -0.4F, 0.4F);
  // Ranges that some of the numbers leave.
  const Tensor scale = b.random({oc}, 0.002F, narrow ? 0.0025F : 0.003F);
  const ValueId w = through_integers(b, b.constant(weights), scale, Tensor(DType::i8, {oc}), 0);
  const ValueId a =
      through_integers(b, x, Tensor::scalar(0.005F), Tensor::scalar(static_cast<uint8_t>(narrow ? 100 : 128)), 1);
  Attributes pads;
  pads.set("pads", std::vector<int64_t>{1, 1, 1, 1});
  return b.node("Conv", {a, w, b.constant(b.random({oc}, -0.2F, 0.2F))}, pads);
}

struct QuantizedNet {
  explicit QuantizedNet(int64_t batch) {
    const ValueId x = b.input({batch, 3, 8, 8});
    first = b.relu(quantized_conv(b, x, 3, 10));
    second = b.relu(quantized_conv(b, first, 10, 7, true));
    logits = b.head(second, 7, 4);
    b.output(logits);
    input = b.random({batch, 3, 8, 8});
  }
  Builder b{5};
  ValueId first, second, logits;
  Tensor input;
  std::vector<int64_t> labels{0, 3, 1, 2, 2, 0};
};

}  // namespace

TEST_CASE("quantization: the gradient passes inside the range and stops outside, per channel") {
  std::mt19937 random(3);
  std::uniform_real_distribution<float> value(-2.F, 2.F);
  const std::vector<float> scales{0.01F, 0.003F, 0.02F};
  for (const DType type : {DType::u8, DType::i8}) {
    const std::vector<int> zeros = type == DType::u8 ? std::vector<int>{0, 128, 255} : std::vector<int>{-128, 3, 90};
    const double low = type == DType::u8 ? 0 : -128, high = low + 255;
    Builder b;
    const ValueId x = b.input({2, 3, 40});
    Tensor scale(DType::f32, {3}), zero(DType::f32, {3}), input(DType::f32, {2, 3, 40}), seed(DType::f32, {2, 3, 40});
    for (int c = 0; c < 3; ++c) {
      scale.data<float>()[c] = scales[c];
      zero.data<float>()[c] = static_cast<float>(zeros[c]);
    }
    for (int64_t i = 0; i < input.size(); ++i) {
      input.data<float>()[i] = value(random);
      seed.data<float>()[i] = value(random);
    }
    const ValueId y = through_integers(b, x, scale, zero.cast(type), 1);
    b.output(y);
    const std::vector<Tensor> values = reference_values(b.graph, {input});
    const Tensor gradient = reference_backward(b.graph, values, {{y, seed}})[x];
    int inside = 0;
    for (int64_t i = 0; i < input.size(); ++i) {
      const int64_t c = i / 40 % 3;
      const double code = std::nearbyint(double{input.data<float>()[i]} / scales[c]) + zeros[c];
      const double kept = std::min(std::max(code, low), high);
      CHECK(values[y].data<float>()[i] == doctest::Approx((kept - zeros[c]) * scales[c]));
      const float wanted = kept == code ? seed.data<float>()[i] : 0.F;
      CHECK(gradient.data<float>()[i] == doctest::Approx(wanted).epsilon(1e-5));
      inside += kept == code;
    }
    CHECK(inside > 40);
    CHECK(inside < input.size() - 40);
  }
}

TEST_CASE("quantization: scores and gradients of weights, against the reference functions") {
  const QuantizedNet net(6);
  const std::vector<Tensor> values = reference_values(net.b.graph, {net.input});
  const std::vector<Tensor> gradients = reference_backward(
      net.b.graph, values, {{net.logits, cross_entropy_gradient(values[net.logits], net.labels, true)}});
  Batch batch = batch_of({net.input});
  batch.labels = net.labels;
  const Loss loss{Loss::Kind::cross_entropy, {net.logits}};
  ScoringPlan scoring(net.b.graph, {net.input.shape()}, loss, {net.first, net.second}, {});
  const std::vector<std::vector<float>>& scores = scoring.run(batch);
  for (const auto& [map, got] : {std::make_pair(net.first, scores[0]), std::make_pair(net.second, scores[1])}) {
    const Tensor &z = values[map], &dz = gradients[map];
    for (size_t row = 0; row < got.size(); ++row) {
      double sum = 0.0;
      for (size_t i = row * 64; i < (row + 1) * 64; ++i) sum += double{z.data<float>()[i]} * dz.data<float>()[i];
      CHECK(got[row] == doctest::Approx(sum / 64).epsilon(1e-3).scale(1e-3));
    }
  }

  TrainingPlan training(net.b.graph, {net.input.shape()}, loss, {});
  training.forward_backward(batch, 1);
  CHECK(training.parameters().size() == 6);  // three weights, three biases
  for (const ValueId p : training.parameters()) {
    CAPTURE(net.b.graph.values[p].name);
    Tensor mean = gradients[p].clone();
    for (int64_t i = 0; i < mean.size(); ++i) mean.data<float>()[i] /= 6;
    CHECK(difference(training.gradient(p), mean) < 1e-4);
  }
}

TEST_CASE("quantization: training moves the real weights, and the loss with the quantized ones falls") {
  const QuantizedNet net(6);
  const Loss loss{Loss::Kind::cross_entropy, {net.logits}};
  TrainingPlan training(net.b.graph, {net.input.shape()}, loss, {});
  Batch batch = batch_of({net.input});
  batch.labels = net.labels;
  Optimizer optimizer;
  optimizer.learning_rate = 0.1F;
  const double before = training.step(batch, 1, optimizer);
  for (int i = 0; i < 120; ++i) training.step(batch, 1, optimizer);
  Graph after = net.b.graph.clone();
  training.store(after, optimizer);
  const Tensor logits = reference_values(after, {net.input})[net.logits];
  double now = 0.0;
  for (double each : cross_entropy(logits, net.labels)) now += each / 6;
  CHECK(now < 0.7 * before);
  const ValueId weights = net.b.graph.nodes[0].inputs[0];
  REQUIRE(net.b.graph.values[weights].is_constant());
  CHECK(difference(after.values[weights].constant, net.b.graph.values[weights].constant) > 1e-3);
  InferencePlan inference(after, {net.input.shape()}, {net.logits}, {});
  CHECK(difference(inference.run(batch)[0], logits) < 1e-3);
}

TEST_CASE("quantization: integers that are read by anything else have no gradient, and the error says so") {
  Builder b;
  const ValueId x = b.relu(b.conv(b.input({2, 3, 8, 8}), 3, 4)), scale = b.constant(Tensor::scalar(0.01F));
  const ValueId q = b.node("QuantizeLinear", {x, scale});
  const ValueId logits = b.head(b.node("DequantizeLinear", {b.max_pool(q), scale}), 4, 3);
  CHECK_THROWS_WITH_AS(ScoringPlan(b.graph, {{2, 3, 8, 8}}, {Loss::Kind::cross_entropy, {logits}}, {x}, {}),
                       doctest::Contains("its integers are read by [MaxPool"), HException);
}

TEST_SUITE_END();
