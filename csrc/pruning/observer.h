// Runs a network on samples and collects what a criterion has to see. Plans are built once and used again.
#pragma once

#include <memory>
#include <vector>

#include "engine/batch.h"
#include "engine/plan.h"
#include "pruning/feature_map.h"
#include "pruning/importance.h"

namespace alcedo {

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void reload(const Graph& graph) = 0;  // weights changed
  virtual Observation observe(const Batch& batch) = 0;
};

// Everything that stays the same while a network is scored.
struct ObservedNetwork {
  const Coupling& coupling;
  const std::vector<FeatureMap>& maps;
  const std::vector<TensorInfo>& info;
};

// An observer for `evidence` (not none). `input_shapes` carry the batch size.
std::unique_ptr<Observer> make_observer(Evidence evidence, const Graph& graph, const Loss& loss,
                                        const ObservedNetwork& network, const std::vector<Shape>& input_shapes,
                                        const PlanOptions& options);

}  // namespace alcedo
