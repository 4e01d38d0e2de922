#include "pruning/parameters.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "backends/backend.h"
#include "base/error.h"
#include "base/error_codes.h"
#include "pruning/importance.h"

namespace alcedo {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string describe(const PruningValue& value) {
  struct {
    std::string operator()(int64_t v) const { return text(v); }
    std::string operator()(double v) const { return text(v); }
    std::string operator()(const std::string& v) const { return "'" + v + "'"; }
    std::string operator()(const std::vector<int64_t>& v) const { return text(v.size(), " integers"); }
    std::string operator()(const std::vector<double>& v) const { return text(v.size(), " reals"); }
    std::string operator()(const std::vector<std::string>& v) const { return text(v.size(), " strings"); }
  } visitor;
  return std::visit(visitor, value);
}

[[noreturn]] void bad_value(const std::string& name, const PruningValue& value, const std::string& wanted) {
  fail(error::kUnsupportedGenValue, "parameter '", name, "': found ", describe(value), ", wanted ", wanted);
}

void set_number(double& to, const std::string& name, const PruningValue& value, double low, double high,
                const std::string& wanted) {
  double number = std::numeric_limits<double>::quiet_NaN();
  if (const auto* integer = std::get_if<int64_t>(&value)) number = static_cast<double>(*integer);
  if (const auto* real = std::get_if<double>(&value)) number = *real;
  if (!std::isfinite(number) || number < low || number > high) bad_value(name, value, wanted);
  to = number;
}

void set_integer(int64_t& to, const std::string& name, const PruningValue& value, int64_t low) {
  const std::string wanted = text("an integer >= ", low);
  if (const auto* integer = std::get_if<int64_t>(&value)) {
    if (*integer < low) bad_value(name, value, wanted);
    to = *integer;
    return;
  }
  const auto* real = std::get_if<double>(&value);
  if (real == nullptr || !std::isfinite(*real) || *real != std::floor(*real) || *real < static_cast<double>(low) ||
      *real > 1e15) {
    bad_value(name, value, wanted);
  }
  to = static_cast<int64_t>(*real);
}

void set_choice(std::string& to, const std::string& name, const PruningValue& value,
                const std::vector<std::string>& choices) {
  const auto* string = std::get_if<std::string>(&value);
  if (string == nullptr || std::find(choices.begin(), choices.end(), *string) == choices.end()) {
    std::string wanted;
    for (const std::string& choice : choices) wanted += (wanted.empty() ? "'" : ", '") + choice + "'";
    bad_value(name, value, choices.size() == 1 ? wanted : "one of " + wanted);
  }
  to = *string;
}

void set_names(std::vector<std::string>& to, const std::string& name, const PruningValue& value) {
  if (const auto* one = std::get_if<std::string>(&value)) {
    to = {*one};
  } else if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    to = *list;
  } else {
    const auto* integers = std::get_if<std::vector<int64_t>>(&value);
    const auto* reals = std::get_if<std::vector<double>>(&value);
    const bool empty = (integers != nullptr && integers->empty()) || (reals != nullptr && reals->empty());
    if (!empty) bad_value(name, value, "a tuple of layer names");
    to.clear();
  }
}

void set_percentage(PruningSettings& s, const std::string& name, const PruningValue& value) {
  double checked = 0.0;
  set_number(checked, name, value, 0.0, 100.0, "a number from 0 to 100");
  s.percentage = value;
}

void set_precision(PruningSettings& s, const std::string& name, const PruningValue& value) {
  std::string wanted = s.precision;
  set_choice(wanted, name, value, {"float32", "bfloat16"});
  require(wanted == "float32" || has_bf16(), error::kPrecisionUnsupported,
          "parameter 'precision': found 'bfloat16', wanted 'float32': this processor has no bfloat16 instructions "
          "(avx512_bf16)");
  s.precision = wanted;
}

void set_target_value(PruningSettings& s, const std::string& name, const PruningValue& value) {
  if (s.target == "percentage") return set_percentage(s, name, value);
  set_number(s.target_value, name, value, 0.0, kInfinity, "a number >= 0");
}

void set_min_kernels(PruningSettings& s, const std::string& name, const PruningValue& value) {
  if (const auto* list = std::get_if<std::vector<int64_t>>(&value)) {
    const bool positive = std::all_of(list->begin(), list->end(), [](int64_t kernels) { return kernels >= 1; });
    if (list->empty() || !positive) bad_value(name, value, "integers >= 1");
    s.min_kernels = *list;
    return;
  }
  int64_t all = 0;
  set_integer(all, name, value, 1);
  s.min_kernels = {all};
}

PruningValue min_kernels(const PruningSettings& s) {
  return s.min_kernels.size() == 1 ? PruningValue(s.min_kernels[0]) : PruningValue(s.min_kernels);
}

void set_flag(bool& to, const std::string& name, const PruningValue& value) {
  std::string choice;
  set_choice(choice, name, value, {"true", "false"});
  to = choice == "true";
}

PruningValue flag(bool value) { return std::string(value ? "true" : "false"); }

std::vector<std::string> criterion_list() {
  std::vector<std::string> names;
  for (const Criterion& criterion : criteria()) names.emplace_back(criterion.name);
  return names;
}

using S = PruningSettings;
using V = PruningValue;
using N = std::string;

struct Setting {
  const char* name;
  void (*set)(S&, const N&, const V&);
  V (*get)(const S&);
};

const std::vector<Setting>& table() {
  static const std::vector<Setting> settings = {
      {"mode", [](S& s, const N& n, const V& v) { set_choice(s.mode, n, v, {"oracle"}); },
       [](const S& s) -> V { return s.mode; }},
      {"percentage", set_percentage, [](const S& s) { return s.percentage; }},
      {"criterion", [](S& s, const N& n, const V& v) { set_choice(s.criterion, n, v, criterion_list()); },
       [](const S& s) -> V { return s.criterion; }},
      {"loss",
       [](S& s, const N& n, const V& v) {
         set_choice(s.loss, n, v, {"auto", "cross_entropy", "distance"});
       },
       [](const S& s) -> V { return s.loss; }},
      {"normalization",
       [](S& s, const N& n, const V& v) {
         set_choice(s.normalization, n, v, {"l2", "none", "max", "mean"});
       },
       [](const S& s) -> V { return s.normalization; }},
      {"ranking",
       [](S& s, const N& n, const V& v) {
         set_choice(s.ranking, n, v, {"global", "local", "cost"});
       },
       [](const S& s) -> V { return s.effective_ranking(); }},
      {"flops_regularization",
       [](S& s, const N& n, const V& v) { set_number(s.flops_regularization, n, v, 0, kInfinity, "a number >= 0"); },
       [](const S& s) -> V { return s.flops_regularization; }},
      {"target",
       [](S& s, const N& n, const V& v) {
         set_choice(s.target, n, v, {"percentage", "macs", "params", "latency_ms", "loss_increase"});
       },
       [](const S& s) -> V { return s.target; }},
      {"target_value", set_target_value,
       [](const S& s) -> V { return s.target == "percentage" ? s.percentage : V(s.target_value); }},
      {"round_to", [](S& s, const N& n, const V& v) { set_integer(s.round_to, n, v, 1); },
       [](const S& s) -> V { return s.effective_round_to(); }},
      {"min_kernels", set_min_kernels, min_kernels},
      {"max_layer_percentage",
       [](S& s, const N& n, const V& v) { set_number(s.max_layer_percentage, n, v, 0, 100, "a number from 0 to 100"); },
       [](const S& s) -> V { return s.max_layer_percentage; }},
      {"exclude_layers", [](S& s, const N& n, const V& v) { set_names(s.exclude_layers, n, v); },
       [](const S& s) -> V { return s.exclude_layers; }},
      {"include_layers", [](S& s, const N& n, const V& v) { set_names(s.include_layers, n, v); },
       [](const S& s) -> V { return s.include_layers; }},
      {"recalibrate", [](S& s, const N& n, const V& v) { set_flag(s.recalibrate, n, v); },
       [](const S& s) { return flag(s.recalibrate); }},
      {"reconstruct", [](S& s, const N& n, const V& v) { set_flag(s.reconstruct, n, v); },
       [](const S& s) { return flag(s.reconstruct); }},
      {"random_seed", [](S& s, const N& n, const V& v) { set_integer(s.random_seed, n, v, 0); },
       [](const S& s) -> V { return s.random_seed; }},
      {"precision", set_precision, [](const S& s) -> V { return s.precision; }},
  };
  return settings;
}

const std::vector<std::string>& read_outs() {
  static const std::vector<std::string> names = {"prunable_conv_num",
                                                 "prunable_conv_layer_name",
                                                 "prunable_kernel_num",
                                                 "pruned_kernel_num",
                                                 "pruned_percentage",
                                                 "kernel_scores",
                                                 "kernel_layers",
                                                 "kernel_indices",
                                                 "group_ids",
                                                 "unprunable_layer_name",
                                                 "unprunable_reason",
                                                 "macs",
                                                 "params",
                                                 "macs_pruned",
                                                 "params_pruned",
                                                 "sample_num",
                                                 "target_asked",
                                                 "target_reached",
                                                 "latency_ms",
                                                 "report"};
  return names;
}

}  // namespace

double PruningSettings::percentage_value() const {
  if (const auto* integer = std::get_if<int64_t>(&percentage)) return static_cast<double>(*integer);
  return std::get<double>(percentage);
}

std::string PruningSettings::effective_ranking() const {
  if (!ranking.empty()) return ranking;
  const bool priced = target == "macs" || target == "params" || target == "latency_ms";
  const bool absolute = find_criterion(criterion)->change != nullptr && flops_regularization == 0.0;
  return priced && absolute ? "cost" : "global";
}

void set_pruning_setting(PruningSettings& settings, const std::string& name, const PruningValue& value) {
  for (const Setting& setting : table()) {
    if (name == setting.name) return setting.set(settings, name, value);
  }
  const std::vector<std::string>& names = read_outs();
  require(std::find(names.begin(), names.end(), name) == names.end(), error::kUnsupportedGenParam, "'", name,
          "' can be read only");
  unknown_pruning_parameter(name);
}

bool get_pruning_setting(const PruningSettings& settings, const std::string& name, PruningValue& value) {
  for (const Setting& setting : table()) {
    if (name != setting.name) continue;
    value = setting.get(settings);
    return true;
  }
  return false;
}

void unknown_pruning_parameter(const std::string& name) {
  std::string names;
  for (const Setting& setting : table()) names += (names.empty() ? "'" : ", '") + std::string(setting.name) + "'";
  for (const std::string& read_out : read_outs()) names += ", '" + read_out + "'";
  fail(error::kUnsupportedGenParam, "there is no pruning parameter '", name, "'; there are ", names);
}

bool matches_pattern(const std::string& pattern, const std::string& name) {
  size_t p = 0, n = 0, star = std::string::npos, after = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      after = n;
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (star != std::string::npos) {
      p = star + 1;
      n = ++after;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool matches_any(const std::vector<std::string>& patterns, const std::string& name) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return matches_pattern(pattern, name); });
}

}  // namespace alcedo
