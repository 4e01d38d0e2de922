// The settings of a pruning handle by name: what may be set, with its checks, and what is stored.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace alcedo {

using PruningValue =
    std::variant<int64_t, double, std::string, std::vector<int64_t>, std::vector<double>, std::vector<std::string>>;

struct PruningSettings {
  std::string mode = "oracle";
  PruningValue percentage = int64_t{10};  // as it was set, integer or real
  std::string criterion = "taylor";
  std::string loss = "auto";
  std::string normalization = "l2";
  std::string ranking;  // empty: not set, see effective_ranking()
  double flops_regularization = 0.0;
  std::string target = "percentage";
  double target_value = -1.0;           // of the targets other than 'percentage'; -1: not set yet
  int64_t round_to = 0;                 // 0: not set, see effective_round_to()
  std::vector<int64_t> min_kernels{1};  // of all convolutions, or of each
  double max_layer_percentage = 100.0;
  std::vector<std::string> exclude_layers;
  std::vector<std::string> include_layers;
  int64_t random_seed = 42;
  bool recalibrate = false;
  bool reconstruct = false;
  std::string precision = "float32";  // of the passes that score

  double percentage_value() const;
  // As set; else 'cost' for targets that count something else than kernels, if the criterion says what the loss would
  // suffer (docs/decisions/pruning.md).
  std::string effective_ranking() const;
  // As set; else 1, and 16 for 'latency_ms': the fastest at equal MACs (docs/decisions/pruning.md).
  int64_t effective_round_to() const { return round_to > 0 ? round_to : target == "latency_ms" ? 16 : 1; }
};

// Throws 7911 for names that do not exist or are read-only, 7914 for values of wrong type, number or range.
void set_pruning_setting(PruningSettings& settings, const std::string& name, const PruningValue& value);
// True and the value if `name` is a setting.
bool get_pruning_setting(const PruningSettings& settings, const std::string& name, PruningValue& value);

// Throws 7911 that lists all names, settings and read-outs.
[[noreturn]] void unknown_pruning_parameter(const std::string& name);

// Name pattern with '*' for any run of characters.
bool matches_pattern(const std::string& pattern, const std::string& name);
bool matches_any(const std::vector<std::string>& patterns, const std::string& name);

}  // namespace alcedo
