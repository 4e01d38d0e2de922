#include "pruning/observer.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/error_codes.h"
#include "base/parallel.h"
#include "pruning/gradient_observer.h"
#include "pruning/hidden_units.h"

namespace alcedo {

namespace {

// The convolutions that can lose kernels, with their feature maps in plan order.
struct ScoredMaps {
  std::vector<int32_t> convolutions;
  std::vector<ValueId> values;
  std::vector<MapAxes> axes;

  explicit ScoredMaps(const ObservedNetwork& network) {
    for (int32_t c = 0; c < static_cast<int32_t>(network.coupling.convolutions().size()); ++c) {
      if (!network.coupling.convolutions()[c].prunable || network.maps[c].value == kNone) continue;
      convolutions.push_back(c);
      values.push_back(network.maps[c].value);
      axes.push_back(network.maps[c].axes);
    }
  }
};

std::vector<int64_t> positions_of(const ObservedNetwork& network) {
  std::vector<int64_t> positions;
  for (const FeatureMap& map : network.maps) positions.push_back(map.positions);
  return positions;
}

std::vector<int64_t> labels_of(const Batch& batch) {
  const size_t num = std::min<size_t>(batch.labels.size(), static_cast<size_t>(batch.num));
  return {batch.labels.begin(), batch.labels.begin() + static_cast<int64_t>(num)};
}

class TaylorObserver : public Observer {
 public:
  TaylorObserver(const Graph& graph, const Loss& loss, const ObservedNetwork& network,
                 const std::vector<Shape>& input_shapes, const PlanOptions& options)
      : network_(network), maps_(network), plan_(graph, input_shapes, loss, maps_.values, options, maps_.axes) {}

  void reload(const Graph& graph) override { plan_.reload(graph); }

  Observation observe(const Batch& batch) override {
    Observation seen;
    seen.num = batch.num;
    seen.labels = labels_of(batch);
    seen.positions = positions_of(network_);
    seen.taylor.resize(network_.coupling.convolutions().size());
    const std::vector<std::vector<float>>& scores = plan_.run(batch);
    for (size_t i = 0; i < maps_.values.size(); ++i) seen.taylor[maps_.convolutions[i]] = scores[i];
    return seen;
  }

 private:
  ObservedNetwork network_;
  ScoredMaps maps_;
  ScoringPlan plan_;
};

class ActivationObserver : public Observer {
 public:
  ActivationObserver(const Graph& graph, const ObservedNetwork& network, const std::vector<Shape>& input_shapes,
                     const PlanOptions& options)
      : network_(network), maps_(network), plan_(graph, input_shapes, maps_.values, options) {}

  void reload(const Graph& graph) override { plan_.reload(graph); }

  Observation observe(const Batch& batch) override {
    Observation seen;
    seen.num = batch.num;
    seen.labels = labels_of(batch);
    seen.positions = positions_of(network_);
    const size_t convolutions = network_.coupling.convolutions().size();
    seen.mean.resize(convolutions);
    seen.deviation.resize(convolutions);
    seen.nonzero.resize(convolutions);
    const std::vector<Tensor>& results = plan_.run(batch);
    for (size_t i = 0; i < maps_.values.size(); ++i) {
      add_statistics(maps_.convolutions[i], channels_first(results[i], maps_.axes[i]), seen);
    }
    return seen;
  }

 private:
  // As [N,C,positions].
  static Tensor channels_first(const Tensor& map, const MapAxes& axes) {
    if (axes.samples == 0 && axes.channels == 1) return map;
    const int64_t samples = map.dim(axes.samples), channels = map.dim(axes.channels);
    const int64_t positions = map.size() / std::max<int64_t>(samples * channels, 1);
    Tensor result(DType::f32, {samples, channels, positions});
    int64_t run = 1;  // elements of one sample and channel that lie together
    for (int axis = std::max(axes.samples, axes.channels) + 1; axis < map.rank(); ++axis) run *= map.dim(axis);
    std::vector<int64_t> seen(static_cast<size_t>(samples * channels), 0);
    for (int64_t i = 0; i < map.size(); i += run) {
      int64_t rest = i, sample = 0, channel = 0;
      for (int axis = map.rank(); axis-- > 0; rest /= map.dim(axis)) {
        if (axis == axes.samples) sample = rest % map.dim(axis);
        if (axis == axes.channels) channel = rest % map.dim(axis);
      }
      const int64_t row = sample * channels + channel;
      std::copy_n(map.data<float>() + i, run, result.data<float>() + row * positions + seen[row]);
      seen[row] += run;
    }
    return result;
  }

  static void add_statistics(int32_t c, const Tensor& map, Observation& seen) {
    const int64_t rows = seen.num * map.dim(1), n = num_elements(map.shape()) / (map.dim(0) * map.dim(1));
    seen.mean[c].resize(rows);
    seen.deviation[c].resize(rows);
    seen.nonzero[c].resize(rows);
    const float* values = map.data<float>();
    parallel_for(rows, 64, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        const float* v = values + row * n;
        double sum = 0.0, square = 0.0;
        int64_t nonzero = 0;
        for (int64_t i = 0; i < n; ++i) {
          sum += v[i];
          nonzero += v[i] != 0.0F;
        }
        const double mean = sum / static_cast<double>(n);
        for (int64_t i = 0; i < n; ++i) square += (v[i] - mean) * (v[i] - mean);
        seen.mean[c][row] = static_cast<float>(mean);
        seen.deviation[c][row] = static_cast<float>(std::sqrt(square / static_cast<double>(n)));
        seen.nonzero[c][row] = static_cast<float>(nonzero) / static_cast<float>(n);
      }
    });
  }

  ObservedNetwork network_;
  ScoredMaps maps_;
  InferencePlan plan_;
};

class AblationObserver : public Observer {
 public:
  AblationObserver(const Graph& graph, const Loss& loss, const ObservedNetwork& network,
                   const std::vector<Shape>& input_shapes, const PlanOptions& options)
      : graph_(graph), network_(network), plan_(graph, input_shapes, loss, options) {
    const std::vector<std::vector<ChannelIndex>> points = find_ablation_points(graph, network.coupling, network.info);
    for (int32_t g = 0; g < static_cast<int32_t>(points.size()); ++g) {
      AblationPlan::Channels own = channels(g, points[g]);
      if (has_hidden_units(graph, network.coupling, g)) hidden_units_.emplace_back(g, std::exchange(own, {}));
      channels_.push_back(std::move(own));
    }
  }

  void reload(const Graph& graph) override {
    graph_ = graph;
    plan_.reload(graph);
  }

  Observation observe(const Batch& batch) override {
    Observation seen;
    seen.num = batch.num;
    const std::vector<float> before = plan_.load(batch);
    std::vector<std::vector<float>> losses = plan_.ablate(channels_);
    for (const auto& [group, channels] : hidden_units_) losses[group] = losses_without(group, channels, batch);
    if (!hidden_units_.empty()) plan_.reload(graph_);
    for (const std::vector<float>& without : losses) {
      std::vector<float> change(batch.num);
      for (int64_t s = 0; s < batch.num; ++s) change[s] = without[s] - before[s];
      seen.loss_change.push_back(std::move(change));
    }
    return seen;
  }

 private:
  // A forward pass of its own: hidden units are missing inside their layer, too.
  std::vector<float> losses_without(int32_t group, const AblationPlan::Channels& channels, const Batch& batch) {
    std::vector<bool> removed(network_.coupling.groups().size(), false);
    removed[group] = true;
    plan_.reload(without_hidden_units(graph_, network_.coupling, removed));
    plan_.load(batch);
    return plan_.ablate({channels})[0];
  }

  // Plans zero channels behind the samples. Where the group is mixed on the first axis, every value that has it on
  // another axis is zeroed instead.
  AblationPlan::Channels channels(int32_t group, const std::vector<ChannelIndex>& points) const {
    const auto behind_samples = [](const ChannelIndex& c) { return c.axis >= 1; };
    AblationPlan::Channels result;
    if (std::all_of(points.begin(), points.end(), behind_samples)) {
      for (const ChannelIndex& c : points) result.push_back({c.value, c.index, c.axis});
      return result;
    }
    for (const ChannelIndex& c : network_.coupling.groups()[group].channels) {
      if (behind_samples(c) && !network_.info[c.value].known()) result.push_back({c.value, c.index, c.axis});
    }
    return result;
  }

  Graph graph_;
  ObservedNetwork network_;
  AblationPlan plan_;
  std::vector<AblationPlan::Channels> channels_;  // per group; none: of hidden units
  std::vector<std::pair<int32_t, AblationPlan::Channels>> hidden_units_;
};

}  // namespace

std::unique_ptr<Observer> make_observer(Evidence evidence, const Graph& graph, const Loss& loss,
                                        const ObservedNetwork& network, const std::vector<Shape>& input_shapes,
                                        const PlanOptions& options) {
  switch (evidence) {
    case Evidence::taylor:
      return std::make_unique<TaylorObserver>(graph, loss, network, input_shapes, options);
    case Evidence::activation:
      return std::make_unique<ActivationObserver>(graph, network, input_shapes, options);
    case Evidence::ablation:
      return std::make_unique<AblationObserver>(graph, loss, network, input_shapes, options);
    case Evidence::gradient:
      return std::make_unique<GradientObserver>(graph, loss, network, input_shapes);
    default:
      fail(error::kInternal, "there is no observer for this criterion");
  }
}

}  // namespace alcedo
