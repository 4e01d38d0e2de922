#include "pruning/report.h"

#include <cmath>
#include <cstdio>

namespace alcedo {

namespace {

std::string quoted(const std::string& string) {
  std::string result = "\"";
  for (char c : string) {
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char code[8];
      std::snprintf(code, sizeof code, "\\u%04x", c);
      result += code;
    } else {
      result += c;
    }
  }
  return result + "\"";
}

std::string number(double value) {
  if (!std::isfinite(value)) return "null";
  char digits[32];
  std::snprintf(digits, sizeof digits, "%.17g", value);
  double read = 0.0;
  for (int precision = 6; precision < 17; ++precision) {  // the shortest that reads back as the same number
    char shorter[32];
    std::snprintf(shorter, sizeof shorter, "%.*g", precision, value);
    if (std::sscanf(shorter, "%lf", &read) == 1 && read == value) return shorter;
  }
  return digits;
}

// One entry per kernel that can leave, by convolution, then kernel.
template <class Entry>
void for_each_kernel(const PrunerState& state, const Entry& entry) {
  for (const Convolution& convolution : state.coupling.convolutions()) {
    for (int64_t k = 0; k < convolution.kernel_num; ++k) {
      if (convolution.group_of_kernel[k] != kNone) entry(convolution, k, convolution.group_of_kernel[k]);
    }
  }
}

struct Layers {
  std::vector<std::string> prunable, unprunable, reasons;

  explicit Layers(const PrunerState& state) {
    const SelectionLimits limits = state.limits();
    const Removal none(state.coupling, limits);
    for (int32_t c = 0; c < static_cast<int32_t>(state.coupling.convolutions().size()); ++c) {
      const std::string& name = state.graph.nodes[state.coupling.convolutions()[c].node].name;
      const std::string reason = state.why_not(c, limits, none);
      if (reason.empty()) {
        prunable.push_back(name);
      } else {
        unprunable.push_back(name);
        reasons.push_back(reason);
      }
    }
  }
};

// "0,3,4": indices of the kernels that the last generate() removed.
std::string removed_kernels(const PrunerState& state, const Convolution& convolution) {
  std::string list;
  for (int64_t k = 0; k < convolution.kernel_num; ++k) {
    const int32_t group = convolution.group_of_kernel[k];
    if (!state.result || group == kNone || !state.result->removed[group]) continue;
    list += (list.empty() ? "" : ",") + std::to_string(k);
  }
  return list;
}

double pruned_percentage(const PrunerState& state) {
  const int64_t all = state.prunable_kernels();
  if (!state.result || all == 0) return 0.0;
  return 100.0 * static_cast<double>(state.result->kernels) / static_cast<double>(all);
}

}  // namespace

PruningValue read_out(const PrunerState& state, const std::string& name) {
  if (name == "prunable_conv_num") return static_cast<int64_t>(Layers(state).prunable.size());
  if (name == "prunable_conv_layer_name") return Layers(state).prunable;
  if (name == "prunable_kernel_num") return state.prunable_kernels();
  if (name == "pruned_kernel_num") return state.result ? state.result->kernels : int64_t{0};
  if (name == "pruned_percentage") return pruned_percentage(state);
  if (name == "unprunable_layer_name") return Layers(state).unprunable;
  if (name == "unprunable_reason") return Layers(state).reasons;
  if (name == "sample_num") return state.samples;
  if (name == "target_asked") return state.result ? state.result->asked : 0.0;
  if (name == "target_reached") return state.result ? state.result->reached : 0.0;
  if (name == "latency_ms") return time_network(state.graph, state.input_shapes, state.options).ms;
  if (name == "report") return report_json(state);
  if (name == "kernel_scores") {
    const std::vector<double> scores = state.scores();
    std::vector<double> list;
    for_each_kernel(state, [&](const Convolution&, int64_t, int32_t group) { list.push_back(scores[group]); });
    return list;
  }
  if (name == "kernel_layers") {
    std::vector<std::string> list;
    for_each_kernel(state, [&](const Convolution& convolution, int64_t, int32_t) {
      list.push_back(state.graph.nodes[convolution.node].name);
    });
    return list;
  }
  if (name == "kernel_indices" || name == "group_ids") {
    std::vector<int64_t> list;
    for_each_kernel(state, [&](const Convolution&, int64_t kernel, int32_t group) {
      list.push_back(name == "group_ids" ? group : kernel);
    });
    return list;
  }
  if (name == "macs") return state.cost({}).macs;
  if (name == "params") return state.cost({}).params;
  if (name == "macs_pruned") return state.result ? state.result->after.macs : state.cost({}).macs;
  if (name == "params_pruned") return state.result ? state.result->after.params : state.cost({}).params;
  unknown_pruning_parameter(name);
}

std::string report_json(const PrunerState& state) {
  const Cost before = state.cost({});
  const Cost after = state.result ? state.result->after : before;
  const SelectionLimits limits = state.limits();
  const Removal none(state.coupling, limits);
  const std::vector<int64_t> left =
      kernels_left(state.coupling, state.result ? state.result->removed : std::vector<bool>());
  const PruningSettings& s = state.settings;

  std::string json = "{\"generated\":";
  json += state.result ? "true" : "false";
  json += ",\"mode\":" + quoted(s.mode) + ",\"criterion\":" + quoted(s.criterion) +
          ",\"normalization\":" + quoted(s.normalization) + ",\"ranking\":" + quoted(s.effective_ranking());
  json += ",\"samples\":" + number(static_cast<double>(state.samples));
  json += ",\"target\":" + quoted(s.target) + ",\"percentage\":" + number(s.percentage_value());
  if (state.result) {
    json += ",\"asked\":" + number(state.result->asked) + ",\"reached\":" + number(state.result->reached);
    if (state.result->latency_ms >= 0.0) json += ",\"latency_ms_before\":" + number(state.result->latency_ms);
    if (state.result->predicted >= 0.0) json += ",\"predicted\":" + number(state.result->predicted);
  }
  json += ",\"prunable_kernels\":" + number(static_cast<double>(state.prunable_kernels()));
  json += ",\"pruned_kernels\":" + number(state.result ? static_cast<double>(state.result->kernels) : 0.0);
  json += ",\"pruned_percentage\":" + number(pruned_percentage(state));
  json += ",\"macs_before\":" + number(static_cast<double>(before.macs));
  json += ",\"macs_after\":" + number(static_cast<double>(after.macs));
  json += ",\"params_before\":" + number(static_cast<double>(before.params));
  json += ",\"params_after\":" + number(static_cast<double>(after.params));
  json += ",\"layers\":[";
  for (int32_t c = 0; c < static_cast<int32_t>(state.coupling.convolutions().size()); ++c) {
    const Convolution& convolution = state.coupling.convolutions()[c];
    const std::string reason = state.why_not(c, limits, none);
    json += (c == 0 ? "{\"name\":" : ",{\"name\":") + quoted(state.graph.nodes[convolution.node].name);
    json += ",\"kernels_before\":" + number(static_cast<double>(convolution.kernel_num));
    json += ",\"kernels_after\":" + number(static_cast<double>(left[c]));
    json += ",\"removed\":[" + removed_kernels(state, convolution) + "]";
    json += reason.empty() ? ",\"prunable\":true}" : ",\"prunable\":false,\"reason\":" + quoted(reason) + "}";
  }
  return json + "]}";
}

}  // namespace alcedo
