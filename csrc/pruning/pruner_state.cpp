#include "pruning/pruner_state.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "base/error_codes.h"
#include "base/finite.h"
#include "layers/infer.h"
#include "pruning/hidden_units.h"
#include "pruning/kernel_weights.h"

namespace alcedo {

std::vector<std::string> layer_signatures(const Graph& graph) {
  std::vector<std::string> signatures;
  for (const Node& node : graph.nodes) {
    std::string signature = text(node.op_type, " '", node.name, "'");
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      if (node.inputs[i] == kNone || !graph.values[node.inputs[i]].is_constant()) continue;
      const InputRole role = input_role(node, i);
      if (role != InputRole::weight && role != InputRole::bias) continue;
      signature += " " + to_string(graph.values[node.inputs[i]].constant.shape());
    }
    signatures.push_back(std::move(signature));
  }
  return signatures;
}

PrunerState::PrunerState(const Graph& the_graph, std::vector<Shape> shapes)
    : graph(the_graph),
      input_shapes(std::move(shapes)),
      signatures(layer_signatures(graph)),
      info(infer_known(graph, input_shapes)),
      coupling(graph, info),
      maps(find_feature_maps(graph, coupling, info, input_shapes)) {
  forget_scores();
}

void PrunerState::add(const Graph& scored, Loss loss, Batch batch, const std::vector<Shape>& shapes,
                      uint64_t weights_version) {
  const Evidence evidence = criterion().evidence;
  const bool with_loss =
      (evidence != Evidence::none && evidence != Evidence::activation) || settings.target == "loss_increase";
  const bool own = loss.needs_targets() && batch.targets.empty() && with_loss;
  if (own) {
    own_targets.run(scored, loss, batch, shapes, weights_version, options);
    loss.scales = own_targets.scales();
    batch.targets = own_targets.exact();
  }
  const Batch exact = batch;
  if (own && (evidence == Evidence::taylor || evidence == Evidence::gradient)) {
    batch.targets = own_targets.displaced(samples);
  }
  observe(scored, loss, batch, shapes, weights_version);
  if (holds_samples()) held.add(scored, loss, exact, shapes);
}

void PrunerState::check_layers(const std::string& setting, const std::vector<std::string>& patterns) const {
  for (const std::string& pattern : patterns) {
    const bool found = std::any_of(graph.nodes.begin(), graph.nodes.end(),
                                   [&](const Node& node) { return matches_any({pattern}, node.name); });
    require(found, error::kUnsupportedGenValue, "'", setting, "' is '", pattern,
            "', which no layer of the model is called");
  }
}

void PrunerState::check_floors(const std::vector<int64_t>& min_kernels) const {
  const size_t num = coupling.convolutions().size();
  require(min_kernels.size() == 1 || min_kernels.size() == num, error::kUnsupportedGenValue,
          "parameter 'min_kernels': found ", min_kernels.size(), " integers, wanted one or one for each of the ", num,
          " layers of the report");
}

// A score that is no number would keep its kernel for ever, without a trace of why.
void PrunerState::check_finite(const Graph& scored, const Observation& seen) const {
  const auto check = [&](const char* what, size_t convolution, const float* values, size_t size) {
    const float* bad = find_not_finite(values, static_cast<int64_t>(size));
    if (!bad) return;
    fail(error::kInferenceFailed, what, " of '", scored.nodes[coupling.convolutions()[convolution].node].name,
         "' became ", *bad,
         ", wanted finite numbers: the network's weights or its values for these samples are out of range");
  };
  for (size_t c = 0; c < seen.taylor.size(); ++c) check("the score", c, seen.taylor[c].data(), seen.taylor[c].size());
  for (size_t c = 0; c < seen.mean.size(); ++c) check("the feature maps", c, seen.mean[c].data(), seen.mean[c].size());
  for (size_t c = 0; c < coupling.convolutions().size(); ++c) {
    for (const KernelWeights& weights : coupling.convolutions()[c].weights) {
      const auto found = seen.gradient.find(weights.value);
      if (found == seen.gradient.end()) continue;
      check("the gradient", c, found->second.data<float>(), static_cast<size_t>(found->second.size()));
    }
  }
  for (size_t g = 0; g < seen.loss_change.size(); ++g) {
    const auto convolution = static_cast<size_t>(coupling.groups()[g].kernels.at(0).convolution);
    check("the loss without kernels", convolution, seen.loss_change[g].data(), seen.loss_change[g].size());
  }
}

// The same for criteria that see weights only.
void PrunerState::check_weights() const {
  for (const Convolution& convolution : coupling.convolutions()) {
    if (!convolution.prunable) continue;
    for (const KernelWeights& kernels : convolution.weights) {
      const Tensor& weights = tensor_of(graph, kernels);
      if (!weights.defined()) continue;
      const Tensor floats = weights.dtype() == DType::f32 ? weights : weights.cast(DType::f32);
      const float* bad = find_not_finite(floats.data<float>(), floats.size());
      require(bad == nullptr, error::kInferenceFailed, "the weights of '", graph.nodes[convolution.node].name,
              "' contain ", bad ? *bad : 0.F, ", wanted finite numbers: criterion '", settings.criterion,
              "' cannot score them");
    }
  }
}

void PrunerState::observe(const Graph& scored, const Loss& loss, const Batch& batch, const std::vector<Shape>& shapes,
                          uint64_t weights_version) {
  const Criterion& how = criterion();
  if (how.evidence == Evidence::none) {
    samples += batch.num;
    return;
  }
  if (!observer || observer_evidence != how.evidence || observer_shapes != shapes) {
    observer.reset();
    PlanOptions scoring = options;
    scoring.bf16 = settings.precision == "bfloat16";
    observer = make_observer(how.evidence, scored, loss, {coupling, maps, info}, shapes, scoring);
    observer_evidence = how.evidence;
    observer_shapes = shapes;
  } else if (observer_version != weights_version) {
    observer->reload(scored);
  }
  observer_version = weights_version;

  const Observation seen = observer->observe(batch);
  check_finite(scored, seen);
  std::vector<GroupSum> next = sums;
  if (how.add != nullptr) {
    for (size_t g = 0; g < next.size(); ++g) how.add(coupling, seen, static_cast<int32_t>(g), next[g]);
  }
  sums = std::move(next);
  for (const auto& [value, tensor] : seen.gradient) {
    Tensor& sum = gradient[value];
    if (!sum.defined()) sum = Tensor(DType::f32, tensor.shape());
    for (int64_t i = 0; i < sum.size(); ++i) sum.data<float>()[i] += tensor.data<float>()[i];
  }
  labels.insert(labels.end(), seen.labels.begin(), seen.labels.end());
  samples += seen.num;
}

void PrunerState::forget_scores() {
  sums.assign(coupling.groups().size(), {});
  gradient.clear();
  labels.clear();
  held.clear();
  own_targets.forget();
  samples = 0;
  observer.reset();
}

std::vector<double> PrunerState::raw_scores(bool as_change) const {
  require(has_scores(), error::kPruningWrongData, "no batch was added: criterion '", settings.criterion,
          "' needs samples, add_dl_pruning_batch provides them");
  const ScoreSource source{
      graph, coupling, maps, gradient, labels, samples, static_cast<uint64_t>(settings.random_seed)};
  if (criterion().evidence == Evidence::none && settings.criterion != "random") check_weights();
  const auto how = as_change ? criterion().change : criterion().score;
  std::vector<double> scores;
  for (size_t g = 0; g < sums.size(); ++g) {
    const double score = how(source, static_cast<int32_t>(g), sums[g]);
    require(!std::isnan(score), error::kInferenceFailed, "the score of '",
            graph.nodes[coupling.convolutions()[coupling.groups()[g].kernels.at(0).convolution].node].name,
            "' became NaN, wanted numbers: the network's weights or its values are out of range");
    scores.push_back(score);
  }
  return scores;
}

std::vector<double> PrunerState::scores() const {
  std::vector<double> scores = raw_scores(false);
  normalize_scores(coupling, settings.normalization, scores);
  if (settings.flops_regularization > 0.0) {
    const std::vector<double> price = prices(false);
    for (size_t g = 0; g < scores.size(); ++g) {
      scores[g] -= settings.flops_regularization * price[coupling.groups()[g].set];
    }
  }
  return scores;
}

std::vector<double> PrunerState::prices(bool params) const {
  const auto amount = [params](const Cost& cost) { return static_cast<double>(params ? cost.params : cost.macs); };
  const double all = amount(cost({}));
  std::vector<double> price(coupling.set_num(), -1.0);
  for (size_t g = 0; g < coupling.groups().size(); ++g) {
    double& own = price[coupling.groups()[g].set];
    if (own >= 0.0) continue;
    std::vector<bool> removed(coupling.groups().size());
    removed[g] = true;
    own = 100.0 * (all - amount(cost(removed))) / std::max(all, 1.0);
  }
  return price;
}

std::vector<double> PrunerState::worth_per_cost() const {
  std::vector<double> key = criterion().change != nullptr ? raw_scores(true) : scores();
  const std::vector<double> price = prices(settings.target == "params");
  // What saves nothing leaves last.
  for (size_t g = 0; g < key.size(); ++g) key[g] /= std::max(price[coupling.groups()[g].set], 1e-9);
  return key;
}

std::vector<int32_t> PrunerState::order() const {
  const std::string ranking = settings.effective_ranking();
  std::vector<double> key = ranking == "cost" ? worth_per_cost() : scores();
  std::vector<int32_t> order(key.size());
  std::iota(order.begin(), order.end(), 0);
  const auto by_key = [&](int32_t a, int32_t b) { return key[a] < key[b]; };
  std::stable_sort(order.begin(), order.end(), by_key);
  if (ranking == "local") {
    // Every set gives the same share: order by the place within the set.
    std::vector<double> size(coupling.set_num(), 0.0), place(coupling.set_num(), 0.0);
    for (const ChannelGroup& group : coupling.groups()) size[group.set] += 1.0;
    for (int32_t g : order) {
      const int32_t set = coupling.groups()[g].set;
      key[g] = (place[set] += 1.0) / size[set];
    }
    std::stable_sort(order.begin(), order.end(), by_key);
  }
  return order;
}

bool PrunerState::can_be_scored(int32_t convolution) const {
  const Evidence evidence = criterion().evidence;
  if (evidence == Evidence::none || evidence == Evidence::gradient) return true;
  if (evidence == Evidence::ablation && maps[convolution].hidden_units) {
    return hidden_units_are_known(graph, graph.nodes[coupling.convolutions()[convolution].node]);
  }
  return maps[convolution].value != kNone;
}

SelectionLimits PrunerState::limits() const {
  SelectionLimits limits;
  limits.round_to = settings.effective_round_to();
  std::vector<bool> stays;
  for (const Convolution& convolution : coupling.convolutions()) {
    const std::string& name = graph.nodes[convolution.node].name;
    const bool included = settings.include_layers.empty() || matches_any(settings.include_layers, name);
    const bool unseen = !can_be_scored(static_cast<int32_t>(stays.size()));
    stays.push_back(!included || unseen || matches_any(settings.exclude_layers, name));
    const double most = static_cast<double>(convolution.kernel_num) * settings.max_layer_percentage / 100.0;
    const int64_t may_go = static_cast<int64_t>(std::floor(most + 1e-9));
    const std::vector<int64_t>& floors = settings.min_kernels;
    const int64_t floor = floors[floors.size() == 1 ? 0 : limits.min_kernels.size()];
    limits.min_kernels.push_back(
        std::max<int64_t>({1, convolution.kernel_num - may_go, std::min(floor, convolution.kernel_num)}));
  }
  for (const ChannelGroup& group : coupling.groups()) {
    limits.locked.push_back(std::any_of(group.kernels.begin(), group.kernels.end(),
                                        [&](const KernelRef& kernel) { return stays[kernel.convolution]; }));
  }
  return limits;
}

int64_t PrunerState::prunable_kernels() const {
  std::vector<int32_t> order(coupling.groups().size());
  std::iota(order.begin(), order.end(), 0);
  return count_kernels(coupling, select_groups(coupling, order, limits(), std::numeric_limits<int64_t>::max()));
}

std::string PrunerState::why_not(int32_t c, const SelectionLimits& limits, const Removal& none) const {
  const Convolution& convolution = coupling.convolutions()[c];
  if (!convolution.prunable) return convolution.reason;
  const std::string& name = graph.nodes[convolution.node].name;
  if (matches_any(settings.exclude_layers, name)) return "excluded by 'exclude_layers'";
  if (!settings.include_layers.empty() && !matches_any(settings.include_layers, name)) {
    return "not among 'include_layers'";
  }
  if (!can_be_scored(c)) {
    if (criterion().evidence == Evidence::ablation && maps[c].hidden_units) {
      return text("criterion '", settings.criterion,
                  "' needs hidden units whose weights and initial states are constants");
    }
    return text("criterion '", settings.criterion,
                "' sees no feature maps of windows and other values without a row per sample, those of weights do");
  }
  std::string partner;
  for (int32_t group : convolution.group_of_kernel) {
    if (group == kNone) continue;
    if (none.fits(group)) return "";
    if (!limits.locked[group] || !partner.empty()) continue;
    for (const KernelRef& kernel : coupling.groups()[group].kernels) {
      const std::string& other = graph.nodes[coupling.convolutions()[kernel.convolution].node].name;
      const bool included = settings.include_layers.empty() || matches_any(settings.include_layers, other);
      if (!included || matches_any(settings.exclude_layers, other)) partner = other;
    }
  }
  if (!partner.empty()) return text("its kernels leave only together with those of '", partner, "', which is excluded");
  return "'min_kernels' or 'max_layer_percentage' keep all its kernels";
}

Cost PrunerState::cost(const std::vector<bool>& removed) const {
  Cost cost = cost_without(graph, info, coupling, removed);
  if (!input_shapes.empty() && !input_shapes[0].empty()) cost.macs /= std::max<int64_t>(input_shapes[0][0], 1);
  return cost;
}

}  // namespace alcedo
