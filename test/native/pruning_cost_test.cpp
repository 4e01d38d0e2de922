// Targets in MACs and parameters: what leaves is what is worth least for what it costs, and rounding gives nothing
// away.
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "model/summary.h"
#include "pruning/pruner.h"
#include "pruning_network.h"

using namespace alcedo;
using namespace alcedo::testing;

namespace {

template <class T>
T read(const Pruner& pruner, const std::string& name) {
  return std::get<T>(pruner.get(name));
}

// Two convolutions with maps of 64 and of 16 positions.
struct Strided {
  Strided() {
    ConvOptions half;
    half.stride = 2;
    const ValueId x = net.conv_bn_relu(net.input({4, 3, 8, 8}), 16);
    net.classify(net.relu(net.conv(x, 12, half)), 3);
    input = net.random({4, 3, 8, 8});
  }
  void score(Pruner& pruner) {
    Batch batch;
    batch.num = 4;
    batch.inputs = {input.data<float>()};
    batch.labels = {0, 2, 1, 2};
    pruner.add_batch(net.graph, {Loss::Kind::cross_entropy, {net.graph.outputs[0]}}, batch, net.input_shapes, 1);
  }
  static double macs(double a, double b) { return 64 * 27 * a + 16 * 9 * a * b + 3 * b; }

  Net net{8};
  Tensor input;
};

}  // namespace

TEST_SUITE_BEGIN("pruning");

TEST_CASE("ranking by cost: the change of the loss, not the mean over space, per MAC; by plain computation") {
  Strided strided;
  Pruner pruner(strided.net.graph, strided.net.input_shapes);
  pruner.set("normalization", std::string("none"));
  strided.score(pruner);
  REQUIRE(read<int64_t>(pruner, "macs") == static_cast<int64_t>(Strided::macs(16, 12)));
  const auto score = read<std::vector<double>>(pruner, "kernel_scores");
  const auto layer = read<std::vector<std::string>>(pruner, "kernel_layers");
  std::vector<double> key;
  for (size_t i = 0; i < score.size(); ++i) {
    const bool first = layer[i] == "Conv0";
    const double saved = Strided::macs(16, 12) - (first ? Strided::macs(15, 12) : Strided::macs(16, 11));
    key.push_back(score[i] * (first ? 64 : 16) / saved);
  }
  std::vector<size_t> order(key.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](size_t i, size_t j) { return key[i] < key[j]; });
  pruner.set("target", std::string("macs"));
  REQUIRE(read<std::string>(pruner, "ranking") == "cost");
  for (double share : {0.8, 0.5, 0.2}) {
    const double target = share * Strided::macs(16, 12);
    int64_t a = 16, b = 12;
    for (size_t i : order) {
      if (Strided::macs(static_cast<double>(a), static_cast<double>(b)) <= target) break;
      int64_t& left = layer[i] == "Conv0" ? a : b;
      if (left > 1) --left;
    }
    pruner.set("target_value", target);
    const Graph pruned = pruner.generate(strided.net.graph);
    const Shape& weights = pruned.values[pruned.nodes[3].inputs[1]].constant.shape();
    CHECK(weights[1] == a);
    CHECK(weights[0] == b);
  }
}

TEST_CASE("ranking by cost is the default where the target counts costs and the criterion sees the loss") {
  Strided strided;
  Pruner pruner(strided.net.graph, strided.net.input_shapes);
  const auto ranking = [&] { return read<std::string>(pruner, "ranking"); };
  CHECK(ranking() == "global");
  for (const char* target : {"macs", "params", "latency_ms"}) {
    pruner.set("target", std::string(target));
    CHECK(ranking() == "cost");
  }
  pruner.set("flops_regularization", 0.1);
  CHECK(ranking() == "global");
  pruner.set("flops_regularization", 0.0);
  pruner.set("criterion", std::string("weight_l1"));
  CHECK(ranking() == "global");
  pruner.set("ranking", std::string("local"));
  pruner.set("criterion", std::string("obd"));
  CHECK(ranking() == "local");
  pruner.set("target", std::string("loss_increase"));
  pruner.set("ranking", std::string("global"));
  CHECK(ranking() == "global");
}

TEST_CASE("rounded targets: no block of eight could have stayed") {
  Net net(9);
  ValueId x = net.conv_bn_relu(net.input({2, 3, 8, 8}), 48);
  x = net.conv_bn_relu(x, 64);
  net.classify(net.conv_bn_relu(x, 64), 4);
  Pruner pruner(net.graph, net.input_shapes);
  pruner.set("criterion", std::string("weight_l1"));
  pruner.set("round_to", int64_t{8});
  pruner.set("target", std::string("macs"));
  const auto macs = [](double a, double b, double c) { return 64 * 9 * (3 * a + a * b + b * c) + 4 * c; };
  for (double share : {0.9, 0.7, 0.5, 0.3, 0.1}) {
    const double target = share * macs(48, 64, 64);
    pruner.set("target_value", target);
    const Graph pruned = pruner.generate(net.graph);
    std::vector<double> left;
    for (const Node& node : pruned.nodes) {
      if (node.op_type == "Conv") left.push_back(static_cast<double>(pruned.values[node.inputs[1]].constant.dim(0)));
    }
    REQUIRE(left.size() == 3);
    CHECK(macs(left[0], left[1], left[2]) <= target);
    const std::vector<double> all{48, 64, 64};
    for (size_t i = 0; i < 3; ++i) {
      CHECK(static_cast<int64_t>(left[i]) % 8 == 0);
      if (left[i] == all[i]) continue;
      std::vector<double> more = left;
      more[i] += 8;
      CHECK(macs(more[0], more[1], more[2]) > target);
    }
  }
}

TEST_CASE("parameters: the number in a formula and the numbers of sizes are none") {
  Net net;
  const ValueId x = net.conv(net.input({2, 3, 4, 4}), 6);  // 3 * 9 * 6 + 6
  const ValueId three = net.op("Add", {x, net.constant(Tensor::scalar(3.0F))});
  const ValueId more = net.op("Add", {net.op("Shape", {three}), net.ints({0, 0, 0, 0})});
  net.classify(net.op("Reshape", {three, more}), 4);  // 4 * 6 + 4
  Pruner pruner(net.graph, net.input_shapes);
  CHECK(read<int64_t>(pruner, "params") == 168 + 28);
  CHECK(num_trainable_params(net.graph) == 168 + 28);
}

TEST_SUITE_END();
