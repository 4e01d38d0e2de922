// What a network does on this machine: milliseconds of one run, and its loss on samples. For targets and reports.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "engine/batch.h"
#include "engine/plan.h"
#include "graph/graph.h"

namespace alcedo {

struct Timing {
  double ms = 0.0;              // of one inference run of the graph's outputs: first quartile of 15 or more
  std::vector<StepTime> steps;  // of each step, likewise
};
Timing time_network(const Graph& graph, const std::vector<Shape>& input_shapes, const PlanOptions& options);

// Samples that were scored, kept to measure losses with later.
class HeldSamples {
 public:
  void add(const Graph& graph, const Loss& loss, const Batch& batch, const std::vector<Shape>& input_shapes);
  void clear() { batches_.clear(); }
  bool empty() const { return batches_.empty(); }
  int64_t samples() const;
  // Calls run(batch, input shapes) for every batch.
  void for_each(const std::function<void(const Batch&, const std::vector<Shape>&)>& run) const;
  // Mean loss of the graph over all samples. The graph's values are those of the graph that the samples came with.
  double mean_loss(const Graph& graph, const PlanOptions& options) const;

 private:
  struct Held {
    int64_t num;
    std::vector<Shape> input_shapes;
    std::vector<std::vector<float>> inputs, targets;
    std::vector<int64_t> labels;
  };
  Loss loss_;
  std::vector<std::shared_ptr<const Held>> batches_;  // copies of this share them
};

}  // namespace alcedo
