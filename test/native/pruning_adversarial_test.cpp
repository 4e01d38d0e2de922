// Graphs made to lead the analysis astray: whatever leaves, the rest must compute what it did.
#include "base/error.h"
#include "pruning_check.h"

using namespace alcedo;
using namespace alcedo::testing;

namespace {

using Ints = std::vector<int64_t>;

// Leaves the batch and, if asked, the places open in the graph's inputs.
Net& open_sizes(Net& net, bool places = false) {
  for (ValueId input : net.graph.inputs) {
    Shape& shape = net.graph.values[input].shape;
    shape[0] = -1;
    for (size_t d = 2; places && d < shape.size(); ++d) shape[d] = -1;
  }
  return net;
}

// As check_exact, and the network pruned for one size computes the right thing for others, too.
int64_t check_other_sizes(const Net& net, const std::vector<Shape>& others) {
  const std::vector<TensorInfo> info = infer(net.graph, net.input_shapes);
  const Coupling coupling(net.graph, info);
  const auto points = find_ablation_points(net.graph, coupling, info);
  const Shuffled groups(coupling, 3);
  const std::vector<bool> removed = select_groups(coupling, groups.order, {}, groups.most / 2);
  const std::vector<ChannelIndex> zeroed = zeroed_channels(removed, points);
  const Graph pruned = slice_graph(net.graph, info, coupling, removed, net.input_shapes);
  for (const Shape& shape : others) {
    const std::vector<Tensor> inputs = random_inputs({shape});
    const std::vector<Tensor> want = evaluate(net.graph, inputs, zeroed), got = evaluate(pruned, inputs);
    for (ValueId output : net.graph.outputs) {
      CHECK(max_difference(want[output], got[output]) <= 1e-5F * max_abs(want[output]));
    }
  }
  return check_exact(net);
}

ValueId part_of_shape(Net& net, ValueId x, int64_t begin, int64_t end) {
  return net.op("Slice", {net.op("Shape", {x}), net.ints({begin}), net.ints({end})});
}

}  // namespace

TEST_SUITE_BEGIN("pruning");

TEST_CASE("adversarial: one output to Add and Concat") {
  Net net;
  const ValueId x = net.conv_bn_relu(net.input({2, 3, 6, 6}), 6), y = net.conv(x, 6);
  const ValueId sum = net.op("Add", {x, y});
  net.classify(net.conv(net.op("Concat", {y, sum, x}, {{"axis", int64_t{1}}}), 4));
  CHECK(check_exact(net) == 10 + 3);
}

TEST_CASE("adversarial: a sum through Concat and Slice") {
  Net net;
  const ValueId x = net.conv_bn_relu(net.input({2, 3, 6, 6}), 6), y = net.conv_bn_relu(x, 4);
  const ValueId both = net.op("Concat", {x, y}, {{"axis", int64_t{1}}});
  const ValueId front = net.op("Slice", {both, net.ints({0}), net.ints({4}), net.ints({1})});
  const ValueId back = net.op("Slice", {both, net.ints({-4}), net.ints({1 << 30}), net.ints({1})});
  net.classify(net.conv(net.op("Add", {front, back}), 4));
  CHECK(check_exact(net) > 3);
}

TEST_CASE("adversarial: pieces of a Split are never emptied") {
  Net net;
  const ValueId x = net.conv_bn_relu(net.input({2, 3, 6, 6}), 6);
  const ValueId part = net.op("Split", {x, net.ints({1, 2, 3})}, {{"axis", int64_t{1}}}, 3);
  net.output(net.conv(part, 1, {1}));
  net.output(net.conv(part + 1, 1, {1}));
  net.output(net.conv(part + 2, 1, {1}));
  CHECK(check_exact(net) == 1 + 2);
}

TEST_CASE("adversarial: a removal that empties an axis is an error") {
  Net net;
  net.classify(net.conv_bn_relu(net.input({2, 3, 6, 6}), 4));
  const std::vector<TensorInfo> info = infer(net.graph, net.input_shapes);
  const Coupling coupling(net.graph, info);
  const std::vector<bool> all(coupling.groups().size(), true);
  CHECK_THROWS_WITH_AS(slice_graph(net.graph, info, coupling, all, net.input_shapes),
                       doctest::Contains("would lose all"), HException);
}

TEST_CASE("adversarial: reshapes that split channels in front and behind") {
  for (const Ints& split : {Ints{2, 2, 4}, Ints{2, 4, 2}}) {
    Net net;
    ValueId x = net.conv_bn_relu(net.input({2, 3, 4, 4}), 8);
    x = net.op("Reshape", {x, net.ints({0, split[1], split[2], 4, 4})});
    x = net.op("ReduceMax", {x}, {{"axes", Ints{2}}, {"keepdims", int64_t{0}}});
    net.classify(net.conv(x, 3));
    check_exact(net);
  }
  Net net;  // and into the batch: no index of it can be told from the others
  ValueId x = net.conv_bn_relu(net.input({2, 3, 4, 4}), 8);
  x = net.op("Reshape", {x, net.ints({4, 4, 4, 4})});
  net.output(net.conv(x, 3));
  check_exact(net);
}

TEST_CASE("adversarial: channels last and back") {
  Net net;
  ValueId x = net.conv_bn_relu(net.input({2, 3, 4, 4}), 6);
  x = net.op("Transpose", {x}, {{"perm", Ints{0, 2, 3, 1}}});
  x = net.op("MatMul", {x, net.constant(net.random({6, 9}))});
  x = net.op("Add", {net.relu(x), net.constant(net.random({9}))});
  x = net.op("MatMul", {x, net.constant(net.random({9, 6}))});
  x = net.op("Transpose", {x}, {{"perm", Ints{0, 3, 1, 2}}});
  net.classify(net.conv(x, 4));
  CHECK(check_exact(net) == 5 + 8 + 5 + 3);
}

TEST_CASE("adversarial: flatten with one sample and -1") {
  for (const Ints& target : {Ints{1, -1}, Ints{-1, 54}, Ints{0, -1}}) {
    Net net;
    const ValueId x = net.conv_bn_relu(net.input({1, 3, 3, 3}), 6);
    net.output(net.gemm(net.op("Reshape", {x, net.ints(target)}), 4));
    CHECK(check_exact(net) == 5);
  }
  Net net;  // channels become rows
  const ValueId x = net.conv_bn_relu(net.input({1, 3, 3, 3}), 6);
  net.output(net.op("ReduceSum", {net.gemm(net.op("Reshape", {x, net.ints({-1, 9})}), 4), net.ints({0})}));
  check_exact(net);
}

TEST_CASE("adversarial: a map of one channel spread over many") {
  Net net;
  const ValueId x = net.conv_bn_relu(net.input({2, 3, 6, 6}), 6), one = net.conv(x, 1);
  const ValueId y = net.op("Add", {net.op("Mul", {one, x}), one});
  net.classify(net.conv(net.op("Concat", {y, one}, {{"axis", int64_t{1}}}), 4));
  CHECK(check_exact(net) == 5 + 3);
  CHECK(reason_of(net, 1).find("spreads axis 1") != std::string::npos);
}

TEST_CASE("adversarial: a grouped convolution in the middle of a residual chain") {
  for (int64_t group : {2, 3, 6}) {
    Net net;
    ConvOptions grouped;
    grouped.group = group;
    const ValueId x = net.conv_bn_relu(net.input({2, 3, 6, 6}), 6);
    const ValueId y = net.op("Add", {x, net.conv_bn_relu(x, 6, grouped)});
    net.classify(net.conv(net.op("Add", {y, net.conv(net.relu(y), 6)}), 4));
    CHECK(check_exact(net) > 3);
  }
}

TEST_CASE("adversarial: weights shared by convolutions with other partners") {
  Net net;
  const ValueId x = net.conv_bn_relu(net.input({2, 3, 6, 6}), 4), z = net.conv_bn_relu(x, 4);
  const ValueId w = net.constant(net.random({4, 4, 1, 1}));
  const ValueId a = net.op("Conv", {x, w}), b = net.op("Conv", {z, w});
  net.classify(net.conv(net.op("Concat", {net.op("Add", {a, x}), b}, {{"axis", int64_t{1}}}), 4));
  CHECK(check_exact(net) > 3);
  Net bias;  // one bias for two layers of equal width
  const ValueId zeros = bias.constant(Tensor(DType::f32, {4}));
  ValueId y = bias.op("Conv", {bias.input({2, 3, 6, 6}), bias.constant(bias.random({4, 3, 1, 1})), zeros});
  y = bias.op("Conv", {bias.relu(y), bias.constant(bias.random({4, 4, 1, 1})), zeros});
  bias.classify(bias.relu(y));
  CHECK(check_exact(bias) == 6);
}

TEST_CASE("adversarial: weights that are an output, outputs that come twice") {
  Net net;
  const ValueId w = net.constant(net.random({4, 3, 1, 1}));
  const ValueId x = net.op("Conv", {net.input({2, 3, 6, 6}), w});
  net.classify(net.conv(net.relu(x), 5));
  net.output(w);
  CHECK(check_exact(net) == 4);
  CHECK(reason_of(net, 0).find("is an output of the model") != std::string::npos);
  Net twice;
  const ValueId y = twice.conv_bn_relu(twice.input({2, 3, 6, 6}), 5);
  const ValueId z = twice.conv(y, 4);
  twice.output(z);
  twice.output(z);
  CHECK(check_exact(twice) == 4);
}

TEST_CASE("adversarial: weights that are computed") {
  Net net;
  const ValueId x = net.conv_bn_relu(net.input({2, 3, 6, 6}), 6);
  const ValueId w = net.constant(net.random({3, 6, 5, 3}));
  const ValueId scaled =
      net.op("Mul", {net.op("Transpose", {w}, {{"perm", Ints{2, 1, 0, 3}}}), net.constant(net.random({5, 1, 1, 1}))});
  net.classify(net.relu(net.op("Conv", {x, scaled})));
  CHECK(check_exact(net) == 5 + 4);
}

TEST_CASE("adversarial: axes of one index after the cut") {
  Net net;
  ValueId x = net.conv_bn_relu(net.input({2, 3, 6, 6}), 2);
  x = net.gemm(net.op("Squeeze", {net.op("GlobalAveragePool", {x})}), 4);  // drops every axis of size 1
  net.output(x);
  CHECK(check_exact(net) == 1);
  Net pair;
  const ValueId a = pair.conv_bn_relu(pair.input({2, 3, 6, 6}), 2), b = pair.conv_bn_relu(a, 2);
  pair.classify(pair.conv(pair.op("Mul", {pair.op("Add", {a, b}), pair.constant(pair.random({2, 1, 1}))}), 3));
  CHECK(check_exact(pair) == 1 * 2 + 2);
}

TEST_CASE("adversarial: sizes that are computed with stay") {
  Net net;  // attention's 1 / sqrt(d), d read from the shape
  const ValueId x = net.conv_bn_relu(net.input({2, 3, 4, 4}), 6);
  const ValueId d = net.op("Cast", {part_of_shape(net, x, 1, 2)}, {{"to", int64_t{1}}});
  net.classify(net.conv(net.op("Div", {x, net.op("Sqrt", {d})}), 4));
  CHECK(check_exact(net) == 3);
  CHECK(reason_of(net, 0).find("computes with the sizes of") != std::string::npos);
  Net output;
  const ValueId y = output.conv_bn_relu(output.input({2, 3, 4, 4}), 6);
  output.classify(output.conv(y, 4));
  output.output(output.op("Shape", {y}));
  CHECK(check_exact(output.graph, output.input_shapes) == 3);
}

TEST_CASE("adversarial: a reader of sizes is no second consumer") {
  Net net;
  const ValueId x = net.conv(net.input({2, 3, 4, 4}), 6);
  const ValueId y = net.relu(net.bn(x));
  net.op("Shape", {x});
  const ValueId shape = net.op("Shape", {y});
  net.classify(net.conv(net.op("Reshape", {y, shape}), 4));
  const std::vector<TensorInfo> info = infer(net.graph, net.input_shapes);
  const Coupling coupling(net.graph, info);
  CHECK(find_feature_maps(net.graph, coupling, info, net.input_shapes)[0].chain.size() >= 2);
  CHECK(find_feature_maps(net.graph, coupling, info, net.input_shapes)[0].value != x);
}

TEST_CASE("adversarial: shapes computed from shapes hold for other sizes") {
  {
    Net net;  // flatten: [N, -1] from the shape
    const ValueId x = net.conv_bn_relu(net.input({2, 3, 4, 4}), 6);
    const ValueId target = net.op("Concat", {part_of_shape(net, x, 0, 1), net.ints({-1})}, {{"axis", int64_t{0}}});
    net.output(net.gemm(net.op("Reshape", {x, target}), 4));
    CHECK(check_other_sizes(open_sizes(net), {{5, 3, 4, 4}, {1, 3, 4, 4}}) == 5);
  }
  {
    Net net;  // shuffle, all sizes from the shape
    ValueId x = net.conv_bn_relu(net.input({2, 3, 4, 4}), 6);
    const ValueId batch = part_of_shape(net, x, 0, 1), places = part_of_shape(net, x, 2, 4),
                  shape = net.op("Shape", {x});
    ValueId y = net.op("Reshape", {x, net.op("Concat", {batch, net.ints({2, 3}), places}, {{"axis", int64_t{0}}})});
    y = net.op("Transpose", {y}, {{"perm", Ints{0, 2, 1, 3, 4}}});
    net.classify(net.conv(net.op("Reshape", {y, shape}), 4));
    CHECK(check_other_sizes(open_sizes(net, true), {{3, 3, 5, 7}, {1, 3, 4, 4}}) == 4 + 3);
  }
  {
    Net net;  // upsampling to the size of a skip connection
    const ValueId x = net.conv_bn_relu(net.input({2, 3, 8, 8}), 6);
    const ValueId low = net.conv_bn_relu(x, 5, {3, 2});
    const ValueId sizes =
        net.op("Concat", {part_of_shape(net, low, 0, 2), part_of_shape(net, x, 2, 4)}, {{"axis", int64_t{0}}});
    const ValueId up = net.op("Resize", {low, kNone, kNone, sizes}, {{"mode", std::string("nearest")}});
    net.classify(net.conv(net.op("Concat", {up, x}, {{"axis", int64_t{1}}}), 4));
    CHECK(check_other_sizes(open_sizes(net, true), {{3, 3, 6, 10}}) == 4 + 5 + 3);
  }
  {
    Net net;  // spread to the shape of another map, through one constant entry
    const ValueId x = net.conv_bn_relu(net.input({2, 3, 4, 4}), 6);
    const ValueId pooled = net.op("GlobalAveragePool", {x});
    const ValueId like = net.op("Expand", {pooled, net.op("Shape", {x})});
    net.classify(net.conv(net.op("Concat", {like, x}, {{"axis", int64_t{1}}}), 4));
    CHECK(check_other_sizes(open_sizes(net, true), {{3, 3, 6, 5}}) == 5 + 3);
  }
  {
    Net net;  // a shape that shrinks is asked for by a value that does not
    const ValueId x = net.conv_bn_relu(net.input({2, 3, 4, 4}), 6);
    const ValueId wide = net.gemm(net.op("Flatten", {net.op("GlobalAveragePool", {x})}), 96);
    const ValueId y = net.op("Reshape", {wide, net.op("Shape", {x})});
    net.output(net.op("GlobalAveragePool", {y}));
    net.classify(net.conv(x, 4));
    CHECK(check_other_sizes(open_sizes(net), {{5, 3, 4, 4}}) == 5 + 3);
  }
  {
    Net net;  // windows of 2 x 2 places and back
    const ValueId x = net.conv_bn_relu(net.input({2, 3, 4, 4}), 6);
    ValueId y = net.op("Transpose", {x}, {{"perm", Ints{0, 2, 3, 1}}});
    y = net.op("Reshape", {y, net.ints({-1, 2, 2, 2, 2, 6})});
    y = net.op("Transpose", {y}, {{"perm", Ints{0, 1, 3, 2, 4, 5}}});
    y = net.op("Reshape", {y, net.ints({-1, 4, 6})});
    y = net.op("Softmax", {net.op("MatMul", {y, net.constant(net.random({6, 6}))})}, {{"axis", int64_t{1}}});
    y = net.op("Reshape", {y, net.ints({-1, 2, 2, 2, 2, 6})});
    y = net.op("Reshape", {net.op("Transpose", {y}, {{"perm", Ints{0, 1, 3, 2, 4, 5}}}), net.ints({-1, 4, 4, 6})});
    net.classify(net.conv(net.op("Transpose", {y}, {{"perm", Ints{0, 3, 1, 2}}}), 4));
    CHECK(check_other_sizes(open_sizes(net), {{3, 3, 4, 4}}) == 5 + 5 + 3);
  }
}

TEST_CASE("adversarial: computed shapes that cannot follow are refused, not guessed") {
  Net net;  // the target is a product, and the places are open
  const ValueId x = net.conv_bn_relu(net.input({2, 3, 4, 4}), 6);
  const ValueId one = net.ints({1, 1, 1, 1});
  const ValueId like = net.op("Mul", {net.op("Shape", {net.op("Transpose", {x}, {{"perm", Ints{0, 1, 3, 2}}})}), one});
  ValueId wide = net.gemm(net.op("Flatten", {net.op("GlobalAveragePool", {x})}), 96);
  net.output(net.op("GlobalAveragePool", {net.op("Reshape", {wide, like})}));
  net.classify(net.conv(x, 4));
  open_sizes(net, true);
  const std::vector<TensorInfo> info = infer(net.graph, net.input_shapes);
  const Coupling coupling(net.graph, info);
  std::vector<bool> removed(coupling.groups().size());
  removed[0] = true;
  CHECK_THROWS_WITH_AS(slice_graph(net.graph, info, coupling, removed, net.input_shapes),
                       doctest::Contains("no cut can follow"), HException);
}

TEST_SUITE_END();
