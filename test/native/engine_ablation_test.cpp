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

TEST_SUITE_END();
