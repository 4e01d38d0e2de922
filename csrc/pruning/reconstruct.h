// Layer-wise reconstruction: what is left of the weights makes up for what was cut, by least squares on samples without
// labels.
#pragma once

#include "pruning/measure.h"
#include "pruning/slicing.h"

namespace alcedo {

struct PrunedFrom {
  const Graph& graph;  // before the cut
  const std::vector<TensorInfo>& info;
  KeptIndices kept;
};

// For every convolution (each of its groups by itself) and dense layer behind a cut, in graph order: changes weights
// and bias so that its output comes as close as possible to the one before the cut, from the inputs that the layer gets
// now. A change is kept only if it also helps on samples that were not used for it.
void reconstruct(const PrunedFrom& from, const HeldSamples& samples, const PlanOptions& options, Graph& pruned);

}  // namespace alcedo
