// The weights that belong to a channel group's kernels, and the scales of the normalization layers behind them.
#pragma once

#include <vector>

#include "graph/graph.h"
#include "pruning/coupling.h"
#include "pruning/feature_map.h"

namespace alcedo {

// One index along the kernel axis of a convolution's weights (of the coupling, which must outlive it).
struct KernelSlice {
  const KernelWeights* weights;
  int64_t index;
};

// Undefined if they are not known before the network runs.
const Tensor& tensor_of(const Graph& graph, const KernelWeights& weights);

// Every slice once, in the order of the convolutions. Weights that are not known have none.
std::vector<KernelSlice> kernel_slices(const Graph& graph, const Coupling& coupling, int32_t group);
std::vector<float> slice_floats(const Tensor& weights, const KernelSlice& slice);

// All weights of the group's kernels, one after the other.
std::vector<float> group_weights(const Graph& graph, const Coupling& coupling, int32_t group);

// The product of the per-channel scales between a kernel and its feature map. False if there is none.
bool scale_of_kernel(const Graph& graph, const Coupling& coupling, const FeatureMap& map, const KernelRef& kernel,
                     float& scale);

}  // namespace alcedo
