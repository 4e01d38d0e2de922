// The 27 small networks on which pruners fail: pruned must equal zeroed, or the convolution is refused with a reason.
#include <doctest/doctest.h>

#include <numeric>

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

TEST_CASE("an unknown node freezes what touches it, and only that") {
  Net net;
  const ValueId x = net.conv_bn_relu(net.input({2, 3, 8, 8}), 8);
  const ValueId y = net.conv_bn_relu(x, 6);
  ConvOptions one;
  one.kernel = 1;
  const ValueId z = net.conv(y, 4, one);
  net.output(net.op("LRN", {z}, {{"size", int64_t{3}}}));
  check_exact(net);
  const std::vector<TensorInfo> info = infer(net.graph, net.input_shapes);
  const Coupling coupling(net.graph, info);
  CHECK(coupling.convolutions()[0].prunable);
  CHECK(coupling.convolutions()[1].prunable);
  CHECK(!coupling.convolutions()[2].prunable);
  CHECK(coupling.convolutions()[2].reason.find("output") != std::string::npos);
}

TEST_SUITE_END();
