// Cutting: the network without the channels of the removed groups, and what it costs before it is made.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "graph/graph.h"
#include "layers/layer.h"
#include "pruning/coupling.h"

namespace alcedo {

// Indices that stay, per axis of every value.
class KeptIndices {
 public:
  KeptIndices(const Coupling& coupling, const std::vector<bool>& removed);
  const std::vector<int64_t>& of(ValueId value, int axis) const;  // ascending, old numbering
  bool cut(ValueId value) const { return cut_[value]; }           // some axis of it loses indices
  Shape shape(ValueId value) const;                               // after the cut

 private:
  const Coupling& coupling_;
  std::vector<bool> cut_;
  std::vector<std::vector<int64_t>> kept_;              // per axis id; empty: all stay
  mutable std::map<size_t, std::vector<int64_t>> all_;  // 0 .. n-1 by n, made when asked for
};

// A graph with the same nodes, values and names, in which constants are cut, attributes and shape constants mended by
// the layers, and shapes set. Constants that did not change share their buffers with `graph`. The result is checked by
// shape inference; a disagreement throws 7779 with the node's name.
Graph slice_graph(const Graph& graph, const std::vector<TensorInfo>& info, const Coupling& coupling,
                  const std::vector<bool>& removed, const std::vector<Shape>& input_shapes);

// Multiply-accumulates of every node after the cut.
std::vector<int64_t> layer_macs(const Graph& graph, const std::vector<TensorInfo>& info, const KeptIndices& kept);

struct Cost {
  int64_t macs = 0;    // multiply-accumulates of one run with the given input shapes
  int64_t params = 0;  // trainable numbers
};
// Cost of the graph without the removed groups, computed from shapes alone.
Cost cost_without(const Graph& graph, const std::vector<TensorInfo>& info, const Coupling& coupling,
                  const std::vector<bool>& removed);

}  // namespace alcedo
