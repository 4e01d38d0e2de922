// Where a kernel's work can be seen: its feature map, and the places at which a removed group is missing.
#pragma once

#include <vector>

#include "engine/plan.h"
#include "graph/graph.h"
#include "pruning/coupling.h"

namespace alcedo {

// The value at the end of the chain of per-channel layers behind a convolution (normalization, bias, activation) up
// to the first consumer that mixes channels, changes the shape or joins branches. Where a sample has no row of its own
// there (windows, time in front), behind the layers that bring it back.
struct FeatureMap {
  ValueId value = kNone;      // kNone: no map of samples (windows of a map, samples behind the first axis)
  MapAxes axes;               // of the channels and the samples
  int64_t positions = 0;      // of a channel and sample; hidden units: steps and directions
  bool hidden_units = false;  // states of an LSTM or GRU, which reads them itself
  std::vector<NodeId> chain;  // the per-channel layers, in order
};

// One per convolution of the coupling. A depthwise convolution ends the chain of the one before it. `info` is for
// inputs of `input_shapes`.
std::vector<FeatureMap> find_feature_maps(const Graph& graph, const Coupling& coupling,
                                          const std::vector<TensorInfo>& info, const std::vector<Shape>& input_shapes);

// Per group: the channels in front of nodes that mix them. With those set to zero the network computes what it
// computes without the group, whatever the layers between the convolution and these places do to a zero. Hidden units
// are mixed inside their layer, too (hidden_units.h).
std::vector<std::vector<ChannelIndex>> find_ablation_points(const Graph& graph, const Coupling& coupling,
                                                            const std::vector<TensorInfo>& info);

}  // namespace alcedo
