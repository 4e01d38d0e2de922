#include "pruning/pruner.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "base/error_codes.h"
#include "pruning/observer.h"
#include "pruning/pruner_state.h"
#include "pruning/report.h"
#include "pruning/slicing.h"

namespace alcedo {

struct Pruner::Impl : PrunerState {
  using PrunerState::PrunerState;
};

Pruner::Pruner(const Graph& graph, std::vector<Shape> input_shapes)
    : impl_(std::make_unique<Impl>(graph, std::move(input_shapes))) {
  if (!impl_->coupling.groups().empty()) return;
  std::string reasons;
  for (const Convolution& convolution : impl_->coupling.convolutions()) {
    reasons += text(reasons.empty() ? " " : "; ", graph.nodes[convolution.node].name, ": ", convolution.reason);
  }
  fail(error::kPruningUnsupported, "no convolution of the model can be pruned.",
       reasons.empty() ? " It has none" : reasons);
}

Pruner::~Pruner() = default;

void Pruner::check_fits(const Graph& graph) const {
  const std::vector<std::string> now = layer_signatures(graph), then = impl_->signatures;
  for (size_t i = 0; i < std::min(now.size(), then.size()); ++i) {
    require(now[i] == then[i], error::kPruningWrongData, "the pruning data belongs to another model: it was made for ",
            then[i], ", the model has ", now[i]);
  }
  require(now.size() == then.size(), error::kPruningWrongData,
          "the pruning data belongs to another model: it was made ", "for ", then.size(), " layers, the model has ",
          now.size());
}

void Pruner::take_size(const Graph& graph, const std::vector<Shape>& input_shapes) {
  const auto without_batch = [](std::vector<Shape> shapes) {
    for (Shape& shape : shapes) {
      if (!shape.empty()) shape.erase(shape.begin());
    }
    return shapes;
  };
  const std::vector<Shape> now = without_batch(input_shapes), then = without_batch(impl_->input_shapes);
  for (size_t i = 0; i < std::min(now.size(), then.size()); ++i) {
    require(now[i] == then[i] || impl_->samples == 0, error::kPruningWrongData, "the samples were scored with input '",
            graph.values[graph.inputs[i]].name, "' of ", to_string(then[i]), " per sample, the model has ",
            to_string(now[i]), " now");
  }
  if (now == then) return;
  auto fresh = std::make_unique<Impl>(graph, input_shapes);
  fresh->settings = impl_->settings;
  fresh->options = impl_->options;
  impl_ = std::move(fresh);
}

void Pruner::add_batch(const Graph& graph, const Loss& loss, const Batch& batch, std::vector<Shape> input_shapes,
                       uint64_t weights_version) {
  impl_->graph = graph;
  impl_->add(graph, loss, batch, input_shapes, weights_version);
}

Pruner::Mark Pruner::mark() const {
  auto scores = std::make_shared<PrunerScores>(static_cast<const PrunerScores&>(*impl_));
  for (auto& entry : scores->gradient) entry.second = entry.second.clone();
  return scores;
}

void Pruner::go_back(const Mark& mark) { static_cast<PrunerScores&>(*impl_) = *mark; }

Graph Pruner::generate(const Graph& graph) {
  check_fits(graph);
  impl_->graph = graph;
  PrunerState& state = *impl_;
  const SelectionLimits limits = state.limits();
  const std::vector<int32_t> order = state.order();
  PruningResult result;
  state.choose(order, limits, result);
  result.before = state.cost({});
  result.after = state.cost(result.removed);
  Graph pruned = slice_graph(graph, state.info, state.coupling, result.removed, state.input_shapes).clone();
  state.repair(pruned, result);
  result.reached = state.reached(pruned, result);
  result.kernels = count_kernels(state.coupling, result.removed);
  state.result = std::move(result);
  return pruned;
}

void Pruner::set(const std::string& name, const PruningValue& value) {
  PruningSettings changed = impl_->settings;
  set_pruning_setting(changed, name, value);
  if (name == "exclude_layers") impl_->check_layers(name, changed.exclude_layers);
  if (name == "include_layers") impl_->check_layers(name, changed.include_layers);
  if (name == "min_kernels") impl_->check_floors(changed.min_kernels);
  const bool drops_scores = changed.mode != impl_->settings.mode || changed.criterion != impl_->settings.criterion ||
                            changed.precision != impl_->settings.precision || changed.loss != impl_->settings.loss;
  impl_->settings = std::move(changed);
  if (drops_scores) impl_->forget_scores();
}

PruningValue Pruner::get(const std::string& name) const {
  PruningValue value;
  if (get_pruning_setting(impl_->settings, name, value)) return value;
  return read_out(*impl_, name);
}

void Pruner::set_plan_options(const PlanOptions& options) {
  impl_->options = options;
  impl_->observer.reset();
  impl_->own_targets.forget();
}

}  // namespace alcedo
