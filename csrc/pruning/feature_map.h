// Where a kernel's work can be seen: its feature map, and the places at which a removed group is missing.
#pragma once

#include <vector>

#include "graph/graph.h"
#include "pruning/coupling.h"

namespace alcedo {

// The value at the end of the chain of per-channel layers behind a convolution (normalization, bias, activation) up
// to the first consumer that mixes channels, changes the shape or joins branches.
struct FeatureMap {
  ValueId value = kNone;      // kNone: no map of samples (hidden units of LSTM and GRU, windows of a map)
  int axis = 1;               // of the channels
  std::vector<NodeId> chain;  // the per-channel layers, in order
};

// One per convolution of the coupling. A depthwise convolution ends the chain of the one before it.
std::vector<FeatureMap> find_feature_maps(const Graph& graph, const Coupling& coupling,
                                          const std::vector<TensorInfo>& info);

// Per group: the channels in front of nodes that mix them. With those set to zero the network computes what it
// computes without the group, whatever the layers between the convolution and these places do to a zero.
std::vector<std::vector<ChannelIndex>> find_ablation_points(const Graph& graph, const Coupling& coupling,
                                                            const std::vector<TensorInfo>& info);

}  // namespace alcedo
