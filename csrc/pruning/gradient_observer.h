// Gradients of the kernels' weights in evaluation mode, by the layers' reference functions: exact and slow. Only the
// criterion that multiplies weights with their gradients needs them; training plans do not help, they run
// BatchNormalization on batch statistics.
#pragma once

#include "pruning/observer.h"

namespace alcedo {

class GradientObserver : public Observer {
 public:
  GradientObserver(const Graph& graph, const Loss& loss, const ObservedNetwork& network,
                   const std::vector<Shape>& input_shapes);
  void reload(const Graph& graph) override { graph_ = graph; }
  Observation observe(const Batch& batch) override;

 private:
  Graph graph_;
  Loss loss_;
  ObservedNetwork network_;
  std::vector<Shape> input_shapes_;
};

}  // namespace alcedo
