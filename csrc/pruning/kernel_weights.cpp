#include "pruning/kernel_weights.h"

#include <algorithm>

#include "layers/layer.h"

namespace alcedo {

const Tensor& tensor_of(const Graph& graph, const KernelWeights& weights) {
  const Tensor& constant = graph.values[weights.value].constant;
  return constant.defined() ? constant : weights.computed;
}

std::vector<KernelSlice> kernel_slices(const Graph& graph, const Coupling& coupling, int32_t group) {
  std::vector<KernelSlice> slices;
  int32_t last = kNone;
  for (const KernelRef& kernel : coupling.groups()[group].kernels) {
    if (kernel.convolution == last) continue;
    last = kernel.convolution;
    for (const KernelWeights& weights : coupling.convolutions()[last].weights) {
      const bool shared = std::any_of(slices.begin(), slices.end(),  // two convolutions with the same weights
                                      [&](const KernelSlice& slice) { return slice.weights->value == weights.value; });
      if (shared || !tensor_of(graph, weights).defined()) continue;
      const int64_t size = coupling.shape_of(weights.value)[weights.axis];
      for (int64_t i = 0; i < size; ++i) {
        if (coupling.group_of(weights.value, weights.axis, i) == group) slices.push_back({&weights, i});
      }
    }
  }
  return slices;
}

std::vector<float> slice_floats(const Tensor& weights, const KernelSlice& slice) {
  const Tensor floats = weights.dtype() == DType::f32 ? weights : weights.cast(DType::f32);
  const int axis = slice.weights->axis;
  int64_t outer = 1, inner = 1;
  for (int i = 0; i < axis; ++i) outer *= floats.dim(i);
  for (int i = axis + 1; i < floats.rank(); ++i) inner *= floats.dim(i);
  std::vector<float> result;
  result.reserve(outer * inner);
  for (int64_t o = 0; o < outer; ++o) {
    const float* from = floats.data<float>() + (o * floats.dim(axis) + slice.index) * inner;
    result.insert(result.end(), from, from + inner);
  }
  return result;
}

std::vector<float> group_weights(const Graph& graph, const Coupling& coupling, int32_t group) {
  std::vector<float> weights;
  for (const KernelSlice& slice : kernel_slices(graph, coupling, group)) {
    const std::vector<float> part = slice_floats(tensor_of(graph, *slice.weights), slice);
    weights.insert(weights.end(), part.begin(), part.end());
  }
  return weights;
}

bool scale_of_kernel(const Graph& graph, const Coupling& coupling, const FeatureMap& map, const KernelRef& kernel,
                     float& scale) {
  const Convolution& convolution = coupling.convolutions()[kernel.convolution];
  bool found = false;
  scale = 1.0F;
  for (NodeId id : map.chain) {
    const Node& node = graph.nodes[id];
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      const ValueId value = node.inputs[i];
      if (value == kNone || input_role(node, i) != InputRole::weight) continue;
      const Tensor& constant = graph.values[value].constant;
      if (!constant.defined() || constant.rank() != 1 || constant.dim(0) != convolution.kernel_num) continue;
      // A slope (PRelu) has no bias beside it; a scale along another axis may be as long.
      if (i + 1 >= node.inputs.size() || input_role(node, i + 1) != InputRole::bias) continue;
      const ChannelIndex own{convolution.kernel_value, convolution.kernel_axis, kernel.index};
      if (!coupling.same_class({value, 0, kernel.index}, own)) continue;
      scale *= constant.cast(DType::f32).data<float>()[kernel.index];
      found = true;
    }
  }
  return found;
}

}  // namespace alcedo
