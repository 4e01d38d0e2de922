#include "pruning/hidden_units.h"

#include <algorithm>
#include <cstring>

#include "layers/layer.h"

namespace alcedo {

namespace {

// Weights, biases and initial states; not the sequences.
template <class Body>
void for_unit_inputs(const Node& node, Body body) {
  for (size_t port = 1; port < node.inputs.size(); ++port) {
    if (node.inputs[port] != kNone) body(node.inputs[port]);
  }
}

void clear_index(Tensor& tensor, int axis, int64_t index) {
  int64_t outer = 1, inner = 1;
  for (int i = 0; i < axis; ++i) outer *= tensor.dim(i);
  for (int i = axis + 1; i < tensor.rank(); ++i) inner *= tensor.dim(i);
  const size_t bytes = static_cast<size_t>(inner) * size_of(tensor.dtype());
  for (int64_t o = 0; o < outer; ++o) {
    const auto at = static_cast<size_t>(o * tensor.dim(axis) + index);
    std::memset(static_cast<char*>(tensor.raw()) + at * bytes, 0, bytes);
  }
}

}  // namespace

bool has_hidden_units(const Graph& graph, const Coupling& coupling, int32_t group) {
  const std::vector<KernelRef>& kernels = coupling.groups()[group].kernels;
  return std::any_of(kernels.begin(), kernels.end(), [&](const KernelRef& kernel) {
    return holds_hidden_units(graph.nodes[coupling.convolutions()[kernel.convolution].node]);
  });
}

bool hidden_units_are_known(const Graph& graph, const Node& node) {
  bool known = true;
  for_unit_inputs(node, [&](ValueId value) { known = known && graph.values[value].is_constant(); });
  return known;
}

Graph without_hidden_units(const Graph& graph, const Coupling& coupling, const std::vector<bool>& removed) {
  Graph result = graph;
  std::vector<bool> of_units(graph.values.size(), false), own(graph.values.size(), false);
  for (const Convolution& convolution : coupling.convolutions()) {
    const Node& node = graph.nodes[convolution.node];
    if (!holds_hidden_units(node)) continue;
    for_unit_inputs(node, [&](ValueId value) { of_units[value] = graph.values[value].is_constant(); });
  }
  for (size_t g = 0; g < removed.size(); ++g) {
    if (!removed[g]) continue;
    for (const ChannelIndex& c : coupling.groups()[g].channels) {
      if (!of_units[c.value]) continue;
      Tensor& constant = result.values[c.value].constant;
      if (!own[c.value]) constant = constant.clone();
      own[c.value] = true;
      clear_index(constant, c.axis, c.index);
    }
  }
  return result;
}

}  // namespace alcedo
