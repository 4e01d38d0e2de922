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

// Checks the network at 10, 50, 90 and 100 percent in a shuffled order; returns how many kernels could leave at most.
inline int64_t check_exact(const Graph& graph, const std::vector<Shape>& input_shapes, uint32_t seed = 3,
                           float tolerance = 1e-5F) {
  const std::vector<TensorInfo> info = infer(graph, input_shapes);
  const Coupling coupling(graph, info);
  const std::vector<std::vector<ChannelIndex>> points = find_ablation_points(graph, coupling, info);
  std::vector<int32_t> order(coupling.groups().size());
  std::iota(order.begin(), order.end(), 0);
  std::mt19937 random(seed);
  std::shuffle(order.begin(), order.end(), random);
  const int64_t most = count_kernels(coupling, select_groups(coupling, order, {}, std::numeric_limits<int64_t>::max()));
  const std::vector<Tensor> inputs = random_inputs(input_shapes);
  for (int percentage : {10, 50, 90, 100}) {
    const int64_t asked = most * percentage / 100;
    const std::vector<bool> removed = select_groups(coupling, order, {}, asked);
    CHECK(count_kernels(coupling, removed) <= asked);
    std::vector<ChannelIndex> zeroed;
    for (size_t g = 0; g < removed.size(); ++g) {
      if (removed[g]) zeroed.insert(zeroed.end(), points[g].begin(), points[g].end());
    }
    const Graph pruned = slice_graph(graph, info, coupling, removed, input_shapes);
    const std::vector<Tensor> want = evaluate(graph, inputs, zeroed), got = evaluate(pruned, inputs);
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
  return most;
}

inline int64_t check_exact(const Net& net) { return check_exact(net.graph, net.input_shapes); }

}  // namespace alcedo::testing
