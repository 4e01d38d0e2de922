// The 27 small networks on which pruners fail, and then some: pruned must equal zeroed, or the convolution is refused
// with a reason.
#include <doctest/doctest.h>

#include <numeric>

#include "base/error.h"
#include "layers/infer.h"
#include "pruning/feature_map.h"
#include "pruning/selection.h"
#include "pruning/slicing.h"
#include "pruning_check.h"

using namespace alcedo;
using namespace alcedo::testing;

TEST_SUITE_BEGIN("pruning");

TEST_CASE("conv, batch normalization, relu") {
  Net net;
  ValueId x = net.conv_bn_relu(net.input({2, 3, 8, 8}), 8);
  net.classify(net.conv_bn_relu(x, 6));
  CHECK(check_exact(net) == 14 - 2);
}

TEST_CASE("residual sum") {
  Net net;
  const ValueId x = net.conv_bn_relu(net.input({2, 3, 8, 8}), 8);
  const ValueId y = net.bn(net.conv(net.conv_bn_relu(x, 6), 8));
  net.classify(net.relu(net.op("Add", {x, y})));
  CHECK(check_exact(net) == 14 + 5);
}

TEST_CASE("concat") {
  Net net;
  const ValueId x = net.conv_bn_relu(net.input({2, 3, 8, 8}), 6);
  const ValueId a = net.conv_bn_relu(x, 4), b = net.conv_bn_relu(x, 5);
  const ValueId joined = net.op("Concat", {a, b, x}, {{"axis", int64_t{1}}});
  net.classify(net.conv_bn_relu(net.bn(joined), 7));
  CHECK(check_exact(net) == 5 + 3 + 4 + 6);
}

TEST_CASE("depthwise") {
  Net net;
  ConvOptions depthwise;
  depthwise.group = 8;
  ValueId x = net.conv_bn_relu(net.input({2, 3, 8, 8}), 8);
  x = net.conv_bn_relu(x, 8, depthwise);
  net.classify(net.conv_bn_relu(x, 6));
  CHECK(check_exact(net) == 14 + 5);
}

TEST_CASE("depthwise with a multiplier") {
  Net net;
  ConvOptions depthwise;
  depthwise.group = 4;
  ValueId x = net.conv_bn_relu(net.input({2, 3, 8, 8}), 4);
  x = net.conv_bn_relu(x, 12, depthwise);
  net.classify(net.conv_bn_relu(x, 6));
  CHECK(check_exact(net) > 0);
}

TEST_CASE("grouped convolution") {
  Net net;
  ConvOptions grouped;
  grouped.group = 2;
  ValueId x = net.conv_bn_relu(net.input({2, 3, 8, 8}), 8);
  x = net.conv_bn_relu(x, 12, grouped);
  net.classify(net.conv_bn_relu(x, 6));
  CHECK(check_exact(net) == 6 + 10 + 5);
}

TEST_CASE("transposed convolution") {
  Net net;
  ValueId x = net.conv_bn_relu(net.input({2, 3, 4, 4}), 8);
  x = net.relu(net.bn(net.conv_transpose(x, 6)));
  net.classify(net.conv_bn_relu(x, 5));
  CHECK(check_exact(net) == 7 + 5 + 4);
}

TEST_CASE("grouped transposed convolution") {
  Net net;
  ValueId x = net.conv_bn_relu(net.input({2, 3, 4, 4}), 8);
  x = net.relu(net.bn(net.conv_transpose(x, 8, 2)));
  net.classify(net.conv_bn_relu(x, 5));
  CHECK(check_exact(net) == 6 + 6 + 4);
}

TEST_CASE("flatten with spatial size left") {
  Net net;
  ValueId x = net.conv_bn_relu(net.input({2, 3, 8, 8}), 8);
  x = net.op("MaxPool", {x}, {{"kernel_shape", Shape{2, 2}}, {"strides", Shape{2, 2}}});
  net.output(net.gemm(net.relu(net.gemm(net.op("Flatten", {x}), 10)), 5));
  CHECK(check_exact(net) == 7);
}

TEST_CASE("squeeze and excitation") {
  Net net;
  const ValueId x = net.conv_bn_relu(net.input({2, 3, 8, 8}), 8);
  ConvOptions one;
  one.kernel = 1;
  ValueId gate = net.op("GlobalAveragePool", {x});
  gate = net.op("Sigmoid", {net.conv(net.relu(net.conv(gate, 4, one)), 8, one)});
  net.classify(net.conv_bn_relu(net.op("Mul", {x, gate}), 6));
  CHECK(check_exact(net) == 14 + 3 + 5);
}

TEST_CASE("a module used twice") {
  Net net;
  const ValueId x = net.conv_bn_relu(net.input({2, 3, 8, 8}), 6);
  const ValueId w = net.constant(net.random({6, 6, 3, 3}, -0.3F, 0.3F), "shared");
  const std::vector<std::pair<std::string, Attribute>> same = {{"kernel_shape", Shape{3, 3}},
                                                               {"pads", Shape{1, 1, 1, 1}}};
  const ValueId y = net.relu(net.op("Conv", {x, w}, same));
  net.classify(net.relu(net.op("Conv", {y, w}, same)));
  CHECK(check_exact(net) == 15);
}

TEST_CASE("tied weights on two inputs") {
  Net net;
  const ValueId a = net.input({2, 3, 8, 8}, "a"), b = net.input({2, 3, 8, 8}, "b");
  const ValueId w = net.constant(net.random({6, 3, 3, 3}, -0.3F, 0.3F), "tied");
  const ValueId joined =
      net.op("Concat", {net.relu(net.op("Conv", {a, w})), net.relu(net.op("Conv", {b, w}))}, {{"axis", int64_t{1}}});
  net.classify(net.conv_bn_relu(joined, 5));
  CHECK(check_exact(net) == 10 + 4);
}

TEST_CASE("prelu") {
  Net net;
  const ValueId x = net.conv(net.input({2, 3, 8, 8}), 8);
  const ValueId y = net.op("PRelu", {x, net.constant(net.random({8, 1, 1}))});
  net.classify(net.conv_bn_relu(y, 6));
  CHECK(check_exact(net) == 7 + 5);
}

TEST_CASE("instance normalization") {
  Net net;
  const ValueId x = net.conv(net.input({2, 3, 8, 8}), 8);
  const ValueId y = net.op("InstanceNormalization", {x, net.constant(net.random({8})), net.constant(net.random({8}))});
  net.classify(net.conv_bn_relu(net.relu(y), 6));
  CHECK(check_exact(net) == 7 + 5);
}

TEST_CASE("per-channel parameters") {
  Net net;
  ValueId x = net.conv(net.input({2, 3, 8, 8}), 8);
  x = net.op("Mul", {x, net.constant(net.random({1, 8, 1, 1}))});
  x = net.op("Add", {x, net.constant(net.random({8, 1, 1}))});
  net.classify(net.conv_bn_relu(net.relu(x), 6));
  CHECK(check_exact(net) == 7 + 5);
}

TEST_CASE("one-dimensional convolution") {
  Net net;
  net.classify(net.conv_bn_relu(net.conv_bn_relu(net.input({2, 3, 16}), 8), 6));
  CHECK(check_exact(net) == 7 + 5);
}

TEST_CASE("three-dimensional convolution") {
  Net net;
  net.classify(net.conv_bn_relu(net.conv_bn_relu(net.input({2, 3, 4, 4, 4}), 8), 6));
  CHECK(check_exact(net) == 7 + 5);
}

TEST_CASE("u-net") {
  Net net;
  const std::vector<std::pair<std::string, Attribute>> half = {{"kernel_shape", Shape{2, 2}}, {"strides", Shape{2, 2}}};
  const ValueId a = net.conv_bn_relu(net.input({2, 3, 8, 8}), 6);
  const ValueId b = net.conv_bn_relu(net.op("MaxPool", {a}, half), 8);
  const ValueId up = net.op("Concat", {net.conv_transpose(b, 5), a}, {{"axis", int64_t{1}}});
  ConvOptions one;
  one.kernel = 1;
  net.output(net.conv(net.conv_bn_relu(up, 7), 2, one));
  CHECK(check_exact(net) == 5 + 7 + 4 + 6);
}

TEST_CASE("split: each half to a branch of its own") {
  Net net;
  const ValueId x = net.conv_bn_relu(net.input({2, 3, 8, 8}), 8);
  const ValueId half = net.op("Split", {x, net.ints({3, 5})}, {{"axis", int64_t{1}}}, 2);
  const ValueId second = net.conv_bn_relu(half + 1, 4), first = net.conv_bn_relu(half, 5);
  net.classify(net.op("Concat", {first, second}, {{"axis", int64_t{1}}}));
  CHECK(check_exact(net) == 6 + 4 + 3);
}

TEST_CASE("split into sums") {
  Net net;
  const ValueId x = net.conv_bn_relu(net.input({2, 3, 8, 8}), 8);
  const ValueId half = net.op("Split", {x}, {{"axis", int64_t{1}}}, 2);
  net.classify(net.conv_bn_relu(net.op("Add", {half, half + 1}), 5));
  CHECK(check_exact(net) == 6 + 4);
}

TEST_CASE("slice of channels") {
  Net net;
  const ValueId x = net.conv_bn_relu(net.input({2, 3, 8, 8}), 8);
  const ValueId part = net.op("Slice", {x, net.ints({2}), net.ints({6}), net.ints({1})});
  const ValueId all = net.conv_bn_relu(x, 4);
  net.classify(net.op("Concat", {net.conv_bn_relu(part, 5), all}, {{"axis", int64_t{1}}}));
  CHECK(check_exact(net) == 7 + 3 + 4);
}

TEST_CASE("channel shuffle") {
  Net net;
  ConvOptions grouped;
  grouped.group = 2;
  ValueId x = net.conv_bn_relu(net.input({2, 3, 4, 4}), 8);
  x = net.op("Reshape", {x, net.ints({2, 2, 4, 4, 4})});
  x = net.op("Transpose", {x}, {{"perm", Shape{0, 2, 1, 3, 4}}});
  x = net.op("Reshape", {x, net.ints({2, 8, 4, 4})});
  net.classify(net.conv_bn_relu(net.conv_bn_relu(x, 12, grouped), 5));
  CHECK(check_exact(net) > 0);
}

TEST_CASE("pixel shuffle") {
  Net net;
  ValueId x = net.conv_bn_relu(net.input({2, 3, 4, 4}), 16);
  x = net.op("DepthToSpace", {x}, {{"blocksize", int64_t{2}}, {"mode", std::string("CRD")}});
  net.classify(net.conv_bn_relu(x, 5));
  CHECK(check_exact(net) == 12 + 4);
}

TEST_CASE("reshape with fixed sizes") {
  Net net;
  ValueId x = net.conv_bn_relu(net.input({2, 3, 4, 4}), 8);
  x = net.op("Reshape", {x, net.ints({2, 128})});
  net.output(net.gemm(x, 5));
  CHECK(check_exact(net) == 7);
}

TEST_CASE("reshape and back") {
  Net net;
  ValueId x = net.conv_bn_relu(net.input({2, 3, 4, 4}), 8);
  x = net.op("Reshape", {x, net.ints({0, 8, -1})});
  x = net.op("Reshape", {net.relu(x), net.ints({2, 8, 4, 4})});
  net.classify(net.conv_bn_relu(x, 5));
  CHECK(check_exact(net) == 7 + 4);
}

TEST_CASE("group normalization, also spelled with instance normalization") {
  Net net;
  const ValueId x = net.conv(net.input({2, 3, 4, 4}), 8);
  const ValueId y = net.op("GroupNormalization", {x, net.constant(net.random({8})), net.constant(net.random({8}))},
                           {{"num_groups", int64_t{4}}});
  ValueId z = net.op("Reshape", {net.conv(net.relu(y), 6), net.ints({0, 3, -1})});
  z = net.op("InstanceNormalization", {z, net.constant(net.random({3})), net.constant(net.random({3}))});
  z = net.op("Reshape", {z, net.ints({2, 6, 4, 4})});
  z = net.op("Add", {net.op("Mul", {z, net.constant(net.random({6, 1, 1}))}), net.constant(net.random({6, 1, 1}))});
  net.classify(net.conv(net.relu(z), 4));
  CHECK(check_exact(net) == 6 + 4 + 3);  // whole groups of two
}

// As frameworks write it where there is no operator for it: groups of channels, 3 of 4 or 4 of 2.
TEST_CASE("group normalization written out: whole groups leave") {
  const auto grouped = [](Net& net, ValueId x, int64_t groups, int spelling) {
    const Shape s = net.shape(x);
    const int64_t size = s[1] / groups;
    ValueId y = kNone;
    if (spelling == 0) {  // one row per group
      y = net.op("Reshape", {x, net.ints({0, groups, -1})});
      y = net.op("InstanceNormalization",
                 {y, net.constant(net.random({groups}, 0.5F, 1.5F)), net.constant(net.random({groups}))});
      y = net.op("Reshape", {y, net.op("Shape", {x})});
    } else {
      y = net.op("Reshape", {x, net.ints({s[0], groups, size, s[2], s[3]})});
      if (spelling == 1) {  // mean and variance step by step
        const std::pair<std::string, Attribute> axes{"axes", Shape{2, 3, 4}};
        const ValueId centred = net.op("Sub", {y, net.op("ReduceMean", {y}, {axes})});
        const ValueId variance = net.op("ReduceMean", {net.op("Mul", {centred, centred})}, {axes});
        const ValueId sum = net.op("Add", {variance, net.constant(Tensor::scalar(1e-3F))});
        y = net.op("Div", {centred, net.op("Sqrt", {sum})});
      } else {
        y = net.op("InstanceNormalization",
                   {y, net.constant(net.random({groups}, 0.5F, 1.5F)), net.constant(net.random({groups}))});
      }
      y = net.op("Reshape", {y, net.ints({s[0], s[1], s[2], s[3]})});
    }
    const ValueId scale = net.constant(net.random({s[1], 1, 1})), shift = net.constant(net.random({s[1], 1, 1}));
    return net.relu(net.op("Add", {net.op("Mul", {y, scale}), shift}));
  };
  for (int spelling : {0, 1, 2}) {
    for (int64_t groups : {3, 4}) {
      CAPTURE(spelling);
      CAPTURE(groups);
      Net net;
      const int64_t width = groups == 3 ? 12 : 8;
      ValueId x = grouped(net, net.conv(net.input({2, 3, 4, 4}), width), groups, spelling);
      const ValueId y = grouped(net, net.conv(x, width), groups, spelling);
      net.classify(net.conv(net.op("Add", {x, y}), 4));
      CHECK(check_exact(net) == 2 * (width - width / groups) + 3);
    }
  }
}

TEST_CASE("convolution as a function, its weights a bare parameter") {
  Net net;
  const ValueId x = net.conv_bn_relu(net.input({2, 3, 6, 6}), 6);
  const ValueId w = net.op("Identity", {net.constant(net.random({5, 6, 3, 3}, -0.3F, 0.3F))});
  net.classify(net.relu(net.op("Conv", {x, w})));
  CHECK(check_exact(net) == 5 + 4);
}

TEST_CASE("attention: heads are groups of channels") {
  for (int64_t heads : {1, 2, 4}) {
    CAPTURE(heads);
    Net net;
    const ValueId x = net.conv_bn_relu(net.input({2, 3, 4, 4}), 8);
    const ValueId qkv = net.op("Split", {net.conv(x, 24, {1})}, {{"axis", int64_t{1}}}, 3);
    const auto split = [&](ValueId v) { return net.op("Reshape", {v, net.ints({0, heads, 8 / heads, 16})}); };
    const auto turned = [&](ValueId v) { return net.op("Transpose", {v}, {{"perm", Shape{0, 1, 3, 2}}}); };
    const ValueId q = turned(split(qkv)), k = split(qkv + 1), v = turned(split(qkv + 2));
    const ValueId scores = net.op("Mul", {net.op("MatMul", {q, k}), net.constant(Tensor::scalar(0.3F))});
    const ValueId y = turned(net.op("MatMul", {net.op("Softmax", {scores}), v}));
    net.classify(net.conv(net.op("Reshape", {y, net.ints({0, 8, 4, 4})}), 4, {1}));
    CHECK(check_exact(net) > 7 + 3);
  }
}

TEST_CASE("products over tokens: the parts of a transformer's block") {
  for (int64_t heads : {2, 3}) {
    CAPTURE(heads);
    const int64_t deep = heads == 2 ? 3 : 2, width = 6;
    Net net;
    const auto dense = [&](ValueId x, int64_t out) {
      return net.op("Add", {net.op("MatMul", {x, net.constant(net.random({net.shape(x).back(), out}, -0.5F, 0.5F))}),
                            net.constant(net.random({out}))});
    };
    ValueId x = net.op("Reshape", {net.conv(net.input({2, 3, 4, 4}), width), net.ints({0, width, 16})});
    x = net.op("Transpose", {x}, {{"perm", Shape{0, 2, 1}}});
    ValueId y = net.op("Reshape", {dense(x, 3 * heads * deep), net.ints({0, 0, 3, heads, deep})});
    y = net.op("Transpose", {y}, {{"perm", Shape{2, 0, 3, 1, 4}}});
    const auto part = [&](int64_t i) {
      return net.op("Gather", {y, net.constant(Tensor::scalar(i))}, {{"axis", int64_t{0}}});
    };
    const ValueId keys = net.op("Transpose", {part(1)}, {{"perm", Shape{0, 1, 3, 2}}});
    const ValueId weights = net.op("Softmax", {net.op("MatMul", {part(0), keys})}, {{"axis", int64_t{3}}});
    y = net.op("Transpose", {net.op("MatMul", {weights, part(2)})}, {{"perm", Shape{0, 2, 1, 3}}});
    x = net.op("Add", {x, dense(net.op("Reshape", {y, net.ints({0, 0, heads * deep})}), width)});
    x = net.op("Add", {x, dense(net.op("Gelu", {dense(x, 10)}), width)});
    net.output(net.gemm(net.op("ReduceMean", {x}, {{"axes", Shape{1}}, {"keepdims", int64_t{0}}}), 4));
    // The sums' three members leave together; so do q, k and v of a head, or the same place of all heads.
    CHECK(check_exact(net) == 3 * (width - 1) + 3 * heads * deep * 2 / 3 + 9);
  }
}

TEST_CASE("Gather: a negative index, and channels behind it leave") {
  Net net;
  const ValueId x = net.conv(net.input({2, 3, 4, 4}), 6);
  net.output(net.op("Gather", {x, net.ints({0, 1, 2, -3})}, {{"axis", int64_t{1}}}));  // 4 and 5 are read by nobody
  CHECK(check_exact(net) == 2);

  Net scalar;
  const ValueId y = scalar.conv(scalar.input({2, 3, 4, 4}), 6);
  scalar.output(scalar.op("Gather", {y, scalar.constant(Tensor::scalar<int64_t>(-2))}, {{"axis", int64_t{1}}}));
  CHECK(check_exact(scalar) == 5);
}

TEST_CASE("sizes that are computed with stay: the value of a Pad") {
  Net net;
  const ValueId x = net.conv_bn_relu(net.input({2, 3, 4, 4}), 6);
  const ValueId num = net.op("Slice", {net.op("Shape", {x}), net.ints({1}), net.ints({2})});
  const ValueId value = net.op("Cast", {num}, {{"to", int64_t{1}}});
  const ValueId y = net.op("Pad", {x, net.ints({0, 0, 1, 1, 0, 0, 1, 1}), value});
  net.classify(net.conv(y, 4));
  CHECK(check_exact(net) == 3);
}

TEST_CASE("LSTM and GRU: hidden units") {
  for (const char* type : {"LSTM", "GRU"}) {
    for (const char* direction : {"forward", "reverse", "bidirectional"}) {
      CAPTURE(type);
      CAPTURE(direction);
      const int64_t gates = std::string(type) == "LSTM" ? 4 : 3,
                    ways = std::string(direction) == "bidirectional" ? 2 : 1;
      Net net;
      // columns of the maps, one after the other, as text recognition has them
      ValueId x = net.conv_bn_relu(net.input({2, 3, 4, 5}), 4);
      x = net.op("Reshape", {net.op("Transpose", {x}, {{"perm", Shape{3, 0, 1, 2}}}), net.ints({0, 0, -1})});
      const auto layer = [&](ValueId in, int64_t hidden) {
        const int64_t width = net.shape(in)[2];
        const ValueId y = net.op(type,
                                 {in, net.constant(net.random({ways, gates * hidden, width})),
                                  net.constant(net.random({ways, gates * hidden, hidden})),
                                  net.constant(net.random({ways, 2 * gates * hidden}))},
                                 {{"hidden_size", hidden}, {"direction", std::string(direction)}}, 2);
        const ValueId rows = net.op("Transpose", {y}, {{"perm", Shape{0, 2, 1, 3}}});
        return net.op("Reshape", {rows, net.ints({0, 0, -1})});
      };
      x = layer(layer(x, 5), 6);
      net.output(net.op("MatMul", {x, net.constant(net.random({net.shape(x)[2], 4}))}));
      CHECK(check_exact(net) == 3 + 4 + 5);
    }
  }
}

TEST_CASE("LSTM with states and peepholes; its last state is read") {
  Net net;
  const ValueId x = net.op("Transpose", {net.conv_bn_relu(net.input({2, 3, 6}), 4)}, {{"perm", Shape{2, 0, 1}}});
  const auto random = [&](const Shape& shape) { return net.constant(net.random(shape)); };
  const ValueId zeros = net.constant(Tensor(DType::f32, {1, 2, 5}));
  const ValueId y =
      net.op("LSTM", {x, random({1, 20, 4}), random({1, 20, 5}), random({1, 40}), kNone, zeros, zeros, random({1, 15})},
             {{"hidden_size", int64_t{5}}}, 3);
  const ValueId last = net.op("Squeeze", {y + 1, net.ints({0})}), cell = net.op("Squeeze", {y + 2, net.ints({0})});
  net.output(net.gemm(net.op("Concat", {last, cell}, {{"axis", int64_t{1}}}), 3));
  CHECK(check_exact(net) == 3 + 4);
}

TEST_CASE("quantized weights: scales per channel are cut in step") {
  for (bool per_channel : {false, true}) {
    CAPTURE(per_channel);
    Net net;
    const auto quantized_conv = [&](ValueId x, int64_t out) {
      const Shape shape{out, net.shape(x)[1], 3, 3};
      const ValueId w = net.constant(net.random(shape, -100.0F, 100.0F).cast(DType::i8));
      const Shape scales = per_channel ? Shape{out} : Shape{};
      const ValueId scale = net.constant(net.random(scales, 0.001F, 0.01F));
      const ValueId zero = net.constant(net.random(scales, -20.0F, 20.0F).cast(DType::i8));
      const ValueId weights = net.op("DequantizeLinear", {w, scale, zero}, {{"axis", int64_t{0}}});
      const ValueId bias_scale = net.constant(net.random(scales, 0.001F, 0.01F));
      const ValueId bias =
          net.op("DequantizeLinear", {net.constant(net.random({out}, -99.0F, 99.0F).cast(DType::i32)), bias_scale},
                 {{"axis", int64_t{0}}});
      return net.op("Conv", {x, weights, bias}, {{"pads", Shape{1, 1, 1, 1}}});
    };
    const auto through_bytes = [&](ValueId x) {
      const ValueId scale = net.constant(Tensor::scalar(0.02F)), zero = net.constant(Tensor::scalar<uint8_t>(3));
      return net.op("DequantizeLinear", {net.op("QuantizeLinear", {x, scale, zero}), scale, zero});
    };
    ValueId x = through_bytes(net.relu(quantized_conv(through_bytes(net.input({2, 3, 6, 6})), 8)));
    x = through_bytes(net.relu(quantized_conv(x, 6)));
    net.classify(x);
    CHECK(check_exact(net) == 7 + 5);
    const std::vector<TensorInfo> info = infer(net.graph, net.input_shapes);
    const Coupling coupling(net.graph, info);
    std::vector<bool> removed(coupling.groups().size());
    removed[0] = true;
    const Graph pruned = slice_graph(net.graph, info, coupling, removed, net.input_shapes);
    int64_t bytes = 0, shrunk = 0;
    for (size_t v = 0; v < net.graph.values.size(); ++v) {
      if (net.graph.values[v].constant.dtype() != DType::i8) continue;
      bytes += net.graph.values[v].constant.size();
      shrunk += pruned.values[v].constant.size();
    }
    CHECK(bytes - shrunk == 3 * 9 + 6 * 9 + (per_channel ? 1 : 0));
  }
}

TEST_CASE("an unknown node freezes what touches it, and only that") {
  Net net;
  const ValueId x = net.conv_bn_relu(net.input({2, 3, 8, 8}), 8);
  const ValueId y = net.conv_bn_relu(x, 6), aside = net.conv(x, 5);
  Value unknown{"secret"};
  const ValueId z = net.graph.add_value(unknown);
  net.graph.add_node({"mystery", "com.example::Mystery", {}, {y}, {z}});
  Value behind{"behind"};
  const ValueId end = net.graph.add_value(behind);
  net.graph.add_node({"end", "Add", {}, {z, aside}, {end}});
  net.output(end);
  const std::vector<TensorInfo> info = infer_known(net.graph, net.input_shapes);
  const Coupling coupling(net.graph, info);
  CHECK(coupling.convolutions()[0].prunable);
  CHECK(coupling.convolutions()[1].reason == "[com.example::Mystery mystery] is an unknown operator");
  CHECK(coupling.convolutions()[2].reason == "[Add end] lies behind an unknown operator");
  std::vector<bool> removed(coupling.groups().size(), false);
  for (size_t g = 0; g < 5; ++g) removed[g] = true;
  const Graph pruned = slice_graph(net.graph, info, coupling, removed, net.input_shapes);
  CHECK(pruned.nodes[0].inputs.size() == 3);
  CHECK(pruned.values[pruned.nodes[0].inputs[1]].constant.shape() == Shape{3, 3, 3, 3});
  CHECK(pruned.values[pruned.nodes[3].inputs[1]].constant.shape() == Shape{6, 3, 3, 3});
  CHECK_THROWS_WITH_AS(infer(net.graph, net.input_shapes), doctest::Contains("Mystery mystery"), HException);
}

TEST_CASE("why a convolution stays, in words") {
  const auto reason = [](ValueId (*body)(Net&, ValueId)) {
    Net net;
    const ValueId x = net.conv(net.input({2, 3, 4, 4}), 6);
    net.classify(net.conv(body(net, x), 4));
    return reason_of(net, 0);
  };
  const auto starts = [](const std::string& text, const std::string& with) { return text.find(with) == 0; };
  Net end;
  end.output(end.conv(end.input({2, 3, 4, 4}), 6));
  CHECK(reason_of(end, 0) == "'Conv0_out' is an output of the model");
  Net single;
  single.classify(single.conv(single.conv(single.input({2, 3, 4, 4}), 1), 4));
  CHECK(reason_of(single, 0) == "[Conv Conv0] has one kernel only");
  CHECK(starts(reason([](Net& n, ValueId x) { return n.op("LRN", {x}, {{"size", int64_t{3}}}); }), "[LRN LRN1] sums"));
  CHECK(starts(reason([](Net& n, ValueId x) {
                 return n.op("Softmax", {x}, {{"axis", int64_t{1}}});
               }),
               "[Softmax Softmax1] normalises over axis 1"));
  CHECK(starts(reason([](Net& n, ValueId x) {
                 return n.op("GroupNormalization", {x, n.constant(n.random({6})), n.constant(n.random({6}))},
                             {{"num_groups", int64_t{1}}});
               }),
               "[GroupNormalization GroupNormalization1] normalises over all channels"));
  CHECK(starts(reason([](Net& n, ValueId x) {
                 const ValueId half = n.op("Slice", {x, n.ints({0}), n.ints({6}), n.ints({1}), n.ints({2})});
                 return n.op("Concat", {half, x}, {{"axis", int64_t{1}}});
               }),
               "[Slice Slice1] takes every n-th index of axis 1"));
  CHECK(starts(reason([](Net& n, ValueId x) {  // the two channels of a group, and all of them at once
                 ConvOptions grouped;
                 grouped.group = 3;
                 const ValueId turned = n.op("Slice", {x, n.ints({-1}), n.ints({-100}), n.ints({1}), n.ints({-1})});
                 const ValueId rolled = n.op("Concat",
                                             {n.op("Slice", {x, n.ints({1}), n.ints({6}), n.ints({1})}),
                                              n.op("Slice", {x, n.ints({0}), n.ints({1}), n.ints({1})})},
                                             {{"axis", int64_t{1}}});
                 return n.conv(n.op("Add", {n.op("Add", {x, turned}), rolled}), 6, grouped);
               }),
               "its kernels leave only together with all channels of "));
}

TEST_SUITE_END();
