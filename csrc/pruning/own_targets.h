// For networks without labels: a distance whose targets are the network's own outputs.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/batch.h"
#include "engine/plan.h"
#include "graph/graph.h"

namespace alcedo {

class OwnTargets {
 public:
  // Runs the batch and keeps its outputs.
  void run(const Graph& graph, const Loss& loss, const Batch& batch, const std::vector<Shape>& input_shapes,
           uint64_t weights_version, const PlanOptions& options);

  // 1 / mean square of each output on the first sample of all, so that outputs of different size weigh the same.
  const std::vector<float>& scales() const { return scales_; }

  // The outputs themselves: every change costs its square.
  std::vector<const float*> exact() const;
  // At the exact targets a squared distance has no slope, so first-order scores would all be 0. Displaced at random,
  // each number up or down, the slope along a gate is a random projection of what the gate does to the outputs; its
  // mean square over the signs is the distance that the gate causes, to second order. The signs depend on the number
  // of the sample alone (`first_sample`: samples before this batch), not on the split into batches.
  std::vector<const float*> displaced(int64_t first_sample);

  void forget();

 private:
  std::unique_ptr<InferencePlan> plan_;
  std::vector<Shape> shapes_;
  uint64_t version_ = 0;
  int64_t num_ = 0;
  std::vector<float> scales_;
  std::vector<std::vector<float>> exact_, displaced_;
};

}  // namespace alcedo
