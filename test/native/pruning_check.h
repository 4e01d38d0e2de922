// The invariant: a pruned network computes what the original computes with the removed channels zeroed in front of
// every node that mixes them.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

#include "pruning/feature_map.h"
#include "pruning/hidden_units.h"
#include "pruning/selection.h"
#include "pruning/slicing.h"
#include "pruning_network.h"

namespace alcedo::testing {

inline std::vector<Tensor> random_inputs(const std::vector<Shape>& shapes, uint32_t seed = 5) {
  Net source(seed);
  std::vector<Tensor> inputs;
  for (const Shape& shape : shapes) inputs.push_back(source.random(shape));
  return inputs;
}

// Groups in a shuffled order, and how many kernels they have that can leave at most.
struct Shuffled {
  std::vector<int32_t> order;
  int64_t most;

  Shuffled(const Coupling& coupling, uint32_t seed) : order(coupling.groups().size()) {
    std::iota(order.begin(), order.end(), 0);
    std::mt19937 random(seed);
    std::shuffle(order.begin(), order.end(), random);
    most = count_kernels(coupling, select_groups(coupling, order, {}, std::numeric_limits<int64_t>::max()));
  }
};

// What has to be zero where the removed groups are missing.
inline std::vector<ChannelIndex> zeroed_channels(const std::vector<bool>& removed,
                                                 const std::vector<std::vector<ChannelIndex>>& points) {
  std::vector<ChannelIndex> zeroed;
  for (size_t g = 0; g < removed.size(); ++g) {
    if (removed[g]) zeroed.insert(zeroed.end(), points[g].begin(), points[g].end());
  }
  return zeroed;
}

// Checks the network at 10, 50, 90 and 100 percent in a shuffled order; returns how many kernels could leave at most.
inline int64_t check_exact(const Graph& graph, const std::vector<Shape>& input_shapes, uint32_t seed = 3,
                           float tolerance = 1e-5F, const std::vector<int>& percentages = {10, 50, 90, 100}) {
  const std::vector<TensorInfo> info = infer(graph, input_shapes);
  const Coupling coupling(graph, info);
  const std::vector<std::vector<ChannelIndex>> points = find_ablation_points(graph, coupling, info);
  const Shuffled groups(coupling, seed);
  const std::vector<Tensor> inputs = random_inputs(input_shapes);
  for (int percentage : percentages) {
    const int64_t asked = groups.most * percentage / 100;
    const std::vector<bool> removed = select_groups(coupling, groups.order, {}, asked);
    CHECK(count_kernels(coupling, removed) <= asked);
    const Graph pruned = slice_graph(graph, info, coupling, removed, input_shapes);
    const std::vector<Tensor> want =
        evaluate(without_hidden_units(graph, coupling, removed), inputs, zeroed_channels(removed, points));
    const std::vector<Tensor> got = evaluate(pruned, inputs);
    for (ValueId output : graph.outputs) {
      CHECK(max_difference(want[output], got[output]) <= tolerance * max_abs(want[output]));
    }
    for (int64_t left : kernels_left(coupling, removed)) CHECK(left >= 1);
    const Cost cost = cost_without(graph, info, coupling, removed);
    const std::vector<TensorInfo> after = infer(pruned, input_shapes);
    const Coupling none(pruned, after);
    CHECK(cost.macs == cost_without(pruned, after, none, {}).macs);
    CHECK(cost.params == cost_without(pruned, after, none, {}).params);
  }
  return groups.most;
}

inline int64_t check_exact(const Net& net) { return check_exact(net.graph, net.input_shapes); }

// Why no kernel of the convolution (in graph order) can leave.
inline std::string reason_of(const Net& net, size_t convolution) {
  const std::vector<TensorInfo> info = infer(net.graph, net.input_shapes);
  return Coupling(net.graph, info).convolutions().at(convolution).reason;
}

}  // namespace alcedo::testing
