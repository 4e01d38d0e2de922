// The pruning handle's inside: settings and their errors, selection, targets, criteria against plain computations.
#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <memory>

#include "backends/reference/executor.h"
#include "base/error.h"
#include "engine/plan.h"
#include "pruning/pruner.h"
#include "pruning_check.h"

using namespace alcedo;
using namespace alcedo::testing;

namespace {

// conv0 (8) - BN - Relu - conv3 (6) - Relu - pool - Gemm, with a batch of four samples.
struct Small {
  Small() : net(4) {
    const ValueId x = net.input({4, 3, 6, 6});
    relu0 = net.conv_bn_relu(x, 8);
    relu1 = net.relu(net.conv(relu0, 6));
    net.classify(relu1, 3);
    input = net.random({4, 3, 6, 6});
  }
  Loss loss() const { return {Loss::Kind::cross_entropy, {net.graph.outputs[0]}}; }
  Batch batch(int64_t num = 4) const {
    Batch batch;
    batch.num = num;
    batch.inputs = {input.data<float>()};
    batch.labels = {labels.begin(), labels.begin() + num};
    return batch;
  }
  void score(Pruner& pruner) const { pruner.add_batch(net.graph, loss(), batch(), net.input_shapes, 1); }
  Pruner* make() const { return new Pruner(net.graph, net.input_shapes); }

  Net net;
  ValueId relu0, relu1;
  Tensor input;
  std::vector<int64_t> labels{0, 2, 1, 2};
};

int code_of(const std::function<void()>& run) {
  try {
    run();
  } catch (const HException& error) {
    return error.code();
  }
  return 0;
}

template <class T>
T read(const Pruner& pruner, const std::string& name) {
  return std::get<T>(pruner.get(name));
}

std::vector<double> scores(const Small& small, const std::string& criterion) {
  const std::unique_ptr<Pruner> pruner(small.make());
  pruner->set("criterion", criterion);
  pruner->set("normalization", std::string("none"));
  small.score(*pruner);
  return read<std::vector<double>>(*pruner, "kernel_scores");
}

void check_close(const std::vector<double>& got, const std::vector<double>& wanted) {
  REQUIRE(got.size() == wanted.size());
  double largest = 0.0;
  for (double w : wanted) largest = std::max(largest, std::fabs(w));
  for (size_t i = 0; i < got.size(); ++i) CHECK(std::fabs(got[i] - wanted[i]) <= 2e-4 * largest);
}

}  // namespace

TEST_SUITE_BEGIN("pruning");

TEST_CASE("documented parameters") {
  const Small small;
  const std::unique_ptr<Pruner> pruner(small.make());
  CHECK(read<std::string>(*pruner, "mode") == "oracle");
  CHECK(read<int64_t>(*pruner, "percentage") == 10);
  CHECK(read<int64_t>(*pruner, "prunable_conv_num") == 2);
  CHECK(read<std::vector<std::string>>(*pruner, "prunable_conv_layer_name") ==
        std::vector<std::string>{"Conv0", "Conv3"});
  CHECK(read<int64_t>(*pruner, "prunable_kernel_num") == 12);
  CHECK(read<int64_t>(*pruner, "pruned_kernel_num") == 0);
  CHECK(read<double>(*pruner, "pruned_percentage") == 0.0);
  pruner->set("percentage", 33.5);
  CHECK(read<double>(*pruner, "percentage") == 33.5);
  pruner->set("mode", std::string("oracle"));
}

TEST_CASE("bad names and values") {
  const Small small;
  const std::unique_ptr<Pruner> pruner(small.make());
  const double nan = std::nan("");
  CHECK(code_of([&] { pruner->set("percentige", int64_t{5}); }) == 7911);
  CHECK(code_of([&] { pruner->get("percentige"); }) == 7911);
  CHECK(code_of([&] { pruner->set("prunable_conv_num", int64_t{5}); }) == 7911);
  for (const PruningValue& bad : {PruningValue(int64_t{-1}), PruningValue(int64_t{101}), PruningValue(100.5),
                                  PruningValue(nan), PruningValue(std::string("ten")),
                                  PruningValue(std::vector<int64_t>{1, 2}), PruningValue(std::vector<std::string>{})}) {
    CHECK(code_of([&] { pruner->set("percentage", bad); }) == 7914);
  }
  CHECK(code_of([&] { pruner->set("mode", std::string("taylor")); }) == 7914);
  CHECK(code_of([&] { pruner->set("criterion", std::string("best")); }) == 7914);
  CHECK(code_of([&] { pruner->set("round_to", int64_t{0}); }) == 7914);
  CHECK(code_of([&] { pruner->set("round_to", 1.5); }) == 7914);
  CHECK(code_of([&] { pruner->set("exclude_layers", int64_t{1}); }) == 7914);
  CHECK(code_of([&] { pruner->set("target", std::string("size")); }) == 7914);
  CHECK(read<int64_t>(*pruner, "percentage") == 10);
  CHECK(code_of([&] { pruner->generate(small.net.graph); }) == 7980);
  CHECK(code_of([&] { pruner->get("kernel_scores"); }) == 7980);
}

TEST_CASE("data of another model, models that cannot be pruned") {
  const Small small;
  const std::unique_ptr<Pruner> pruner(small.make());
  Net other(4);
  other.classify(other.relu(other.conv(other.conv_bn_relu(other.input({4, 3, 6, 6}), 9), 6)), 3);
  CHECK(code_of([&] { pruner->check_fits(other.graph); }) == 7980);
  Graph renamed = small.net.graph;
  renamed.nodes[0].name = "first";
  CHECK(code_of([&] { pruner->check_fits(renamed); }) == 7980);
  Graph retrained = small.net.graph.clone();
  pruner->check_fits(retrained);

  Net none;
  ConvOptions one;
  one.kernel = 1;
  none.output(none.conv(none.input({1, 3, 4, 4}), 2, one));
  CHECK(code_of([&] { Pruner(none.graph, none.input_shapes); }) == 7981);
}

TEST_CASE("products over any axis score like the 1 x 1 convolutions that they are") {
  const Shape shape{4, 3, 4, 5};  // as many rows as samples: time in front must not be taken for them
  enum class Form { convolution, channels_last, time_in_front };
  const auto build = [&](Net& net, Form form) {
    const auto product = [&](ValueId x, Tensor weights, Tensor bias) {  // weights [out, in]
      Tensor turned(DType::f32, {weights.dim(1), weights.dim(0)});
      for (int64_t i = 0; i < weights.size(); ++i) {
        turned.data<float>()[i % weights.dim(1) * weights.dim(0) + i / weights.dim(1)] = weights.data<float>()[i];
      }
      return net.op("Add", {net.op("MatMul", {x, net.constant(turned)}), net.constant(bias)});
    };
    const auto turn = [&](ValueId x, const Shape& perm) { return net.op("Transpose", {x}, {{"perm", perm}}); };
    const auto dense = [&](ValueId x, int64_t out, Tensor weights, Tensor bias) {
      if (form == Form::channels_last) return product(x, weights, bias);
      if (form == Form::time_in_front) return turn(product(turn(x, {2, 3, 0, 1}), weights, bias), {2, 3, 0, 1});
      Tensor kernel(DType::f32, {out, weights.dim(1), 1, 1});
      std::copy_n(weights.data<float>(), weights.size(), kernel.data<float>());
      return net.op("Conv", {x, net.constant(kernel), net.constant(bias)});
    };
    ValueId x = net.conv_bn_relu(net.input(shape), 7);
    const Tensor w1 = net.random({20, 7}), b1 = net.random({20}), w2 = net.random({7, 20}), b2 = net.random({7});
    const bool last = form == Form::channels_last;
    ValueId y = last ? turn(x, {0, 2, 3, 1}) : x;
    y = dense(net.relu(dense(y, 20, w1, b1)), 7, w2, b2);
    if (last) y = turn(y, {0, 3, 1, 2});
    net.classify(net.op("Add", {x, y}), 3);
  };
  Net convolutions(6);
  build(convolutions, Form::convolution);
  const Tensor input = convolutions.random(shape);
  const auto score = [&](const Net& net, const std::string& criterion) {
    Batch batch;
    batch.num = 3;  // and one that is padded
    batch.inputs = {input.data<float>()};
    batch.labels = {0, 2, 1};
    Pruner pruner(net.graph, net.input_shapes);
    pruner.set("criterion", criterion);
    pruner.set("normalization", std::string("none"));
    pruner.add_batch(net.graph, {Loss::Kind::cross_entropy, {net.graph.outputs[0]}}, batch, net.input_shapes, 1);
    CHECK(read<int64_t>(pruner, "prunable_kernel_num") == 6 + 19 + 6);
    return read<std::vector<double>>(pruner, "kernel_scores");
  };
  for (Form form : {Form::channels_last, Form::time_in_front}) {
    CAPTURE(static_cast<int>(form));
    Net other(6);
    build(other, form);
    for (const char* criterion : {"taylor", "obd", "oracle_abs", "oracle_loss", "activation_mean", "activation_std",
                                  "apoz", "weight_l1", "weight_l2", "taylor_weights", "fpgm"}) {
      INFO(std::string(criterion));
      const std::vector<double> wanted = score(convolutions, criterion);
      CHECK(wanted.size() == 7 + 20 + 7);
      check_close(score(other, criterion), wanted);
    }
  }
}

TEST_CASE("scores: an axis that is as long as the batch is not taken for the samples") {
  for (bool product : {true, false}) {
    const auto scores = [&](int64_t size, const std::string& criterion) {
      Net net(6);
      ValueId x = net.conv_bn_relu(net.input({size, 3, 4, 5}), 6);
      if (product) {  // channels last, then the rows in front
        x = net.op("Transpose", {x}, {{"perm", Shape{0, 2, 3, 1}}});
        x = net.op("MatMul", {x, net.constant(net.random({6, 8}))});
        x = net.op("Transpose", {x}, {{"perm", Shape{1, 0, 2, 3}}});
        net.output(net.gemm(net.op("ReduceMean", {x}, {{"axes", Shape{0, 2}}, {"keepdims", int64_t{0}}}), 3));
      } else {  // a convolution with the rows in front
        x = net.op("Transpose", {x}, {{"perm", Shape{2, 1, 0, 3}}});
        ConvOptions one;
        one.kernel = 1;
        x = net.op("Transpose", {net.relu(net.conv(x, 8, one))}, {{"perm", Shape{2, 1, 0, 3}}});
        net.classify(x, 3);
      }
      Net source(9);
      const Tensor input = source.random({5, 3, 4, 5});
      Batch batch;
      batch.num = 3;
      batch.inputs = {input.data<float>()};
      batch.labels = {0, 2, 1};
      Pruner pruner(net.graph, net.input_shapes);
      pruner.set("criterion", criterion);
      pruner.set("normalization", std::string("none"));
      pruner.add_batch(net.graph, {Loss::Kind::cross_entropy, {net.graph.outputs[0]}}, batch, net.input_shapes, 1);
      CHECK(read<int64_t>(pruner, "prunable_kernel_num") == 5 + 7);
      return read<std::vector<double>>(pruner, "kernel_scores");
    };
    for (const char* criterion : {"taylor", "obd", "activation_mean"}) {
      CAPTURE(product);
      INFO(std::string(criterion));
      check_close(scores(4, criterion), scores(5, criterion));
    }
  }
}

TEST_CASE("bn_scale: a scale along another axis of the same length is none of the channels', nor is a slope") {
  for (const char* type : {"LayerNormalization", "PRelu"}) {
    CAPTURE(type);
    Net net;
    const ValueId x = net.conv(net.input({2, 3, 4, 8}), 8);  // 8 channels, 8 columns
    std::vector<ValueId> inputs{x, net.constant(net.random({8}))};
    if (std::string(type) == "LayerNormalization") inputs.push_back(net.constant(net.random({8})));
    net.classify(net.relu(net.op(type, inputs)), 3);
    Pruner pruner(net.graph, net.input_shapes);
    pruner.set("criterion", std::string("bn_scale"));
    pruner.set("normalization", std::string("none"));
    for (double score : read<std::vector<double>>(pruner, "kernel_scores")) CHECK(std::isinf(score));
  }
}

TEST_CASE("quantized weights are scored by what they stand for") {
  Net net;
  const ValueId w = net.constant(Tensor::of<int8_t>({3, 1, 1, 1}, {100, -50, 1}));
  const ValueId scale = net.constant(Tensor::vector<float>({0.01F, 0.5F, 2.0F}));
  const ValueId real = net.op("DequantizeLinear", {w, scale}, {{"axis", int64_t{0}}});
  net.classify(net.op("Conv", {net.input({2, 1, 4, 4}), real}));
  const Tensor input = net.random({2, 1, 4, 4});
  Batch batch;
  batch.num = 2;
  batch.inputs = {input.data<float>()};
  InferencePlan plan(net.graph, net.input_shapes, net.graph.outputs, {});
  CHECK(max_difference(plan.run(batch)[0], evaluate(net.graph, {input})[net.graph.outputs[0]]) < 1e-5F);
  Pruner pruner(net.graph, net.input_shapes);
  pruner.set("criterion", std::string("weight_l1"));
  pruner.set("normalization", std::string("none"));
  check_close(read<std::vector<double>>(pruner, "kernel_scores"), {1.0, 25.0, 2.0});
  CHECK(read<int64_t>(pruner, "params") == 3 + 5 * 3 + 5);
}

TEST_CASE("a network with an unknown operator: pruned by its weights, not run") {
  Small small;
  Graph graph = small.net.graph;
  const ValueId odd = graph.add_value({"odd"});
  graph.add_node({"coin", "Bernoulli", {}, {small.relu1}, {odd}});
  const ValueId matrix = graph.add_constant("matrix", Tensor(DType::f32, {6, 2})), end = graph.add_value({"end"});
  graph.add_node({"behind", "MatMul", {}, {odd, matrix}, {end}});
  graph.outputs.push_back(end);
  Pruner pruner(graph, small.net.input_shapes);
  CHECK(read<std::vector<std::string>>(pruner, "unprunable_reason") ==
        std::vector<std::string>{"[Bernoulli coin] is an unknown operator"});
  const auto score = [&] { pruner.add_batch(graph, small.loss(), small.batch(), small.net.input_shapes, 1); };
  CHECK(code_of(score) == 7801);
  pruner.set("criterion", std::string("weight_l1"));
  pruner.set("percentage", int64_t{100});
  const Graph pruned = pruner.generate(graph);
  CHECK(read<int64_t>(pruner, "macs_pruned") < read<int64_t>(pruner, "macs"));
  CHECK(pruned.values[pruned.nodes[0].inputs[1]].constant.dim(0) == 1);
  CHECK(pruned.values[pruned.nodes[3].inputs[1]].constant.shape() == Shape{6, 1, 3, 3});
}

TEST_CASE("percentages: asked and done, the input stays as it is") {
  const Small small;
  const std::unique_ptr<Pruner> pruner(small.make());
  small.score(*pruner);
  const Tensor before = evaluate(small.net.graph, {small.input})[small.net.graph.outputs[0]];
  for (int64_t percentage : {0, 10, 50, 90, 100}) {
    pruner->set("percentage", percentage);
    const Graph pruned = pruner->generate(small.net.graph);
    CHECK(read<int64_t>(*pruner, "pruned_kernel_num") == 12 * percentage / 100);
    for (const Node& node : pruned.nodes) {
      if (node.op_type == "Conv" && percentage == 100) CHECK(pruned.values[node.inputs[1]].constant.dim(0) == 1);
    }
    const Tensor same = evaluate(small.net.graph, {small.input})[small.net.graph.outputs[0]];
    CHECK(max_difference(before, same) == 0.0F);
    if (percentage == 0) {
      CHECK(max_difference(before, evaluate(pruned, {small.input})[pruned.outputs[0]]) == 0.0F);
      CHECK(pruned.values[1].constant.raw() != small.net.graph.values[1].constant.raw());
    }
  }
}

TEST_CASE("scores do not depend on how samples were split into batches") {
  const Small small;
  const std::unique_ptr<Pruner> whole(small.make()), parts(small.make());
  small.score(*whole);
  for (int64_t s = 0; s < 4; s += 2) {
    Batch batch = small.batch(2);
    batch.inputs = {small.input.data<float>() + s * 108};
    batch.labels = {small.labels[s], small.labels[s + 1]};
    parts->add_batch(small.net.graph, small.loss(), batch, small.net.input_shapes, 1);
  }
  check_close(read<std::vector<double>>(*parts, "kernel_scores"), read<std::vector<double>>(*whole, "kernel_scores"));
}

TEST_CASE("exclude, include, floors, ceilings, rounding") {
  const Small small;
  const std::unique_ptr<Pruner> pruner(small.make());
  pruner->set("criterion", std::string("weight_l2"));
  pruner->set("percentage", int64_t{100});
  const auto left = [&] {
    const Graph pruned = pruner->generate(small.net.graph);
    return std::make_pair(pruned.values[pruned.nodes[0].inputs[1]].constant.dim(0),
                          pruned.values[pruned.nodes[3].inputs[1]].constant.dim(0));
  };
  using Left = std::pair<int64_t, int64_t>;
  CHECK(left() == Left(1, 1));
  pruner->set("exclude_layers", std::string("*3"));
  CHECK(left() == Left(1, 6));
  CHECK(read<int64_t>(*pruner, "prunable_kernel_num") == 7);
  CHECK(read<std::vector<std::string>>(*pruner, "unprunable_layer_name") == std::vector<std::string>{"Conv3"});
  CHECK(read<std::vector<std::string>>(*pruner, "unprunable_reason")[0].find("exclude_layers") != std::string::npos);
  pruner->set("exclude_layers", std::vector<std::string>{});
  pruner->set("include_layers", std::vector<std::string>{"Conv3"});
  CHECK(left() == Left(8, 1));
  pruner->set("include_layers", std::vector<int64_t>{});
  pruner->set("min_kernels", int64_t{3});
  CHECK(left() == Left(3, 3));
  pruner->set("min_kernels", std::vector<int64_t>{5, 2});
  CHECK(left() == Left(5, 2));
  CHECK(read<std::vector<int64_t>>(*pruner, "min_kernels") == std::vector<int64_t>{5, 2});
  CHECK(code_of([&] { pruner->set("min_kernels", std::vector<int64_t>{5, 2, 2}); }) == 7914);
  CHECK(code_of([&] { pruner->set("min_kernels", std::vector<int64_t>{5, 0}); }) == 7914);
  pruner->set("min_kernels", int64_t{3});
  pruner->set("max_layer_percentage", int64_t{50});
  CHECK(left() == Left(4, 3));
  pruner->set("max_layer_percentage", int64_t{100});
  pruner->set("min_kernels", int64_t{1});
  pruner->set("round_to", int64_t{4});
  CHECK(left() == Left(4, 4));
  pruner->set("ranking", std::string("local"));
  pruner->set("round_to", int64_t{1});
  pruner->set("percentage", 50.0);
  const Left half = left();
  CHECK(half.first + half.second == 8);
  CHECK(std::abs(static_cast<int>(half.first - half.second)) <= 2);
}

TEST_CASE("FLOPs regularization lowers a score by the share of the MACs; rounding by default") {
  const Small small;
  const std::unique_ptr<Pruner> pruner(small.make());
  pruner->set("criterion", std::string("weight_l2"));
  const auto before = read<std::vector<double>>(*pruner, "kernel_scores");
  pruner->set("flops_regularization", 0.5);
  const auto after = read<std::vector<double>>(*pruner, "kernel_scores");
  const auto all = static_cast<double>(read<int64_t>(*pruner, "macs"));
  const auto layers = read<std::vector<std::string>>(*pruner, "kernel_layers");
  REQUIRE(before.size() == 14);
  // A kernel of the first layer: 3 * 9 products at 36 positions, and 9 for each of 6 kernels behind it. Of the second:
  // 8 * 9 at 36 positions, and its weights in the dense layer.
  const double classes = static_cast<double>(small.net.shape(small.net.graph.outputs[0])[1]);
  for (size_t i = 0; i < before.size(); ++i) {
    const double macs = layers[i] == "Conv0" ? 36.0 * (27 + 54) : 36.0 * 72 + classes;
    CHECK(before[i] - after[i] == doctest::Approx(0.5 * 100 * macs / all));
  }

  CHECK(read<int64_t>(*pruner, "round_to") == 1);
  pruner->set("target", std::string("latency_ms"));
  CHECK(read<int64_t>(*pruner, "round_to") == 16);
  pruner->set("round_to", int64_t{4});
  CHECK(read<int64_t>(*pruner, "round_to") == 4);
}

TEST_CASE("targets: MACs, parameters, loss") {
  Net net(9);
  ValueId x = net.conv_bn_relu(net.input({2, 3, 8, 8}), 48);
  x = net.conv_bn_relu(x, 64);
  net.classify(net.conv_bn_relu(x, 64), 4);
  Pruner pruner(net.graph, net.input_shapes);
  pruner.set("criterion", std::string("weight_l1"));
  for (const std::string target : {"macs", "params"}) {
    const int64_t all = read<int64_t>(pruner, target);
    for (double share : {0.75, 0.5, 0.25}) {
      pruner.set("target", target);
      pruner.set("target_value", share * static_cast<double>(all));
      pruner.generate(net.graph);
      const double done = static_cast<double>(read<int64_t>(pruner, target + "_pruned")) / static_cast<double>(all);
      CHECK(done <= share);
      CHECK(done >= share - 0.02);
    }
  }
  CHECK(read<int64_t>(pruner, "macs") == 64 * 9 * (3 * 48 + 48 * 64 + 64 * 64) + 64 * 4);

  const Small small;
  const std::unique_ptr<Pruner> bounded(small.make());
  bounded->set("target", std::string("loss_increase"));
  CHECK(code_of([&] { bounded->generate(small.net.graph); }) == 7980);
  small.score(*bounded);
  CHECK(code_of([&] { bounded->generate(small.net.graph); }) == 7914);
  bounded->set("target_value", 0.05);
  const Graph pruned = bounded->generate(small.net.graph);
  const auto mean_loss = [&](const Graph& graph) {
    double sum = 0.0;
    for (double loss : cross_entropy(evaluate(graph, {small.input})[graph.outputs[0]], small.labels)) sum += loss / 4;
    return sum;
  };
  CHECK(mean_loss(pruned) - mean_loss(small.net.graph) <= 0.05 + 1e-4);
}

TEST_CASE("criteria of weights, by plain computation") {
  const Small small;
  const Graph& graph = small.net.graph;
  std::vector<double> l1, l2, distance, scale;
  for (NodeId id : {0, 3}) {
    const Tensor& w = graph.values[graph.nodes[id].inputs[1]].constant;
    const int64_t n = w.size() / w.dim(0);
    const float* v = w.data<float>();
    for (int64_t k = 0; k < w.dim(0); ++k) {
      double sum = 0.0, square = 0.0, far = 0.0;
      for (int64_t i = 0; i < n; ++i) {
        sum += std::fabs(v[k * n + i]);
        square += double{v[k * n + i]} * v[k * n + i];
      }
      for (int64_t j = 0; j < w.dim(0); ++j) {
        double d = 0.0;
        for (int64_t i = 0; i < n; ++i) d += std::pow(double{v[k * n + i]} - v[j * n + i], 2);
        far += std::sqrt(d);
      }
      l1.push_back(sum);
      l2.push_back(std::sqrt(square));
      distance.push_back(far);
      if (id == 0) scale.push_back(std::fabs(graph.values[graph.nodes[1].inputs[1]].constant.data<float>()[k]));
    }
  }
  check_close(scores(small, "weight_l1"), l1);
  check_close(scores(small, "weight_l2"), l2);
  check_close(scores(small, "fpgm"), distance);
  std::vector<double> by_scale = scores(small, "bn_scale");
  for (size_t k = 8; k < 14; ++k) CHECK(std::isinf(by_scale[k]));
  by_scale.resize(8);
  check_close(by_scale, scale);
  const std::vector<double> random = scores(small, "random");
  CHECK(random == scores(small, "random"));
  for (double r : random) CHECK((r >= 0.0 && r < 1.0));
}

TEST_CASE("criteria of activations and gradients, by plain computation") {
  const Small small;
  const Graph& graph = small.net.graph;
  const std::vector<Tensor> values = evaluate(graph, {small.input});
  const ValueId logits = graph.outputs[0];
  const std::vector<Tensor> gradients =
      reference_backward(graph, values, {{logits, cross_entropy_gradient(values[logits], small.labels, true)}});
  std::vector<double> mean, deviation, nonzero, taylor, obd, weights;
  for (ValueId map : {small.relu0, small.relu1}) {
    const Tensor &z = values[map], &g = gradients[map];
    for (int64_t k = 0; k < z.dim(1); ++k) {
      double m = 0.0, d = 0.0, n = 0.0, t = 0.0, o = 0.0;
      for (int64_t s = 0; s < 4; ++s) {
        const float* v = z.data<float>() + (s * z.dim(1) + k) * 36;
        const float* dv = g.data<float>() + (s * z.dim(1) + k) * 36;
        double own = 0.0, square = 0.0, product = 0.0;
        for (int i = 0; i < 36; ++i) {
          own += v[i] / 36.0;
          n += v[i] > 0.0F ? 1.0 / 144.0 : 0.0;
          product += double{v[i]} * dv[i];
        }
        for (int i = 0; i < 36; ++i) square += (v[i] - own) * (v[i] - own) / 36.0;
        m += own / 4;
        d += std::sqrt(square) / 4;
        t += std::fabs(product / 36.0) / 4;
        o += 0.5 * product * product / 4;
      }
      mean.push_back(m);
      deviation.push_back(d);
      nonzero.push_back(n);
      taylor.push_back(t);
      obd.push_back(o);
    }
  }
  for (NodeId id : {0, 3}) {
    const ValueId w = graph.nodes[id].inputs[1];
    const Tensor& weight = graph.values[w].constant;
    const int64_t n = weight.size() / weight.dim(0);
    for (int64_t k = 0; k < weight.dim(0); ++k) {
      double sum = 0.0;
      for (int64_t i = k * n; i < (k + 1) * n; ++i) {
        sum += std::pow(double{weight.data<float>()[i]} * gradients[w].data<float>()[i] / 4.0, 2);
      }
      weights.push_back(sum);
    }
  }
  check_close(scores(small, "activation_mean"), mean);
  check_close(scores(small, "activation_std"), deviation);
  check_close(scores(small, "apoz"), nonzero);
  check_close(scores(small, "taylor"), taylor);
  check_close(scores(small, "obd"), obd);
  check_close(scores(small, "taylor_weights"), weights);
  for (double gain : scores(small, "mutual_information")) CHECK((gain >= 0.0 && gain <= std::log(4.0)));
}

TEST_CASE("the exact oracle, by brute force") {
  const Small small;
  const Graph& graph = small.net.graph;
  const ValueId logits = graph.outputs[0];
  const auto mean_loss = [&](const std::vector<ChannelIndex>& zeroed) {
    double sum = 0.0;
    for (double loss : cross_entropy(evaluate(graph, {small.input}, zeroed)[logits], small.labels)) sum += loss / 4;
    return sum;
  };
  const double before = mean_loss({});
  std::vector<double> change, absolute;
  for (ValueId map : {small.relu0, small.relu1}) {
    for (int64_t k = 0; k < small.net.shape(map)[1]; ++k) {
      change.push_back(mean_loss({{map, 1, k}}) - before);
      absolute.push_back(std::fabs(change.back()));
    }
  }
  check_close(scores(small, "oracle_loss"), change);
  check_close(scores(small, "oracle_abs"), absolute);
}

TEST_CASE("name patterns") {
  CHECK(matches_pattern("*", ""));
  CHECK(matches_pattern("conv*", "conv12"));
  CHECK(matches_pattern("*.conv?*", "a.conv?"));
  CHECK(!matches_pattern("conv", "conv1"));
  CHECK(matches_pattern("a*b*c", "aXbYbZc"));
  CHECK(!matches_pattern("a*b*c", "aXbYbZ"));
}

TEST_SUITE_END();
