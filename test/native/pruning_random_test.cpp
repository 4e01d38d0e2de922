// Seeded random networks of every kind of layer: pruned equals zeroed in all of them. And the cost of the analysis.
#include <doctest/doctest.h>

#include <chrono>
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
    if (c > 32) {
      o.kernel = 1;
      return net.conv(x, 8, o);
    }
    const int64_t kind = pick(40);
    if (kind >= 34) return foreign_step(x, kind);
    if (kind >= 20) return rarer_step(x, kind);
    switch (kind) {
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

  // Layers that move, repeat, normalise or choose.
  ValueId rarer_step(ValueId x, int64_t kind) {
    const Shape s = net.shape(x);
    const int64_t c = s[1];
    const auto channel_constant = [&](float low, float high) { return net.constant(net.random({c, 1, 1}, low, high)); };
    switch (kind) {
      case 20:
        if (!even(x)) break;
        return net.op("GroupNormalization", {x, net.constant(net.random({c})), net.constant(net.random({c}))},
                      {{"num_groups", c / 2}});
      case 21: {
        if (c % 3 != 0) break;
        ValueId y = net.op("Reshape", {x, net.ints({0, 3, -1})});
        y = net.op("InstanceNormalization", {y, net.constant(net.random({3})), net.constant(net.random({3}))});
        y = net.op("Reshape", {y, pick(2) == 0 ? net.op("Shape", {x}) : net.ints(s)});
        return net.op("Mul", {y, channel_constant(0.5F, 1.5F)});
      }
      case 22: {
        if (s[2] > 8) break;
        const std::string mode = pick(2) == 0 ? "nearest" : "linear";
        return net.op("Resize", {x, kNone, kNone, net.ints({s[0], c, s[2] + 1, 2 * s[3]})}, {{"mode", mode}});
      }
      case 23:
        if (c < 4) break;
        return net.op("Pad", {x, net.ints({0, pick(2) == 0 ? 2 : -1, 1, 0, 0, pick(2) == 0 ? 1 : -2, 0, 0})});
      case 24: {
        std::vector<int64_t> places;
        for (int64_t i = c - 1; i >= 0; --i) places.push_back(pick(2) == 0 ? i : i - c);
        places.push_back(pick(c));
        return net.op("Gather", {x, net.ints(places)}, {{"axis", int64_t{1}}});
      }
      case 25: {
        const ValueId spread = net.op("Expand", {net.op("GlobalMaxPool", {x}), net.op("Shape", {x})});
        return net.op(pick(2) == 0 ? "Sub" : "Max", {x, spread});
      }
      case 26: {
        const ValueId mean = net.op("ReduceMean", {x}, {{"axes", Shape{2, 3}}, {"keepdims", int64_t{0}}});
        return net.op("Mul", {x, net.op("Unsqueeze", {net.op("Sigmoid", {mean}), net.ints({2, 3})})});
      }
      case 27:
        return net.op("Where", {net.op("Greater", {x, channel_constant(-0.5F, 0.5F)}), x,
                                net.op("Mul", {x, channel_constant(0.0F, 0.5F)})});
      case 28: {
        const ValueId turned = net.op("Slice", {x, net.ints({-1}), net.ints({-1000}), net.ints({1}), net.ints({-1})});
        return pick(2) == 0 ? turned : net.op("Add", {x, turned});
      }
      case 29: {
        const ValueId flat = net.op("Reshape", {x, net.ints({0, 0, -1})});
        return net.op("Reshape", {net.op("Softmax", {flat}, {{"axis", int64_t{2}}}), net.ints(s)});
      }
      case 30: {
        if (s[2] * s[3] > 64) break;
        const auto rows = [&](int64_t width) {
          const ValueId y = net.op("Reshape", {net.conv(x, 2 * width, {1}), net.ints({0, 2, width, s[2] * s[3]})});
          return net.op("Transpose", {y}, {{"perm", Shape{0, 1, 3, 2}}});
        };
        const ValueId q = rows(2), k = net.op("Transpose", {rows(2)}, {{"perm", Shape{0, 1, 3, 2}}}), v = rows(3);
        const ValueId y = net.op("MatMul", {net.op("Softmax", {net.op("MatMul", {q, k})}), v});
        return net.op("Reshape",
                      {net.op("Transpose", {y}, {{"perm", Shape{0, 1, 3, 2}}}), net.ints({0, 6, s[2], s[3]})});
      }
      case 31:
        if (s[2] % 2 != 0 || s[3] % 2 != 0 || c > 6) break;
        return net.op("SpaceToDepth", {x}, {{"blocksize", int64_t{2}}});
      case 32:
        return net.op("Tile", {x, net.ints({1, 2, 1, 1})});
      default: {
        const ValueId norm = net.op("ReduceL2", {x}, {{"axes", Shape{1}}});
        return net.op("Div", {x, net.op("Add", {norm, net.constant(Tensor::scalar(0.5F))})});
      }
    }
    return net.relu(x);
  }

  // Layers that see the maps as something else: rows of channels, sequences, volumes, bytes.
  ValueId foreign_step(ValueId x, int64_t kind) {
    const Shape s = net.shape(x);
    const int64_t c = s[1];
    switch (kind) {
      case 34: {  // two products over the channels of a position, as ConvNeXt has them
        const int64_t wide = 2 + pick(10), out = pick(2) == 0 ? c : 5;
        ValueId y = net.op("Transpose", {x}, {{"perm", Shape{0, 2, 3, 1}}});
        y = net.op("MatMul", {y, net.constant(net.random({c, wide}, -0.5F, 0.5F))});
        y = net.op("Gelu", {net.op("Add", {y, net.constant(net.random({wide}))})});
        y = net.op("MatMul", {y, net.constant(net.random({wide, out}, -0.5F, 0.5F))});
        y = net.op("Transpose", {y}, {{"perm", Shape{0, 3, 1, 2}}});
        return out == c ? net.op("Add", {x, y}) : y;
      }
      case 35: {  // the columns of the maps as a sequence
        if (s[2] * s[3] > 64) break;
        const bool lstm = pick(2) == 0;
        const int64_t ways = 1 + pick(2), hidden = 3 + pick(3), gates = lstm ? 4 : 3, rows = c * s[2];
        ValueId y = net.op("Transpose", {x}, {{"perm", Shape{3, 0, 1, 2}}});
        y = net.op("Reshape", {y, net.ints({0, 0, -1})});
        y = net.op(lstm ? "LSTM" : "GRU",
                   {y, net.constant(net.random({ways, gates * hidden, rows}, -0.3F, 0.3F)),
                    net.constant(net.random({ways, gates * hidden, hidden}, -0.5F, 0.5F)),
                    net.constant(net.random({ways, 2 * gates * hidden}, -0.5F, 0.5F))},
                   {{"hidden_size", hidden}, {"direction", std::string(ways == 2 ? "bidirectional" : "reverse")}}, 2);
        y = net.op("Reshape", {net.op("Transpose", {y}, {{"perm", Shape{2, 1, 3, 0}}}), net.ints({0, -1, 1, s[3]})});
        return y;  // [N, ways * hidden, 1, W]
      }
      case 36: {  // the maps as slices of a volume
        ConvOptions o;
        o.kernel = pick(2) == 0 ? 3 : 1;
        const ValueId y = net.relu(net.conv(net.op("Unsqueeze", {x, net.ints({2})}), 3 + pick(5), o));
        return net.op("Squeeze", {y, net.ints({2})});
      }
      case 37: {  // weights of bytes
        const int64_t out = 3 + pick(6);
        const Shape scales = pick(2) == 0 ? Shape{out} : Shape{};
        const ValueId bytes = net.constant(net.random({out, c, 1, 1}, -100.0F, 100.0F).cast(DType::i8));
        const ValueId weights = net.op("DequantizeLinear", {bytes, net.constant(net.random(scales, 0.003F, 0.01F))},
                                       {{"axis", int64_t{0}}});
        return net.op("Conv", {x, weights, net.constant(net.random({out}))});
      }
      case 38: {  // two convolutions with the same weights
        const ValueId w = net.constant(net.random({c, c, 1, 1}, -0.5F, 0.5F));
        return net.op("Conv", {net.relu(net.op("Conv", {x, w})), w});
      }
      default: {  // another input of the model
        const std::string name = "input" + std::to_string(net.input_shapes.size());
        const ValueId other = net.conv(net.input({s[0], 2, s[2], s[3]}, name), c, {1});
        return pick(2) == 0 ? net.op("Mul", {x, other}) : net.op("Concat", {x, other}, {{"axis", int64_t{1}}});
      }
    }
    return net.relu(x);
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
struct Chain {
  Graph graph;
  std::vector<TensorInfo> info;

  explicit Chain(int blocks) {
    Value input{"x0"};
    input.dtype = DType::f32;
    input.shape = {1, 4, 2, 2};
    ValueId x = graph.add_value(input);
    graph.inputs.push_back(x);
    note(x, {});
    const Tensor weights(DType::f32, {4, 4, 1, 1});
    for (int i = 0; i < blocks; ++i) {
      const std::string number = std::to_string(i);
      Value w{"w" + number};
      w.constant = weights;
      const ValueId kernel = graph.add_value(w);
      note(kernel, weights);
      const ValueId y = result("y" + number), z = result("z" + number);
      graph.add_node({"conv" + number, "Conv", {}, {x, kernel}, {y}});
      graph.add_node({"relu" + number, "Relu", {}, {y}, {z}});
      x = z;
    }
    graph.outputs.push_back(x);
  }

 private:
  ValueId result(const std::string& name) {
    const ValueId id = graph.add_value({name});
    note(id, {});
    return id;
  }
  void note(ValueId id, const Tensor& constant) {
    info.resize(id + 1);
    info[id] = {DType::f32, constant.defined() ? constant.shape() : Shape{1, 4, 2, 2}, constant};
  }
};

}  // namespace

TEST_SUITE_BEGIN("pruning");

TEST_CASE("random networks: pruned equals zeroed") {
  const char* first = std::getenv("ALCEDO_RANDOM_FIRST");
  const char* number = std::getenv("ALCEDO_RANDOM_NUM");
  const uint32_t begin = first == nullptr ? 1 : static_cast<uint32_t>(std::atoi(first));
  const uint32_t num = number == nullptr ? 500 : static_cast<uint32_t>(std::atoi(number));
  int64_t prunable = 0;
  for (uint32_t seed = begin; seed < begin + num; ++seed) {
    CAPTURE(seed);
    const Generator generator(seed);
    prunable += check_exact(generator.net.graph, generator.net.input_shapes, seed, 1e-4F, {20, 60, 100}) > 0;
  }
  CHECK(prunable >= num * 9 / 10);
}

TEST_CASE("ten thousand nodes: steps and memory grow linearly with the graph") {
  const Chain few(500), many(5000);
  const Coupling small(few.graph, few.info), large(many.graph, many.info);
  CHECK(large.convolutions().size() == 5000);
  CHECK(large.groups().size() == 4 * 4999);
  CHECK(large.element_num() < 11 * small.element_num());
  CHECK(large.union_num() < 11 * small.union_num());
  CHECK(large.union_num() < 8 * large.element_num());
  if (std::getenv("ALCEDO_TIMES") == nullptr) return;
  for (const Chain* chain : {&few, &many}) {
    const auto start = std::chrono::steady_clock::now();
    const Coupling coupling(chain->graph, chain->info);
    const auto maps = find_feature_maps(chain->graph, coupling, chain->info, {{1, 4, 2, 2}});
    const auto points = find_ablation_points(chain->graph, coupling, chain->info);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    MESSAGE(chain->graph.nodes.size(), " nodes: ", seconds.count(), " s, ", maps.size() + points.size(),
            " maps and groups");
  }
}

TEST_SUITE_END();
