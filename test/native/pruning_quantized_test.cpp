// Fake-quantized networks: what is cut with the weights, and scores through the rounding.
#include "base/error.h"
#include "pruning/pruner.h"
#include "pruning_check.h"

using namespace alcedo;
using namespace alcedo::testing;

TEST_SUITE_BEGIN("pruning");

TEST_CASE("fake-quantized weights: real numbers, scales and zero points are cut in step") {
  Net net;
  std::vector<ValueId> weights, scales, zeros;
  const auto fake_conv = [&](ValueId x, int64_t out) {
    weights.push_back(net.constant(net.random({out, net.shape(x)[1], 3, 3})));
    scales.push_back(net.constant(net.random({out}, 0.005F, 0.01F)));
    zeros.push_back(net.constant(net.random({out}, -20.0F, 20.0F).cast(DType::i8)));
    const Attribute axis = int64_t{0};
    const ValueId q = net.op("QuantizeLinear", {weights.back(), scales.back(), zeros.back()}, {{"axis", axis}});
    const ValueId w = net.op("DequantizeLinear", {q, scales.back(), zeros.back()}, {{"axis", axis}});
    return net.op("Conv", {x, w}, {{"pads", Shape{1, 1, 1, 1}}});
  };
  net.classify(net.relu(fake_conv(net.relu(fake_conv(net.input({2, 3, 6, 6}), 8)), 6)));
  CHECK(check_exact(net) == 7 + 5);
  const std::vector<TensorInfo> info = infer(net.graph, net.input_shapes);
  const Coupling coupling(net.graph, info);
  std::vector<bool> removed(coupling.groups().size());
  removed[0] = removed[2] = true;
  const Graph pruned = slice_graph(net.graph, info, coupling, removed, net.input_shapes);
  CHECK(pruned.values[weights[0]].constant.shape() == Shape{6, 3, 3, 3});
  CHECK(pruned.values[weights[1]].constant.shape() == Shape{6, 6, 3, 3});
  for (const ValueId value : {scales[0], zeros[0]}) CHECK(pruned.values[value].constant.shape() == Shape{6});
  const float *before = net.graph.values[scales[0]].constant.data<float>(),
              *after = pruned.values[scales[0]].constant.data<float>();
  CHECK(after[0] == before[1]);
  CHECK(after[1] == before[3]);
}

TEST_CASE("fake-quantized networks are scored, and weights that are no numbers are an error that names the layer") {
  Net net;
  const auto fake = [&](ValueId x, const Tensor& zero) {
    const ValueId scale = net.constant(Tensor::scalar(0.01F)), z = net.constant(zero);
    return net.op("DequantizeLinear", {net.op("QuantizeLinear", {x, scale, z}), scale, z});
  };
  const ValueId weights = net.constant(net.random({6, 4, 3, 3}));
  const ValueId x = fake(net.relu(net.conv(net.input({4, 3, 6, 6}), 4)), Tensor::scalar<uint8_t>(0));
  const ValueId conv = net.op("Conv", {x, fake(weights, Tensor::scalar<int8_t>(0))}, {{"pads", Shape{1, 1, 1, 1}}});
  net.classify(net.relu(conv), 3);
  const Tensor input = net.random({4, 3, 6, 6});
  Batch batch;
  batch.num = 4;
  batch.inputs = {input.data<float>()};
  batch.labels = {0, 1, 2, 1};
  const Loss loss{Loss::Kind::cross_entropy, {net.graph.outputs[0]}};
  for (const char* criterion : {"taylor", "obd", "taylor_weights", "oracle_abs", "activation_mean"}) {
    Pruner pruner(net.graph, net.input_shapes);
    pruner.set("criterion", std::string(criterion));
    pruner.add_batch(net.graph, loss, batch, net.input_shapes, 1);
    const auto scores = std::get<std::vector<double>>(pruner.get("kernel_scores"));
    CHECK(scores.size() == 10);
    for (double score : scores) CHECK(score > 0.0);
  }

  Graph broken = net.graph.clone();
  const ValueId first = broken.nodes[0].inputs[1];
  broken.values[first].constant.data<float>()[5] = std::numeric_limits<float>::quiet_NaN();
  for (const char* criterion : {"weight_l1", "weight_l2", "fpgm"}) {
    CAPTURE(criterion);
    Pruner pruner(broken, net.input_shapes);
    pruner.set("criterion", std::string(criterion));
    CHECK_THROWS_WITH_AS(pruner.get("kernel_scores"), doctest::Contains("the weights of 'Conv0' contain nan"),
                         HException);
    CHECK_THROWS_AS(pruner.generate(broken), HException);
  }
  Pruner random(broken, net.input_shapes);
  random.set("criterion", std::string("random"));
  CHECK_NOTHROW(random.generate(broken));
}

TEST_SUITE_END();
