// Channel rules, layer by layer: in a small network around the layer, pruned must equal zeroed; what mixes channels in
// a way that no cut can follow must be refused. The number is how many kernels can leave at most.
#include "pruning_check.h"

using namespace alcedo;
using namespace alcedo::testing;

TEST_SUITE_BEGIN("layers");

namespace {

using Ints = std::vector<int64_t>;
using Body = ValueId (*)(Net&, ValueId);

// input [2,3,6,6] -> Conv (`channels`) -> BatchNormalization -> Relu -> body -> Conv (4) -> classes
int64_t leaves(int64_t channels, Body body) {
  Net net;
  const ValueId x = net.conv_bn_relu(net.input({2, 3, 6, 6}), channels);
  net.classify(net.conv_bn_relu(body(net, x), 4));
  return check_exact(net);
}

// The last convolution always gives 3 of its 4.
constexpr int64_t kLast = 3;

}  // namespace

TEST_CASE("channels: per-channel functions") {
  for (const char* type : {"Relu", "Sigmoid", "HardSwish", "Swish", "Exp", "Elu", "Softplus", "Gelu", "Identity",
                           "Dropout", "Sqrt", "Abs", "Neg", "Erf"}) {
    CAPTURE(type);
    Net net;
    ValueId x = net.conv_bn_relu(net.input({2, 3, 6, 6}), 6);
    x = net.op(type, {x});
    net.classify(net.conv(x, 4));
    CHECK(check_exact(net) == 5 + kLast);
  }
  CHECK(leaves(6, [](Net& n, ValueId x) { return n.op("PRelu", {x, n.constant(n.random({6, 1, 1}))}); }) == 5 + kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) { return n.op("PRelu", {x, n.constant(n.random({1}))}); }) == 5 + kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) {
          return n.op("Clip", {x, n.constant(Tensor::scalar(0.1F)), n.constant(Tensor::scalar(0.7F))});
        }) == 5 + kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) {
          return n.op("Where", {n.op("Greater", {x, n.constant(n.random({6, 1, 1}))}), x, n.constant(n.random({1}))});
        }) == 5 + kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) {
          const ValueId d = n.op("Div", {x, n.constant(n.random({1, 6, 1, 1}, 0.5F, 2.0F))});
          return n.op("Pow", {n.op("Sub", {d, n.constant(n.random({6, 1, 1}))}), n.constant(Tensor::scalar(2.0F))});
        }) == 5 + kLast);
}

TEST_CASE("channels: pooling, resizing, normalisation") {
  CHECK(leaves(6, [](Net& n, ValueId x) { return n.op("MaxPool", {x}, {{"kernel_shape", Ints{2, 2}}}); }) == 5 + kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) {
          return n.op("AveragePool", {x}, {{"kernel_shape", Ints{2, 2}}});
        }) == 5 + kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) {
          return n.op("Resize", {x, kNone, kNone, n.ints({2, 6, 9, 12})}, {{"mode", std::string("linear")}});
        }) == 5 + kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) {
          return n.op("InstanceNormalization", {x, n.constant(n.random({6})), n.constant(n.random({6}))});
        }) == 5 + kLast);
  // whole groups of two
  CHECK(leaves(6, [](Net& n, ValueId x) {
          return n.op("GroupNormalization", {x, n.constant(n.random({6})), n.constant(n.random({6}))},
                      {{"num_groups", int64_t{3}}});
        }) == 4 + kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) {
          return n.op("GroupNormalization", {x, n.constant(n.random({3})), n.constant(n.random({3}))},
                      {{"num_groups", int64_t{3}}});
        }) == 4 + kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) { return n.op("LRN", {x}, {{"size", int64_t{3}}}); }) == kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) { return n.op("Softmax", {x}, {{"axis", int64_t{1}}}); }) == kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) { return n.op("Softmax", {x}, {{"axis", int64_t{3}}}); }) == 5 + kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) {
          x = n.op("Transpose", {x}, {{"perm", Ints{0, 2, 3, 1}}});
          x = n.op("LayerNormalization", {x, n.constant(n.random({6})), n.constant(n.random({6}))});
          return n.op("Transpose", {x}, {{"perm", Ints{0, 3, 1, 2}}});
        }) == kLast);
}

TEST_CASE("channels: reductions") {
  CHECK(leaves(6, [](Net& n, ValueId x) { return n.op("ReduceMean", {x}, {{"axes", Ints{2, 3}}}); }) == 5 + kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) {
          x = n.op("ReduceMax", {x}, {{"axes", Ints{3}}, {"keepdims", int64_t{0}}});
          return n.op("Unsqueeze", {x, n.ints({3})});
        }) == 5 + kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) { return n.op("ReduceMean", {x}, {{"axes", Ints{1}}}); }) == kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) { return n.op("ReduceSum", {x, n.ints({1})}); }) == 5 + kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) { return n.op("ReduceL2", {x}, {{"axes", Ints{1}}}); }) == 5 + kLast);
}

TEST_CASE("channels: squeeze and excitation") {
  CHECK(leaves(6, [](Net& n, ValueId x) {
          const ValueId squeezed = n.relu(n.conv(n.op("GlobalAveragePool", {x}), 3, {1}));
          return n.op("Mul", {x, n.op("Sigmoid", {n.conv(squeezed, 6, {1})})});
        }) == 5 + 5 + 2 + kLast);
  // one channel spread over all is no partner of any of them
  CHECK(leaves(6, [](Net& n, ValueId x) {
          return n.op("Mul", {x, n.op("Sigmoid", {n.conv(x, 1, {1})})});
        }) == 5 + kLast);
}

TEST_CASE("channels: concat, split, slice, gather") {
  CHECK(leaves(6, [](Net& n, ValueId x) { return n.op("TopK", {x, n.ints({2})}, {}, 2); }) == 5 + kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) {
          return n.op("TopK", {x, n.ints({2})}, {{"axis", int64_t{1}}}, 2);
        }) == kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) {
          const ValueId a = n.op("Split", {x, n.ints({2, 4})}, {{"axis", int64_t{1}}}, 2);
          return n.op("Concat", {a + 1, x, a}, {{"axis", int64_t{1}}});
        }) > kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) {
          const ValueId a = n.op("Split", {x}, {{"axis", int64_t{-3}}}, 2);
          return n.op("Add", {a, a + 1});
        }) == 4 + kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) {
          return n.op("Slice", {x, n.ints({1}), n.ints({-2}), n.ints({1})});
        }) > kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) {
          return n.op("Slice", {x, n.ints({-1}), n.ints({-100}), n.ints({1}), n.ints({-1})});
        }) == 5 + kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) {
          return n.op("Slice", {x, n.ints({4}), n.ints({0}), n.ints({1}), n.ints({-1})});
        }) > kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) {
          return n.op("Slice", {x, n.ints({0}), n.ints({6}), n.ints({1}), n.ints({2})});
        }) == kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) {
          return n.op("Gather", {x, n.ints({4, 0, -1, 4})}, {{"axis", int64_t{1}}});
        }) > kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) {
          const ValueId one = n.op("Gather", {x, n.constant(Tensor::scalar<int64_t>(2))}, {{"axis", int64_t{1}}});
          return n.op("Concat", {x, n.op("Unsqueeze", {one, n.ints({1})})}, {{"axis", int64_t{1}}});
        }) > kLast);
}

TEST_CASE("channels: pad, tile, expand") {
  CHECK(leaves(6, [](Net& n, ValueId x) { return n.op("Pad", {x, n.ints({0, 2, 1, 0, 0, 1, 0, 1})}); }) == 5 + kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) { return n.op("Pad", {x, n.ints({0, -2, 0, 0, 0, -1, 0, 0})}); }) > kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) {
          return n.op("Pad", {x, n.ints({0, 1, 0, 0, 0, 0, 0, 0})}, {{"mode", std::string("reflect")}});
        }) == kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) {
          return n.op("Pad", {x, n.ints({0, 0, 1, 1, 0, 0, 1, 1})}, {{"mode", std::string("reflect")}});
        }) == 5 + kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) { return n.op("Tile", {x, n.ints({1, 2, 1, 1})}); }) == 5 + kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) {
          return n.op("Expand", {n.op("GlobalAveragePool", {x}), n.ints({1, 6, 5, 5})});
        }) == 5 + kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) {
          const ValueId one = n.op("ReduceSum", {x, n.ints({1})});
          return n.op("Add", {x, n.op("Expand", {one, n.ints({1, 6, 1, 1})})});
        }) == 5 + kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) {
          return n.op("Add", {x, n.op("ConstantOfShape", {n.ints({1, 6, 1, 1})})});
        }) == 5 + kLast);
}

TEST_CASE("channels: reshape and transpose") {
  // channel shuffle, its target a constant
  CHECK(leaves(6, [](Net& n, ValueId x) {
          x = n.op("Reshape", {x, n.ints({2, 2, 3, 6, 6})});
          x = n.op("Transpose", {x}, {{"perm", Ints{0, 2, 1, 3, 4}}});
          return n.op("Reshape", {x, n.ints({0, 6, 6, 6})});
        }) == 4 + kLast);
  // and computed from the shape, with constants in it
  CHECK(leaves(6, [](Net& n, ValueId x) {
          const ValueId shape = n.op("Shape", {x});
          const ValueId batch = n.op("Slice", {shape, n.ints({0}), n.ints({1})});
          const ValueId space = n.op("Slice", {shape, n.ints({2}), n.ints({4})});
          const ValueId h = n.op("Slice", {shape, n.ints({2}), n.ints({3})});
          ValueId y = n.op("Concat", {batch, n.ints({2}), n.ints({3}), h, h}, {{"axis", int64_t{0}}});
          y = n.op("Transpose", {n.op("Reshape", {x, y})}, {{"perm", Ints{0, 2, 1, 3, 4}}});
          return n.op("Reshape", {y, n.op("Concat", {batch, n.ints({6}), space}, {{"axis", int64_t{0}}})});
        }) == 4 + kLast);
  // computed: channels and places change together, back again
  CHECK(leaves(6, [](Net& n, ValueId x) {
          ValueId y = n.op("Reshape", {x, n.ints({2, 6, 36})});
          y = n.op("Transpose", {y}, {{"perm", Ints{0, 2, 1}}});
          y = n.op("Add", {y, n.constant(n.random({6}))});
          y = n.op("Transpose", {y}, {{"perm", Ints{0, 2, 1}}});
          return n.op("Reshape", {y, n.op("Shape", {x})});
        }) == 5 + kLast);
  // GroupNormalization written with InstanceNormalization
  CHECK(leaves(6, [](Net& n, ValueId x) {
          ValueId y = n.op("Reshape", {x, n.ints({0, 3, -1})});
          y = n.op("InstanceNormalization", {y, n.constant(n.random({3})), n.constant(n.random({3}))});
          y = n.op("Reshape", {y, n.op("Shape", {x})});
          return n.op("Mul", {y, n.constant(n.random({6, 1, 1}))});
        }) == 4 + kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) {
          ValueId y = n.op("Squeeze", {n.op("GlobalMaxPool", {x}), n.ints({2, 3})});
          y = n.gemm(y, 8);
          return n.op("Reshape", {y, n.ints({-1, 8, 1, 1})});
        }) > kLast);
  // flatten with places left, channels last
  CHECK(leaves(6, [](Net& n, ValueId x) {
          ValueId y = n.op("Transpose", {x}, {{"perm", Ints{0, 2, 3, 1}}});
          y = n.gemm(n.op("Flatten", {y}), 7);
          return n.op("Unsqueeze", {y, n.ints({2, 3})});
        }) == 5 + kLast);
  CHECK(leaves(6, [](Net& n, ValueId x) {
          return n.op("Unsqueeze", {n.gemm(n.op("Flatten", {x}), 7), n.ints({2, 3})});
        }) == 5 + kLast);
}

TEST_CASE("channels: depth and space") {
  for (const char* mode : {"DCR", "CRD"}) {
    Net net;
    const ValueId x = net.conv_bn_relu(net.input({2, 3, 4, 4}), 12);
    const ValueId y = net.op("DepthToSpace", {x}, {{"blocksize", int64_t{2}}, {"mode", std::string(mode)}});
    net.classify(net.conv(y, 4));
    CHECK(check_exact(net) == 8 + kLast);
  }
  CHECK(leaves(6, [](Net& n, ValueId x) {
          return n.op("SpaceToDepth", {x}, {{"blocksize", int64_t{2}}});
        }) == 5 + kLast);
}

TEST_CASE("channels: convolutions in groups") {
  struct Form {
    int64_t in, out, group;
  };
  for (const Form& f :
       {Form{6, 6, 6}, Form{6, 12, 6}, Form{6, 6, 3}, Form{8, 4, 4}, Form{8, 12, 2}, Form{12, 6, 2}, Form{6, 3, 3}}) {
    CAPTURE(f.in);
    CAPTURE(f.out);
    CAPTURE(f.group);
    Net net;
    ConvOptions grouped;
    grouped.group = f.group;
    const ValueId x = net.conv_bn_relu(net.input({2, 3, 6, 6}), f.in);
    net.classify(net.conv(net.conv_bn_relu(x, f.out, grouped), 4));
    CHECK(check_exact(net) > kLast);
    Net transposed;
    const ValueId y = transposed.conv_bn_relu(transposed.input({2, 3, 4, 4}), f.in);
    transposed.classify(transposed.conv(transposed.relu(transposed.conv_transpose(y, f.out, f.group)), 4));
    CHECK(check_exact(transposed) > kLast);
  }
}

TEST_CASE("channels: products of activations, recurrent layers") {
  // attention over places, one head and two
  for (int64_t heads : {1, 2}) {
    CAPTURE(heads);
    Net net;
    const ValueId x = net.conv_bn_relu(net.input({2, 3, 4, 4}), 6);
    const auto rows = [&](ValueId v) {
      v = net.op("Reshape", {v, net.ints({2, heads, 8 / heads, 16})});
      return net.op("Transpose", {v}, {{"perm", Ints{0, 1, 3, 2}}});
    };
    const ValueId q = rows(net.conv(x, 8, {1})), v = rows(net.conv(x, 8, {1}));
    const ValueId k = net.op("Reshape", {net.conv(x, 8, {1}), net.ints({2, heads, 8 / heads, 16})});
    ValueId y = net.op("MatMul", {net.op("Softmax", {net.op("MatMul", {q, k})}), v});
    y = net.op("Reshape", {net.op("Transpose", {y}, {{"perm", Ints{0, 1, 3, 2}}}), net.ints({2, 8, 4, 4})});
    net.classify(net.conv(y, 4));
    CHECK(check_exact(net) > 5 + kLast);
  }
  CHECK(leaves(6, [](Net& n, ValueId x) {
          ValueId y = n.op("Transpose", {n.op("Reshape", {x, n.ints({0, 0, -1})})}, {{"perm", Ints{2, 0, 1}}});
          y = n.op("GRU", {y, n.constant(n.random({1, 15, 6})), n.constant(n.random({1, 15, 5}))}, {}, 2);
          return n.op("Unsqueeze", {n.op("Squeeze", {y + 1, n.ints({0})}), n.ints({2, 3})});
        }) == 5 + 4 + kLast);
}

TEST_SUITE_END();
