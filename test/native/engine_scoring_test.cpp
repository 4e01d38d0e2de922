#include "base/parallel.h"
#include "engine_support.h"

using namespace alcedo;
using namespace alcedo::test;

TEST_SUITE_BEGIN("engine");

namespace {
const std::vector<int64_t> kLabels{0, 3, 5, 1, 2};

// mean over space of z * dC/dz from the reference.
std::vector<float> expected_scores(const Tensor& z, const Tensor& dz) {
  const int64_t channels = z.dim(0) * z.dim(1), space = z.size() / channels;
  std::vector<float> sums(channels);
  for (int64_t i = 0; i < channels; ++i) {
    double sum = 0;
    for (int64_t k = 0; k < space; ++k) {
      sum += static_cast<double>(z.data<float>()[i * space + k]) * dz.data<float>()[i * space + k];
    }
    sums[i] = static_cast<float>(sum / static_cast<double>(space));
  }
  return sums;
}

void check_scoring(const Graph& graph, ValueId logits, const std::vector<ValueId>& maps, const Tensor& input,
                   PlanOptions options = {}, double tolerance = 1e-4) {
  const std::vector<int64_t> labels(kLabels.begin(), kLabels.begin() + input.dim(0));
  const std::vector<Tensor> values = reference_values(graph, {input});
  const std::vector<Tensor> gradients =
      reference_backward(graph, values, {{logits, cross_entropy_gradient(values[logits], labels, true)}});
  ScoringPlan plan(graph, {input.shape()}, {Loss::Kind::cross_entropy, {logits}}, maps, options);
  Batch batch = batch_of({input});
  batch.labels = labels;
  for (int repeat = 0; repeat < 2; ++repeat) {
    const auto& scores = plan.run(batch);
    const std::vector<double> losses = cross_entropy(values[logits], labels);
    for (size_t n = 0; n < losses.size(); ++n) CHECK(plan.losses()[n] == doctest::Approx(losses[n]).epsilon(tolerance));
    REQUIRE(scores.size() == maps.size());
    for (size_t i = 0; i < maps.size(); ++i) {
      CAPTURE(graph.values[maps[i]].name);
      const std::vector<float> expected = expected_scores(values[maps[i]], gradients[maps[i]]);
      REQUIRE(scores[i].size() == expected.size());
      CHECK(difference(scores[i].data(), expected.data(), static_cast<int64_t>(expected.size())) < tolerance);
    }
  }
  batch.num = 1;
  const std::vector<float> one = plan.run(batch)[0];
  const std::vector<float> expected = expected_scores(values[maps[0]], gradients[maps[0]]);
  CHECK(one.size() == static_cast<size_t>(values[maps[0]].dim(1)));
  CHECK(difference(one.data(), expected.data(), static_cast<int64_t>(one.size())) < tolerance);
}
}  // namespace

TEST_CASE("scoring: feature maps in front of and behind activations, residual sums") {
  Residual net;
  const Tensor input = net.b.random({5, 3, 12, 12});
  check_scoring(net.b.graph, net.logits, net.maps, input);
  Residual wide(16, 32);
  check_scoring(wide.b.graph, wide.logits, wide.maps, input);
}

TEST_CASE("scoring: concat, depthwise, Clip, pooling, a map behind its activation") {
  Builder b;
  const ValueId x = b.input({3, 3, 12, 12});
  const auto clip = [&](ValueId v) {
    return b.node("Clip", {v, b.constant(Tensor::scalar(0.f)), b.constant(Tensor::scalar(0.5f))});
  };
  std::vector<ValueId> maps;
  const auto map = [&](ValueId v) {
    maps.push_back(v);
    return v;
  };
  const ValueId s = clip(map(b.batchnorm(b.conv(x, 3, 12), 12)));
  const ValueId d = clip(map(b.batchnorm(b.conv(s, 12, 12, {3, 1, 1, 12}), 12)));
  const ValueId e = map(b.node("LeakyRelu", {b.conv(d, 12, 9, {1, 1, 0, 1, 1, true})}));
  const ValueId j = b.concat({s, e});
  const ValueId k = map(b.relu(b.batchnorm(b.conv(b.max_pool(j), 21, 17), 17)));
  const ValueId logits = b.gemm(b.flatten(k), 17 * 36, 6);
  check_scoring(b.graph, logits, maps, b.random({3, 3, 12, 12}));
}

TEST_CASE("scoring: back through layer normalization and means") {
  Builder b;
  const ValueId x = b.input({5, 3, 6, 7});
  std::vector<ValueId> maps;
  const auto map = [&](ValueId v) {
    maps.push_back(v);
    return v;
  };
  const auto transpose = [&](ValueId v, std::vector<int64_t> order) {
    return b.node("Transpose", {v}, attributes({{"perm", std::move(order)}}));
  };
  const ValueId y = transpose(map(b.conv(x, 3, 20)), {0, 2, 3, 1});
  const ValueId scale = b.constant(b.random({20}, 0.5F, 1.5F)), bias = b.constant(b.random({20}));
  const ValueId normal = transpose(b.node("LayerNormalization", {y, scale, bias}), {0, 3, 1, 2});
  const ValueId z = map(b.conv(b.relu(normal), 20, 18));
  const auto mean = [&](ValueId v, std::vector<int64_t> axes) {
    return b.node("ReduceMean", {v}, attributes({{"axes", std::move(axes)}, {"keepdims", int64_t{0}}}));
  };
  const ValueId rows = mean(map(b.conv(z, 18, 5)), {3});  // [5,5,6]
  const ValueId logits = b.add(b.gemm(mean(b.relu(z), {2, 3}), 18, 6), b.gemm(b.flatten(rows), 30, 6));
  check_scoring(b.graph, logits, maps, b.random({5, 3, 6, 7}));
}

TEST_CASE("scoring: bfloat16 stays near float32; two threads give the bits of one") {
  Residual net(32, 64, 16, 3);
  const Tensor input = net.b.random({3, 3, 16, 16});
  Batch batch = batch_of({input});
  batch.labels = {0, 3, 5};
  const Loss loss{Loss::Kind::cross_entropy, {net.logits}};
  PlanOptions options;
  options.autotune = false;
  ScoringPlan exact(net.b.graph, {input.shape()}, loss, net.maps, options);
  const auto scores = exact.run(batch);
  options.bf16 = true;
  ScoringPlan rounded(net.b.graph, {input.shape()}, loss, net.maps, options);
  const auto& near = rounded.run(batch);
  for (size_t i = 0; i < scores.size(); ++i) {
    CHECK(difference(near[i].data(), scores[i].data(), static_cast<int64_t>(scores[i].size())) < 0.1);
  }
  const int threads = thread_num();
  options.bf16 = false;
  set_thread_num(1);
  ScoringPlan one(net.b.graph, {input.shape()}, loss, net.maps, options);
  const auto single = one.run(batch);
  set_thread_num(2);
  ScoringPlan two(net.b.graph, {input.shape()}, loss, net.maps, options);
  CHECK(two.run(batch) == single);
  set_thread_num(threads);
}

TEST_SUITE_END();
