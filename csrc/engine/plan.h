// Plans: a network made ready for one purpose, batch size and device. Built once, run many times; nothing is
// allocated in a steady step. A plan copies the weights it needs (in its own memory formats); reload() takes the
// graph's weights again after they changed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/batch.h"
#include "engine/optimizer.h"
#include "graph/graph.h"
#include "tensor/tensor.h"

namespace alcedo {

struct PlanOptions {
  bool bf16 = false;       // bfloat16 storage and multiplication where the CPU has it
  bool reference = false;  // reference kernels only (tests)
  bool autotune = true;    // choose kernels by timing at build
  // Training: weights are updated while the backward pass runs, by step() alone; no gradient is kept.
  bool update_in_backward = false;
};

struct StepTime {
  std::string label;  // operator type and name of the layer, and what was fused with it
  double ms;          // of the last run
};

// Forward in evaluation mode: BatchNormalization folded, activations fused.
class InferencePlan {
 public:
  // `outputs`: values to deliver (any value of the graph), in this order.
  InferencePlan(const Graph& graph, std::vector<Shape> input_shapes, std::vector<ValueId> outputs,
                PlanOptions options = {});
  ~InferencePlan();
  void reload(const Graph& graph);
  // Results: dense float32 (or the value's own integer type), full batch; valid until the next run.
  const std::vector<Tensor>& run(const Batch& batch);
  std::vector<StepTime> times() const;
  std::string log() const;  // one line per step: layer, kernel, formats, ms of the last run
 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Forward, loss, backward and update. Weights live in the plan while it trains; store() writes them, the running
// statistics and the optimizer's state back to the graph and the optimizer (in the graph's plain layout).
class TrainingPlan {
 public:
  TrainingPlan(const Graph& graph, std::vector<Shape> input_shapes, Loss loss, PlanOptions options = {});
  ~TrainingPlan();
  void reload(const Graph& graph, const Optimizer& optimizer);
  // Mean loss over the batch's samples (weighted mean if weights are given), and the gradients of all trainable
  // parameters, accumulated over calls until update(). Running statistics move.
  double forward_backward(const Batch& batch, uint64_t seed);
  // Applies the optimizer to the mean of the gradients accumulated since the last update.
  void update(Optimizer& optimizer);
  // Forgets these gradients; running statistics are again what they were.
  void discard();
  // Both in one. A loss that is not finite is returned and changes nothing.
  double step(const Batch& batch, uint64_t seed, Optimizer& optimizer);
  // Frees the trained weights of the graph and the optimizer's state, which live here until store(): the graph's
  // tensors become placeholders in this plan's memory with no meaning of their own.
  void take(Graph& graph, Optimizer& optimizer) const;
  void store(Graph& graph, Optimizer& optimizer) const;
  Tensor gradient(ValueId parameter) const;  // accumulated, plain layout
  std::vector<ValueId> parameters() const;   // trainable values
  std::string log() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Where a feature map [N,C,...] or [N,...,C] has its channels; states of hidden units have the samples elsewhere, too.
struct MapAxes {
  int channels = 1, samples = 0;
};

// Taylor scores: evaluation mode, no weight gradients, backward only as far as the feature maps need.
class ScoringPlan {
 public:
  ScoringPlan(const Graph& graph, std::vector<Shape> input_shapes, Loss loss, std::vector<ValueId> feature_maps,
              PlanOptions options = {}, std::vector<MapAxes> axes = {});
  ~ScoringPlan();
  void reload(const Graph& graph);
  // Per feature map: signed mean over space of z * dC/dz, [num, C] row-major; C is each sample's own loss (not divided
  // by the batch size). Order as `feature_maps`; `axes`: one per map, or none. Maps of hidden units are the first
  // result of their LSTM or GRU; what the units feed back counts, too: the mean is over steps and directions.
  const std::vector<std::vector<float>>& run(const Batch& batch);
  const std::vector<float>& losses() const;  // per sample, of the last run
  std::string log() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// A channel of a value [N,C,...] or (axis 2 and more) [N,...,C].
struct ChannelRef {
  ValueId value;
  int64_t channel;
  int axis = 1;
};

// Exact oracle: one forward pass, then many ablations behind one another in the batch dimension. An ablation takes the
// untouched values from the first pass, has its first convolution as the first pass's output minus what the missing
// channels contribute, and leaves out samples in which the channels are zero anyway.
class AblationPlan {
 public:
  using Channels = std::vector<ChannelRef>;
  AblationPlan(const Graph& graph, std::vector<Shape> input_shapes, Loss loss, PlanOptions options = {});
  ~AblationPlan();
  void reload(const Graph& graph);
  const std::vector<float>& load(const Batch& batch);  // loss per sample with nothing removed
  // Per ablation the loss per sample (num values) with these channels' values set to zero.
  std::vector<std::vector<float>> ablate(const std::vector<Channels>& ablations);
  std::string log() const;  // what the last ablate() ran

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace alcedo
