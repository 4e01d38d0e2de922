// The latency model and the search by it, on made-up costs: no clock.
#include <doctest/doctest.h>

#include <cmath>
#include <numeric>

#include "pruning/latency.h"
#include "pruning/target.h"
#include "pruning_network.h"

using namespace alcedo;
using namespace alcedo::testing;

namespace {

struct Case {
  Case() {
    ValueId x = net.conv_bn_relu(net.input({1, 3, 12, 12}), 40);
    x = net.conv_bn_relu(x, 56);
    net.classify(net.conv_bn_relu(x, 72), 4);
    info = infer(net.graph, net.input_shapes);
    coupling = std::make_unique<Coupling>(net.graph, info);
    order.resize(coupling->groups().size());
    std::iota(order.begin(), order.end(), 0);
    for (size_t i = 0; i < order.size(); ++i) std::swap(order[i], order[(i * 7919 + 13) % order.size()]);
  }
  std::vector<LayerWork> work(const std::vector<bool>& removed) const {
    return layer_work(net.graph, info, *coupling, removed);
  }
  // What a machine might take: a fixed cost per layer, rates that differ from layer to layer, and vectors of 8
  // channels.
  std::vector<double> cost(const std::vector<bool>& removed, double vector_penalty) const {
    std::vector<double> times;
    const std::vector<LayerWork> layers = work(removed);
    for (size_t i = 0; i < layers.size(); ++i) {
      const double rate = i % 3 == 0 ? 1e-7 : 3e-7;
      const bool node = i + 1 < layers.size();
      times.push_back(0.001 + (node ? rate * layers[i].macs + 2e-7 * layers[i].bytes : 0.0));
      times.back() *= 1.0 + vector_penalty * static_cast<double>((i * 31 + removed.size()) % 5) / 5.0;
    }
    return times;
  }
  double total(const std::vector<bool>& removed, double penalty) const {
    const std::vector<double> times = cost(removed, penalty);
    return std::accumulate(times.begin(), times.end(), 0.0);
  }

  Net net{21};
  std::vector<TensorInfo> info;
  std::unique_ptr<Coupling> coupling;
  std::vector<int32_t> order;
};

}  // namespace

TEST_SUITE_BEGIN("pruning");

TEST_CASE("latency model: finds the cost of layers from a few widths") {
  const Case c;
  const SelectionLimits limits;
  const TargetSearch search{*c.coupling, c.order, limits};
  LatencyModel model;
  for (double share : {0.0, 0.25, 0.5, 0.75, 1.0}) {
    const std::vector<bool> removed = search.select(static_cast<int64_t>(share * search.max_kernels()));
    model.add(c.work(removed), c.cost(removed, 0.0));
  }
  model.fit();
  for (int64_t kernels : {10, 33, 77, 120, 150}) {
    const std::vector<bool> removed = search.select(kernels);
    CHECK(model.predict(c.work(removed)) == doctest::Approx(c.total(removed, 0.0)).epsilon(0.02));
  }
}

TEST_CASE("latency target: ends within 10 % below the limit in few trials, though model and machine differ") {
  const Case c;
  const SelectionLimits limits;
  const TargetSearch search{*c.coupling, c.order, limits};
  const auto macs = [&](const std::vector<bool>& removed) { return c.work(removed).back().macs; };
  for (double wanted : {0.9, 0.7, 0.5, 0.3}) {
    int trials = 0;
    const auto measure = [&](const std::vector<bool>& removed) {
      ++trials;
      // Noise of 1 %, different for every trial.
      return c.total(removed, 0.3) * (1.0 + 0.01 * std::sin(static_cast<double>(trials) * 12.9898));
    };
    const double limit = wanted * c.total(std::vector<bool>(c.order.size(), false), 0.3);
    const std::vector<bool> removed = search.at_most_by_model(measure, macs, limit, 8);
    CHECK(c.total(removed, 0.3) <= 1.02 * limit);
    CHECK(c.total(removed, 0.3) >= 0.9 * limit);
    CHECK(trials <= 8);
  }
  const auto never = [&](const std::vector<bool>& removed) { return c.total(removed, 0.0); };
  CHECK(count_kernels(*c.coupling, search.at_most_by_model(never, macs, 1e-9, 8)) == search.max_kernels());
  CHECK(count_kernels(*c.coupling, search.at_most_by_model(never, macs, 1e9, 8)) == 0);
}

TEST_CASE("latency model: steps of a plan belong to the node in front of what was fused") {
  Net net(3);
  net.classify(net.conv_bn_relu(net.input({1, 3, 4, 4}), 4), 2);
  Timing timing;
  timing.ms = 10.0;
  const Node& conv = net.graph.nodes[0];
  timing.steps = {{"Conv " + conv.name + "+BatchNormalization+Relu", 4.0}, {"reorder input", 1.0}};
  const std::vector<double> times = layer_times(net.graph, timing);
  CHECK(times[0] == 4.0);
  CHECK(times.back() == 6.0);  // the reorder and what no step accounts for
}

TEST_SUITE_END();
