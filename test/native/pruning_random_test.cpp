// Seeded random networks of every kind of layer: pruned equals zeroed in all of them. And the cost of the analysis.
#include <doctest/doctest.h>

#include <cstdlib>

#include "pruning_check.h"

using namespace alcedo;
using namespace alcedo::testing;

namespace {

class Generator {
 public:
  explicit Generator(uint32_t seed) : net(seed), random_(seed * 7919 + 1) {
    live_.push_back(net.input({2, 3, 8, 8}));
    live_.push_back(net.conv_bn_relu(live_[0], 4 + pick(8)));
    const int steps = 5 + static_cast<int>(pick(10));
    for (int i = 0; i < steps; ++i) live_.push_back(step(any()));
    finish();
  }
  Net net;

 private:
  int64_t pick(int64_t n) { return static_cast<int64_t>(random_() % static_cast<uint32_t>(n)); }
  // Some value, the younger the likelier; never the input itself.
  ValueId any() { return live_[live_.size() - 1 - static_cast<size_t>(pick(std::min<int64_t>(3, live_.size() - 1)))]; }
  bool even(ValueId x) { return net.shape(x)[1] % 2 == 0; }

  ValueId step(ValueId x) {
    const int64_t c = net.shape(x)[1];
    ConvOptions o;
    switch (pick(20)) {
      case 0:
        return net.conv(x, 3 + pick(8));
      case 1:
        return net.conv_bn_relu(x, 3 + pick(8));
      case 2:
        o.group = c;
        return net.conv_bn_relu(x, c * (1 + pick(2)), o);
      case 3:
        if (!even(x)) break;
        o.group = 2;
        return net.relu(net.conv(x, 2 * (2 + pick(4)), o));
      case 4:
        o.kernel = 1;
        o.bias = false;
        return net.op("Add", {x, net.bn(net.conv(net.conv_bn_relu(x, 5), c, o))});
      case 5:
        return net.op("Concat", {x, net.conv_bn_relu(x, 3), x}, {{"axis", int64_t{1}}});
      case 6: {
        if (!even(x)) break;
        const ValueId half = net.op("Split", {x}, {{"axis", int64_t{1}}}, 2);
        return net.op("Mul", {half, net.op("Sigmoid", {half + 1})});
      }
      case 7: {
        if (c < 4) break;
        const ValueId part = net.op("Split", {x, net.ints({1 + c / 3, c - 1 - c / 3})}, {{"axis", int64_t{1}}}, 2);
        return net.op("Concat", {part + 1, net.conv_bn_relu(part, 4)}, {{"axis", int64_t{1}}});
      }
      case 8:
        return c < 4 ? x : net.op("Slice", {x, net.ints({1}), net.ints({c - 1}), net.ints({1}), net.ints({1})});
      case 9: {
        const ValueId pooled = net.op("GlobalAveragePool", {x});
        o.kernel = 1;
        return net.op("Mul", {x, net.op("HardSigmoid", {net.conv(net.relu(net.conv(pooled, 3, o)), c, o)})});
      }
      case 10:
        return net.op("PRelu", {x, net.constant(net.random({c, 1, 1}, 0.0F, 0.5F))});
      case 11:
        return net.op(pick(2) == 0 ? "Tanh" : "LeakyRelu", {x});
      case 12:
        return shuffle(x);
      case 13: {  // channels last and back, with a per-channel constant on the way
        const ValueId last = net.op("Transpose", {x}, {{"perm", Shape{0, 2, 3, 1}}});
        return net.op("Transpose", {net.op("Add", {last, net.constant(net.random({c}))})},
                      {{"perm", Shape{0, 3, 1, 2}}});
      }
      case 14: {
        const Shape s = net.shape(x);
        const ValueId flat = net.op("Reshape", {x, net.ints({s[0], c, s[2] * s[3]})});
        return net.op("Reshape", {net.relu(flat), net.ints({s[0], c, s[2], s[3]})});
      }
      case 15:
        if (net.shape(x)[2] < 4) break;
        return net.op(pick(2) == 0 ? "MaxPool" : "AveragePool", {x},
                      {{"kernel_shape", Shape{2, 2}}, {"strides", Shape{2, 2}}});
      case 16:
        return net.op("Mul", {x, net.constant(net.random({1, c, 1, 1}))});
      case 17:
        return net.op("InstanceNormalization",
                      {x, net.constant(net.random({c}, 0.5F, 1.5F)), net.constant(net.random({c}))});
      case 18:
        return net.shape(x)[2] > 8 ? x
                                   : net.relu(net.conv_transpose(x, even(x) ? 6 : 5, even(x) && pick(2) == 0 ? 2 : 1));
      default: {
        if (c % 4 != 0 || net.shape(x)[2] > 8) break;
        const std::string mode = pick(2) == 0 ? "CRD" : "DCR";
        return net.op("DepthToSpace", {x}, {{"blocksize", int64_t{2}}, {"mode", mode}});
      }
    }
    return net.conv_bn_relu(x, 3 + pick(8));
  }

  ValueId shuffle(ValueId x) {
    if (!even(x)) return net.relu(x);
    const Shape s = net.shape(x);
    ValueId y = net.op("Reshape", {x, net.ints({s[0], 2, s[1] / 2, s[2], s[3]})});
    y = net.op("Transpose", {y}, {{"perm", Shape{0, 2, 1, 3, 4}}});
    return net.op("Reshape", {y, net.ints({s[0], s[1], s[2], s[3]})});
  }

  void finish() {
    const ValueId x = live_.back();
    if (pick(3) == 0) {
      net.output(net.gemm(net.relu(net.gemm(net.op("Flatten", {x}), 6)), 4));
    } else {
      net.classify(x);
    }
    if (pick(3) == 0) {
      ConvOptions one;
      one.kernel = 1;
      net.output(net.conv(any(), 2, one));
    }
  }

  std::vector<ValueId> live_;
  std::mt19937 random_;
};

// input -> (Conv -> Relu) * blocks, all of 4 channels.
Coupling chain(int blocks) {
  Graph graph;
  Value input;
  input.name = "x0";
  input.dtype = DType::f32;
  input.shape = {1, 4, 2, 2};
  ValueId x = graph.add_value(input);
  graph.inputs.push_back(x);
  std::vector<TensorInfo> info(1);
  const auto note = [&](ValueId id, const Tensor& constant) {
    info.resize(id + 1);
    info[id].dtype = DType::f32;
    info[id].shape = constant.defined() ? constant.shape() : Shape{1, 4, 2, 2};
    info[id].constant = constant;
  };
  note(x, {});
  const Tensor weights(DType::f32, {4, 4, 1, 1});
  for (int i = 0; i < blocks; ++i) {
    const std::string number = std::to_string(i);
    const ValueId w = graph.add_constant("w" + number, weights);
    note(w, weights);
    const ValueId y = graph.add_value({"y" + number});
    note(y, {});
    const ValueId z = graph.add_value({"z" + number});
    note(z, {});
    graph.add_node({"conv" + number, "Conv", {}, {x, w}, {y}});
    graph.add_node({"relu" + number, "Relu", {}, {y}, {z}});
    x = z;
  }
  graph.outputs.push_back(x);
  return Coupling(graph, info);
}

}  // namespace

TEST_SUITE_BEGIN("pruning");

TEST_CASE("random networks: pruned equals zeroed") {
  const char* first = std::getenv("ALCEDO_RANDOM_FIRST");
  const char* number = std::getenv("ALCEDO_RANDOM_NUM");
  const uint32_t begin = first == nullptr ? 1 : static_cast<uint32_t>(std::atoi(first));
  const uint32_t num = number == nullptr ? 300 : static_cast<uint32_t>(std::atoi(number));
  int64_t prunable = 0;
  for (uint32_t seed = begin; seed < begin + num; ++seed) {
    CAPTURE(seed);
    const Generator generator(seed);
    prunable += check_exact(generator.net.graph, generator.net.input_shapes, seed, 1e-4F) > 0;
  }
  CHECK(prunable >= num * 9 / 10);
}

TEST_CASE("10,000 nodes: steps grow linearly with the graph") {
  const Coupling small = chain(500), large = chain(5000);
  CHECK(large.convolutions().size() == 5000);
  CHECK(large.groups().size() == 4 * 4999);
  CHECK(large.union_num() < 11 * small.union_num());
  CHECK(large.union_num() < 8 * large.element_num());
}

TEST_SUITE_END();
