// Forward with batch statistics, to see what the normalization layers see.
#pragma once

#include <memory>
#include <vector>

#include "engine/batch.h"
#include "engine/plan.h"

namespace alcedo {

class StatisticsPlan {
 public:
  // For full batches of input_shapes[0][0] samples.
  StatisticsPlan(const Graph& graph, std::vector<Shape> input_shapes, PlanOptions options = {});
  ~StatisticsPlan();
  void run(const Batch& batch);
  // A running statistic, as the runs since the start moved it.
  Tensor statistic(ValueId value) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace alcedo
