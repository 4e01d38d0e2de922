// From the settings of a pruning handle to the groups that leave, and what comes after the cut.
#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/error_codes.h"
#include "pruning/fill.h"
#include "pruning/latency.h"
#include "pruning/pruner_state.h"
#include "pruning/recalibrate.h"
#include "pruning/reconstruct.h"

namespace alcedo {

namespace {

constexpr int64_t kRepairSamples = 256;  // enough for statistics and least squares; more would only cost memory
constexpr int kLatencyTrials = 8;
constexpr double kLatencyAim = 0.975;  // between the limit and 5 % below it
constexpr int64_t kFinestChoice = 4;   // of rounding that nobody asked for
constexpr int kFillTries = 400;        // each costs as much as counting the network's MACs

}  // namespace

bool PrunerState::holds_samples() const {
  if (settings.target == "loss_increase") return true;
  return (settings.recalibrate || settings.reconstruct) && held.samples() < kRepairSamples;
}

void PrunerState::choose(const std::vector<int32_t>& order, const SelectionLimits& limits,
                         PruningResult& result) const {
  const TargetSearch search{coupling, order, limits};
  if (settings.target == "percentage") {
    const double share = settings.percentage_value() / 100.0 * static_cast<double>(prunable_kernels());
    result.asked = std::floor(share + 1e-9);
    result.removed = search.select(static_cast<int64_t>(result.asked));
    return;
  }
  require(settings.target_value >= 0.0, error::kUnsupportedGenValue, "'target' is '", settings.target,
          "', but 'target_value' is not set");
  const double asked = result.asked = settings.target_value;
  if (settings.target == "macs" || settings.target == "params") {
    const bool macs = settings.target == "macs";
    const auto measure = [&](const std::vector<bool>& removed) {
      const Cost now = cost(removed);
      return static_cast<double>(macs ? now.macs : now.params);
    };
    result.removed = search.at_most(measure, asked);
    if (limits.round_to > 1) {
      const auto fits = [&](const std::vector<bool>& removed) { return measure(removed) <= asked; };
      result.removed = fill_up(coupling, order, limits, result.removed, fits, kFillTries);
    }
  } else if (settings.target == "latency_ms") {
    result.removed = choose_by_latency(search, result);
  } else {
    require(!held.empty(), error::kPruningWrongData,
            "no batch was added since 'target' was set to 'loss_increase': its loss is measured on the samples added");
    const double before = held.mean_loss(graph, options);
    result.removed = search.most_within(
        [&](const std::vector<bool>& removed) {
          return held.mean_loss(slice_graph(graph, info, coupling, removed, input_shapes), options) - before;
        },
        asked);
  }
}

// Times the network at a few widths, fits the model to the times of its layers, and lets the model place the trials.
std::vector<bool> PrunerState::choose_by_latency(const TargetSearch& search, PruningResult& result) const {
  std::map<std::vector<bool>, Timing> timed;  // the search asks for the ends again
  const auto time = [&](const std::vector<bool>& removed) -> const Timing& {
    const auto found = timed.find(removed);
    if (found != timed.end()) return found->second;
    return timed[removed] =
               time_network(slice_graph(graph, info, coupling, removed, input_shapes), input_shapes, options);
  };
  const auto work = [&](const std::vector<bool>& removed) { return layer_work(graph, info, coupling, removed); };
  const std::vector<bool> nothing(coupling.groups().size(), false);
  result.latency_ms = time(nothing).ms;
  if (result.latency_ms <= result.asked) return search.select(0);
  if (settings.round_to == 0 && search.limits.round_to > 1 &&
      time(search.select(search.max_kernels())).ms > result.asked) {
    // Rounding was our choice and keeps too much: without it more can leave.
    SelectionLimits finer = search.limits;
    finer.round_to = 1;
    return choose_by_latency(TargetSearch{coupling, search.order, finer}, result);
  }

  LatencyModel model;
  const int64_t all = search.max_kernels();
  for (double share : {0.0, 0.25, 0.5, 0.75, 1.0}) {
    const std::vector<bool> removed = search.select(static_cast<int64_t>(share * static_cast<double>(all)));
    model.add(work(removed), layer_times(graph, time(removed)));
  }
  model.fit();
  const auto predict = [&](const std::vector<bool>& removed) { return model.predict(work(removed)); };
  std::vector<bool> removed = search.at_most_by_model([&](const std::vector<bool>& trial) { return time(trial).ms; },
                                                      predict, result.asked, kLatencyTrials);
  // Rounding makes steps. What the limit still allows comes back as the model, corrected by the last run, says; a run
  // confirms it.
  double aim = kLatencyAim * result.asked;
  for (int trial = 0; trial < kLatencyTrials && time(removed).ms < 0.95 * result.asked; ++trial) {
    const double correction = time(removed).ms / std::max(predict(removed), 1e-9);
    const auto fits = [&](const std::vector<bool>& candidate) { return correction * predict(candidate) <= aim; };
    const std::vector<bool> fuller = fill_up(coupling, search.order, search.limits, removed, fits, kFillTries);
    if (fuller == removed) break;
    if (time(fuller).ms <= result.asked) {
      removed = fuller;
    } else {
      aim = 0.5 * (aim + time(removed).ms);
    }
  }
  if (settings.round_to == 0 && search.limits.round_to > kFinestChoice && time(removed).ms < 0.9 * result.asked) {
    SelectionLimits finer = search.limits;
    finer.round_to /= 2;
    PruningResult other = result;
    const std::vector<bool> closer = choose_by_latency(TargetSearch{coupling, search.order, finer}, other);
    const double ms = time(closer).ms;
    if (ms <= result.asked && ms > time(removed).ms) {
      result.predicted = other.predicted;
      return closer;
    }
  }
  result.predicted = predict(removed);
  return removed;
}

void PrunerState::repair(Graph& pruned, const PruningResult& result) const {
  if (!settings.recalibrate && !settings.reconstruct) return;
  require(!held.empty(), error::kPruningWrongData, "no batch was added since '",
          settings.reconstruct ? "reconstruct" : "recalibrate", "' was set: it needs samples");
  PlanOptions untuned = options;  // many plans that run a few times each
  untuned.autotune = false;
  if (settings.reconstruct) {
    reconstruct({graph, info, KeptIndices(coupling, result.removed)}, held, untuned, pruned);
  }
  if (settings.recalibrate) recalibrate(held, untuned, pruned);
}

double PrunerState::reached(const Graph& pruned, const PruningResult& result) const {
  if (settings.target == "macs") return static_cast<double>(result.after.macs);
  if (settings.target == "params") return static_cast<double>(result.after.params);
  if (settings.target == "latency_ms") return time_network(pruned, input_shapes, options).ms;
  if (settings.target == "loss_increase") return held.mean_loss(pruned, options) - held.mean_loss(graph, options);
  return static_cast<double>(count_kernels(coupling, result.removed));
}

}  // namespace alcedo
