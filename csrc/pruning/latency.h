// A cost model of a network's running time: per layer a + b * MACs + c * bytes, none of them negative, fitted to the
// engine's own times of that layer at a few widths. Good between the widths that were measured.
#pragma once

#include <string>
#include <vector>

#include "pruning/coupling.h"
#include "pruning/measure.h"

namespace alcedo {

struct LayerWork {
  double macs = 0.0;
  double bytes = 0.0;  // of activations and weights, read and written
};

// What every node has to do without the removed groups; one more entry at the end for all of it together.
std::vector<LayerWork> layer_work(const Graph& graph, const std::vector<TensorInfo>& info, const Coupling& coupling,
                                  const std::vector<bool>& removed);

// Times per node, in the order of layer_work(): the last entry is what belongs to no node (reorders, the run itself).
std::vector<double> layer_times(const Graph& graph, const Timing& timing);

class LatencyModel {
 public:
  // One measured network. Call fit() after the last one.
  void add(std::vector<LayerWork> work, std::vector<double> ms);
  void fit();
  double predict(const std::vector<LayerWork>& work) const;

 private:
  struct Line {
    double base = 0.0, per_mac = 0.0, per_byte = 0.0;
  };
  std::vector<std::vector<LayerWork>> works_;
  std::vector<std::vector<double>> times_;
  std::vector<Line> lines_;
};

}  // namespace alcedo
