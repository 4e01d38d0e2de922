// The inside of a pruning handle, shared by what works on it: scores, choice of groups, read-outs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/plan.h"
#include "graph/graph.h"
#include "pruning/coupling.h"
#include "pruning/feature_map.h"
#include "pruning/importance.h"
#include "pruning/measure.h"
#include "pruning/observer.h"
#include "pruning/own_targets.h"
#include "pruning/parameters.h"
#include "pruning/selection.h"
#include "pruning/slicing.h"
#include "pruning/target.h"

namespace alcedo {

// What the last generate() did.
struct PruningResult {
  std::vector<bool> removed;  // per group
  int64_t kernels = 0;        // removed
  double asked = 0.0;         // in the unit of the target; kernels for 'percentage'
  double reached = 0.0;
  double predicted = -1.0;   // 'latency_ms': by the cost model; -1: none
  double latency_ms = -1.0;  // 'latency_ms': before pruning
  Cost before, after;
};

// Name, type and weight shapes of every layer: what a model must have in common with the pruning data.
std::vector<std::string> layer_signatures(const Graph& graph);

// What the samples have shown.
struct PrunerScores {
  std::vector<GroupSum> sums;  // per group
  Gradients gradient;
  std::vector<int64_t> labels;
  int64_t samples = 0;
  HeldSamples held;
};

struct PrunerState : PrunerScores {
  PrunerState(const Graph& graph, std::vector<Shape> input_shapes);

  // Runs the samples and adds what they show to the sums. A distance without targets: from the network's own outputs.
  void add(const Graph& graph, Loss loss, Batch batch, const std::vector<Shape>& shapes, uint64_t weights_version);
  void check_layers(const std::string& setting, const std::vector<std::string>& patterns) const;
  void check_floors(const std::vector<int64_t>& min_kernels) const;
  void check_finite(const Graph& scored, const Observation& seen) const;
  void check_weights() const;
  void observe(const Graph& graph, const Loss& loss, const Batch& batch, const std::vector<Shape>& shapes,
               uint64_t weights_version);
  void forget_scores();

  const Criterion& criterion() const { return *find_criterion(settings.criterion); }
  bool has_scores() const { return criterion().evidence == Evidence::none || samples > 0; }
  // Per group, as the criterion gives them: its scores, or what the loss suffers. Throws 7980 if samples are missing.
  std::vector<double> raw_scores(bool as_change) const;
  // Per group, normalized, with the price of the regularization; high ones stay.
  std::vector<double> scores() const;
  // Per set: what one of its groups costs alone, in percent of the network's MACs or parameters.
  std::vector<double> prices(bool params) const;
  // Importance per unit of what the target counts.
  std::vector<double> worth_per_cost() const;
  // Groups, the least important first.
  std::vector<int32_t> order() const;

  // False for kernels of which the criterion sees nothing (feature maps of windows).
  bool can_be_scored(int32_t convolution) const;
  SelectionLimits limits() const;
  // What the settings let go in all, whatever the scores.
  int64_t prunable_kernels() const;
  bool holds_samples() const;  // something set needs samples after the scoring
  // Why no kernel of the convolution can leave under the settings; empty if one can. `none`: nothing removed yet.
  std::string why_not(int32_t convolution, const SelectionLimits& limits, const Removal& none) const;

  // MACs of one sample, parameters.
  Cost cost(const std::vector<bool>& removed) const;
  // Fills in `removed` and what the search found out.
  void choose(const std::vector<int32_t>& order, const SelectionLimits& limits, PruningResult& result) const;
  // Reconstruction and recalibration, if they are set.
  void repair(Graph& pruned, const PruningResult& result) const;
  // What the pruned graph has of the target's quantity.
  double reached(const Graph& sliced, const PruningResult& result) const;
  std::vector<bool> choose_by_latency(const TargetSearch& search, PruningResult& result) const;

  Graph graph;  // shares its constants with the model's graph
  std::vector<Shape> input_shapes;
  std::vector<std::string> signatures;
  std::vector<TensorInfo> info;
  Coupling coupling;
  std::vector<FeatureMap> maps;

  PruningSettings settings;
  PlanOptions options;

  OwnTargets own_targets;

  std::unique_ptr<Observer> observer;
  Evidence observer_evidence = Evidence::none;
  std::vector<Shape> observer_shapes;
  uint64_t observer_version = 0;

  std::optional<PruningResult> result;
};

}  // namespace alcedo
