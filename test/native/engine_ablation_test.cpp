#include "engine_support.h"

using namespace alcedo;
using namespace alcedo::test;

TEST_SUITE_BEGIN("engine");

TEST_CASE("ablation: losses equal a full pass with the channels set to zero") {
  Residual net;
  const Tensor input = net.b.random({5, 3, 12, 12});
  const std::vector<int64_t> labels{0, 3, 5, 1, 2};
  AblationPlan plan(net.b.graph, {input.shape()}, {Loss::Kind::cross_entropy, {net.logits}});
  Batch batch = batch_of({input});
  batch.labels = labels;
  const auto expected = [&](std::vector<ZeroedChannels> zeroed) {
    ReferenceOptions options;
    options.zeroed = std::move(zeroed);
    return cross_entropy(run_reference(net.b.graph, {input}, {net.logits}, options)[0], labels);
  };
  const auto same = [](const std::vector<float>& got, const std::vector<double>& wanted) {
    REQUIRE(got.size() == wanted.size());
    for (size_t i = 0; i < got.size(); ++i) CHECK(got[i] == doctest::Approx(wanted[i]).epsilon(1e-4));
  };
  const auto one = [&](const std::vector<ChannelRef>& channels) { return plan.ablate({channels})[0]; };
  same(plan.load(batch), expected({}));
  for (ValueId map : net.maps) {
    CAPTURE(map);
    same(one({{map, 2}}), expected({{map, {2}}}));
    same(one({{map, 0}, {map, 12}}), expected({{map, {0, 12}}}));
  }
  same(one({{net.maps[0], 4}, {net.maps[2], 4}}), expected({{net.maps[0], {4}}, {net.maps[2], {4}}}));
  same(one({{net.maps[4], 1}, {net.maps[5], 1}}), expected({{net.maps[4], {1}}, {net.maps[5], {1}}}));
  // The output of a convolution in front of its BatchNormalization: inside a kernel until it is asked for.
  const ValueId hidden = net.b.graph.nodes[net.b.graph.producers()[net.maps[1]]].inputs[0];
  same(one({{hidden, 3}}), expected({{hidden, {3}}}));
  same(one({{net.b.graph.inputs[0], 1}}), expected({{net.b.graph.inputs[0], {1}}}));
  same(one({}), expected({}));
}

namespace {

// All channels of all maps, each alone, in one call: as many plain forward passes of the reference.
void check_all(const Graph& graph, ValueId logits, const std::vector<ValueId>& maps, const Tensor& input,
               PlanOptions options = {}) {
  const std::vector<Tensor> values = reference_values(graph, {input});
  std::vector<int64_t> labels;
  for (int64_t n = 0; n < input.dim(0); ++n) labels.push_back(n % values[logits].dim(1));
  Batch batch = batch_of({input});
  batch.labels = labels;
  AblationPlan plan(graph, {input.shape()}, {Loss::Kind::cross_entropy, {logits}}, options);
  plan.load(batch);
  std::vector<AblationPlan::Channels> ablations;
  for (ValueId map : maps) {
    for (int64_t c = 0; c < values[map].dim(1); ++c) ablations.push_back({{map, c}});
  }
  const std::vector<std::vector<float>> losses = plan.ablate(ablations);
  REQUIRE(losses.size() == ablations.size());
  for (size_t a = 0; a < ablations.size(); ++a) {
    CAPTURE(ablations[a][0].value);
    CAPTURE(ablations[a][0].channel);
    ReferenceOptions zeroed;
    zeroed.zeroed = {{ablations[a][0].value, {ablations[a][0].channel}}};
    const std::vector<double> wanted = cross_entropy(run_reference(graph, {input}, {logits}, zeroed)[0], labels);
    for (size_t n = 0; n < wanted.size(); ++n) CHECK(losses[a][n] == doctest::Approx(wanted[n]).epsilon(1e-4));
  }
}

}  // namespace

TEST_CASE("ablation: many at once equal a plain forward pass each") {
  {
    // Convolutions of all shapes directly behind the missing channel, with every activation that they take along.
    Builder b(3);
    const ValueId x = b.input({3, 3, 13, 11});
    std::vector<ValueId> maps;
    const auto map = [&](ValueId v) {
      maps.push_back(v);
      return v;
    };
    ValueId y = map(b.max_pool(b.relu(b.batchnorm(b.conv(x, 3, 16), 16))));
    y = map(b.node("LeakyRelu", {b.conv(y, 16, 20, {3, 2, 1, 1, 1, true})}));
    y = map(b.node("Clip", {b.conv(y, 20, 17, {1, 1, 0, 1, 1, true}), b.constant(Tensor::scalar(-0.2f)),
                            b.constant(Tensor::scalar(0.5f))}));
    y = map(b.conv(y, 17, 24, {3, 1, 2, 1, 2}));
    y = map(b.node("Sigmoid", {b.conv(y, 24, 32, {5, 1, 2})}));
    y = map(b.conv(y, 32, 16, {3, 1, 1, 16}));
    y = map(b.relu(b.conv(y, 16, 16, {3, 1, 1, 2})));
    const ValueId flat = b.flatten(y);
    const ValueId logits = b.gemm(flat, 16 * 9, 4);
    maps.push_back(flat);
    b.output(logits);
    check_all(b.graph, logits, maps, b.random({3, 3, 13, 11}));
  }
  {
    // Values with several readers, and channels that go on through a Concat.
    Builder b(4);
    const ValueId x = b.input({2, 3, 10, 10});
    const ValueId p = b.relu(b.conv(x, 3, 16)), q = b.relu(b.conv(p, 16, 16));
    const ValueId joined = b.concat({p, q}), r = b.relu(b.batchnorm(b.conv(joined, 32, 16), 16));
    const ValueId all = b.concat({joined, r}), sum = b.add(b.conv(all, 48, 16), p);
    const ValueId logits = b.head(b.relu(sum), 16, 5);
    b.output(logits);
    check_all(b.graph, logits, {p, q, joined, r, all, sum}, b.random({2, 3, 10, 10}));
  }
}

TEST_CASE("ablation: a channel that is zero anyway leaves the loss as it is") {
  Builder b(5);
  const ValueId x = b.input({4, 3, 8, 8});
  const ValueId p = b.relu(b.conv(x, 3, 16)), q = b.relu(b.conv(p, 16, 16));
  const ValueId logits = b.head(q, 16, 3);
  b.output(logits);
  Tensor input = b.random({4, 3, 8, 8}, 0, 1);
  std::fill_n(input.data<float>() + 2 * 192, 192, 0.f);  // sample 2: all maps are zero
  Batch batch = batch_of({input});
  batch.labels = {0, 1, 2, 0};
  AblationPlan plan(b.graph, {input.shape()}, {Loss::Kind::cross_entropy, {logits}});
  const std::vector<float> base = plan.load(batch);
  const auto losses = plan.ablate({{{p, 0}}, {{p, 1}}, {{q, 5}}});
  for (const auto& loss : losses) CHECK(loss[2] == base[2]);
}

TEST_CASE("ablation: networks that fix their batch size run one ablation at a time") {
  Builder b(6);
  const ValueId x = b.input({4, 3, 8, 8});
  const ValueId p = b.relu(b.conv(x, 3, 16));
  Tensor shape(DType::i64, {2});
  shape.data<int64_t>()[0] = 4;
  shape.data<int64_t>()[1] = 16 * 64;
  const ValueId flat = b.node("Reshape", {b.relu(b.conv(p, 16, 16)), b.constant(shape)});
  const ValueId logits = b.gemm(flat, 16 * 64, 3);
  b.output(logits);
  check_all(b.graph, logits, {p}, b.random({4, 3, 8, 8}));
}

TEST_SUITE_END();
