#include "pruning/kernel_weights.h"

#include "layers/layer.h"

namespace alcedo {

const Tensor& weights_of(const Graph& graph, const Convolution& convolution) {
  const Tensor& constant = graph.values[convolution.weights].constant;
  return constant.defined() ? constant : convolution.computed_weights;
}

std::vector<KernelSlice> kernel_slices(const Graph& graph, const Coupling& coupling, int32_t group) {
  std::vector<KernelSlice> slices;
  int32_t last = kNone;
  for (const KernelRef& kernel : coupling.groups()[group].kernels) {
    if (kernel.convolution == last) continue;
    last = kernel.convolution;
    const Convolution& convolution = coupling.convolutions()[last];
    if (convolution.weights == kNone || !weights_of(graph, convolution).defined()) continue;
    bool shared = false;  // two convolutions with the same weights
    for (const KernelSlice& slice : slices) shared = shared || slice.weights == convolution.weights;
    if (shared) continue;
    const int64_t size = coupling.shape_of(convolution.weights)[convolution.weights_axis];
    for (int64_t i = 0; i < size; ++i) {
      if (coupling.group_of(convolution.weights, convolution.weights_axis, i) == group) {
        slices.push_back({last, convolution.weights, convolution.weights_axis, i});
      }
    }
  }
  return slices;
}

std::vector<float> slice_floats(const Tensor& weights, const KernelSlice& slice) {
  const Tensor floats = weights.dtype() == DType::f32 ? weights : weights.cast(DType::f32);
  int64_t outer = 1, inner = 1;
  for (int i = 0; i < slice.axis; ++i) outer *= floats.dim(i);
  for (int i = slice.axis + 1; i < floats.rank(); ++i) inner *= floats.dim(i);
  std::vector<float> result;
  result.reserve(outer * inner);
  for (int64_t o = 0; o < outer; ++o) {
    const float* from = floats.data<float>() + (o * floats.dim(slice.axis) + slice.index) * inner;
    result.insert(result.end(), from, from + inner);
  }
  return result;
}

std::vector<float> group_weights(const Graph& graph, const Coupling& coupling, int32_t group) {
  std::vector<float> weights;
  for (const KernelSlice& slice : kernel_slices(graph, coupling, group)) {
    const std::vector<float> part = slice_floats(weights_of(graph, coupling.convolutions()[slice.convolution]), slice);
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
      scale *= constant.cast(DType::f32).data<float>()[kernel.index];
      found = true;
    }
  }
  return found;
}

}  // namespace alcedo
