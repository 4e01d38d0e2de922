#include "pruning/importance.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/error_codes.h"
#include "pruning/kernel_weights.h"

namespace alcedo {

namespace {

using Rows = std::vector<std::vector<float>>;

// Sum over the group's kernels of a value per sample and kernel.
double sum_of_kernels(const Coupling& coupling, const Rows& rows, int32_t group, int64_t sample) {
  double sum = 0.0;
  for (const KernelRef& kernel : coupling.groups()[group].kernels) {
    const std::vector<float>& row = rows[kernel.convolution];
    if (!row.empty()) sum += row[sample * coupling.convolutions()[kernel.convolution].kernel_num + kernel.index];
  }
  return sum;
}

double mean_of_kernels(const Coupling& coupling, const Rows& rows, int32_t group, int64_t sample) {
  return sum_of_kernels(coupling, rows, group, sample) / static_cast<double>(coupling.groups()[group].kernels.size());
}

// Slope of the sample's loss along the group's gate: sum over members and space of z dC/dz.
double gate_slope(const Coupling& coupling, const Observation& seen, int32_t group, int64_t sample) {
  double slope = 0.0;
  for (const KernelRef& kernel : coupling.groups()[group].kernels) {
    const std::vector<float>& row = seen.taylor[kernel.convolution];
    const int64_t kernels = coupling.convolutions()[kernel.convolution].kernel_num;
    if (!row.empty()) slope += double{row[sample * kernels + kernel.index]} * seen.positions[kernel.convolution];
  }
  return slope;
}

// ---- Taylor 2017: |mean over space of z dC/dz, summed over the group|, mean over samples. As a change of the loss the
// same without the division by the positions: closing the gate, to first order ----
void add_taylor(const Coupling& coupling, const Observation& seen, int32_t group, GroupSum& sum) {
  for (int64_t s = 0; s < seen.num; ++s) {
    sum.value += std::fabs(sum_of_kernels(coupling, seen.taylor, group, s));
    sum.change += std::fabs(gate_slope(coupling, seen, group, s));
  }
}

// ---- OBD: half the curvature along the group's gate, by the square of its gradient (Gauss-Newton) ----
void add_obd(const Coupling& coupling, const Observation& seen, int32_t group, GroupSum& sum) {
  for (int64_t s = 0; s < seen.num; ++s) {
    const double slope = gate_slope(coupling, seen, group, s);
    sum.value += 0.5 * slope * slope;
  }
}

// ---- exact: change of the loss without the group ----
void add_loss_change(const Coupling&, const Observation& seen, int32_t group, GroupSum& sum) {
  for (float change : seen.loss_change[group]) sum.value += change;
}

// ---- activations: mean over the group's maps, then over samples ----
void add_activation_mean(const Coupling& coupling, const Observation& seen, int32_t group, GroupSum& sum) {
  for (int64_t s = 0; s < seen.num; ++s) sum.value += mean_of_kernels(coupling, seen.mean, group, s);
}

void add_activation_std(const Coupling& coupling, const Observation& seen, int32_t group, GroupSum& sum) {
  for (int64_t s = 0; s < seen.num; ++s) sum.value += mean_of_kernels(coupling, seen.deviation, group, s);
}

void add_nonzero(const Coupling& coupling, const Observation& seen, int32_t group, GroupSum& sum) {
  for (int64_t s = 0; s < seen.num; ++s) sum.value += mean_of_kernels(coupling, seen.nonzero, group, s);
}

void keep_activation_mean(const Coupling& coupling, const Observation& seen, int32_t group, GroupSum& sum) {
  require(static_cast<int64_t>(seen.labels.size()) >= seen.num, error::kOperatorUnsupported,
          "criterion 'mutual_information' needs samples with labels");
  for (int64_t s = 0; s < seen.num; ++s) {
    sum.history.push_back(static_cast<float>(mean_of_kernels(coupling, seen.mean, group, s)));
  }
}

double mean_of_samples(const ScoreSource& source, int32_t, const GroupSum& sum) {
  return sum.value / static_cast<double>(std::max<int64_t>(source.samples, 1));
}

double mean_change(const ScoreSource& source, int32_t, const GroupSum& sum) {
  return sum.change / static_cast<double>(std::max<int64_t>(source.samples, 1));
}

double absolute_mean(const ScoreSource& source, int32_t group, const GroupSum& sum) {
  return std::fabs(mean_of_samples(source, group, sum));
}

// Bins of equal population; equal values share a bin.
std::vector<int64_t> quantize(const std::vector<float>& values, int64_t bins) {
  std::vector<float> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  std::vector<int64_t> result;
  for (float value : values) {
    const int64_t below = std::lower_bound(sorted.begin(), sorted.end(), value) - sorted.begin();
    result.push_back(below * bins / static_cast<int64_t>(sorted.size()));
  }
  return result;
}

double entropy(std::vector<int64_t> symbols) {
  std::sort(symbols.begin(), symbols.end());
  double result = 0.0;
  for (size_t i = 0; i < symbols.size();) {
    size_t end = i;
    while (end < symbols.size() && symbols[end] == symbols[i]) ++end;
    const double p = static_cast<double>(end - i) / static_cast<double>(symbols.size());
    result -= p * std::log(p);
    i = end;
  }
  return result;
}

// Information gain H(x) + H(y) - H(x,y) between the quantized mean activation x and the label y.
double mutual_information(const ScoreSource& source, int32_t, const GroupSum& sum) {
  const size_t num = sum.history.size();
  if (num == 0 || source.labels.size() < num) return 0.0;
  const int64_t bins = std::clamp<int64_t>(std::llround(std::sqrt(static_cast<double>(num))), 2, 16);
  const std::vector<int64_t> x = quantize(sum.history, bins);
  const std::vector<int64_t> y(source.labels.begin(), source.labels.begin() + static_cast<int64_t>(num));
  std::vector<int64_t> both;
  for (size_t i = 0; i < num; ++i) both.push_back(y[i] * (bins + 1) + x[i]);
  return std::max(entropy(x) + entropy(y) - entropy(std::move(both)), 0.0);
}

// ---- weights: norms of all weights of the group's kernels put together ----
double weight_l1(const ScoreSource& source, int32_t group, const GroupSum&) {
  double sum = 0.0;
  for (float w : group_weights(source.graph, source.coupling, group)) sum += std::fabs(w);
  return sum;
}

double weight_l2(const ScoreSource& source, int32_t group, const GroupSum&) {
  double sum = 0.0;
  for (float w : group_weights(source.graph, source.coupling, group)) sum += double{w} * w;
  return std::sqrt(sum);
}

// Distances to the group's peers of the same set, summed: far from all others means not replaceable by them.
double fpgm(const ScoreSource& source, int32_t group, const GroupSum&) {
  const std::vector<float> own = group_weights(source.graph, source.coupling, group);
  double total = 0.0;
  for (size_t other = 0; other < source.coupling.groups().size(); ++other) {
    if (source.coupling.groups()[other].set != source.coupling.groups()[group].set) continue;
    const std::vector<float> peer = group_weights(source.graph, source.coupling, static_cast<int32_t>(other));
    double square = 0.0;
    for (size_t i = 0; i < std::min(own.size(), peer.size()); ++i) {
      square += (double{own[i]} - peer[i]) * (double{own[i]} - peer[i]);
    }
    total += std::sqrt(square);
  }
  return total;
}

// Mean |scale| of the normalization layers behind the group's kernels. Without one: never removed.
double bn_scale(const ScoreSource& source, int32_t group, const GroupSum&) {
  double sum = 0.0;
  int64_t num = 0;
  for (const KernelRef& kernel : source.coupling.groups()[group].kernels) {
    float scale = 0.0F;
    if (!scale_of_kernel(source.graph, source.coupling, source.maps[kernel.convolution], kernel, scale)) continue;
    sum += std::fabs(scale);
    ++num;
  }
  return num == 0 ? std::numeric_limits<double>::infinity() : sum / static_cast<double>(num);
}

// ---- Taylor 2019: (mean gradient * weight)^2, summed over all weights of the group's kernels ----
double taylor_weights(const ScoreSource& source, int32_t group, const GroupSum&) {
  double sum = 0.0;
  for (const KernelSlice& slice : kernel_slices(source.graph, source.coupling, group)) {
    const auto gradient = source.gradient.find(slice.weights->value);
    if (gradient == source.gradient.end()) continue;
    const std::vector<float> w = slice_floats(tensor_of(source.graph, *slice.weights), slice);
    const std::vector<float> g = slice_floats(gradient->second, slice);
    for (size_t i = 0; i < w.size(); ++i) {
      const double change = double{g[i]} / static_cast<double>(std::max<int64_t>(source.samples, 1)) * w[i];
      sum += change * change;
    }
  }
  return sum;
}

// A number in [0, 1) from the seed and the group's first kernel (splitmix64).
double random_score(const ScoreSource& source, int32_t group, const GroupSum&) {
  const KernelRef& first = source.coupling.groups()[group].kernels[0];
  uint64_t x = source.seed * 0x9E3779B97F4A7C15ULL + (static_cast<uint64_t>(first.convolution) << 32U) +
               static_cast<uint64_t>(first.index) + 1;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBULL;
  x ^= x >> 31U;
  return static_cast<double>(x >> 11U) * 0x1.0p-53;
}

}  // namespace

const std::vector<Criterion>& criteria() {
  static const std::vector<Criterion> table = {
      {"taylor", Evidence::taylor, add_taylor, mean_of_samples, mean_change},
      {"oracle_abs", Evidence::ablation, add_loss_change, absolute_mean, absolute_mean},
      {"oracle_loss", Evidence::ablation, add_loss_change, mean_of_samples, mean_of_samples},
      {"weight_l1", Evidence::none, nullptr, weight_l1, nullptr},
      {"weight_l2", Evidence::none, nullptr, weight_l2, nullptr},
      {"activation_mean", Evidence::activation, add_activation_mean, mean_of_samples, nullptr},
      {"activation_std", Evidence::activation, add_activation_std, mean_of_samples, nullptr},
      {"apoz", Evidence::activation, add_nonzero, mean_of_samples, nullptr},
      {"mutual_information", Evidence::activation, keep_activation_mean, mutual_information, nullptr},
      {"taylor_weights", Evidence::gradient, nullptr, taylor_weights, nullptr},
      {"obd", Evidence::taylor, add_obd, mean_of_samples, mean_of_samples},
      {"bn_scale", Evidence::none, nullptr, bn_scale, nullptr},
      {"fpgm", Evidence::none, nullptr, fpgm, nullptr},
      {"random", Evidence::none, nullptr, random_score, nullptr},
  };
  return table;
}

const Criterion* find_criterion(const std::string& name) {
  for (const Criterion& criterion : criteria()) {
    if (name == criterion.name) return &criterion;
  }
  return nullptr;
}

std::string criterion_names() {
  std::string names;
  for (const Criterion& criterion : criteria())
    names += (names.empty() ? "'" : ", '") + std::string(criterion.name) + "'";
  return names;
}

void normalize_scores(const Coupling& coupling, const std::string& normalization, std::vector<double>& scores) {
  if (normalization == "none") return;
  std::vector<double> size(coupling.set_num(), 0.0), num(coupling.set_num(), 0.0);
  for (size_t g = 0; g < scores.size(); ++g) {
    if (!std::isfinite(scores[g])) continue;
    const int32_t set = coupling.groups()[g].set;
    num[set] += 1.0;
    if (normalization == "l2") size[set] += scores[g] * scores[g];
    if (normalization == "mean") size[set] += std::fabs(scores[g]);
    if (normalization == "max") size[set] = std::max(size[set], std::fabs(scores[g]));
  }
  for (size_t g = 0; g < scores.size(); ++g) {
    const int32_t set = coupling.groups()[g].set;
    double by = size[set];
    if (normalization == "l2") by = std::sqrt(by);
    if (normalization == "mean") by /= num[set];
    if (by > 0.0 && std::isfinite(scores[g])) scores[g] /= by;
  }
}

}  // namespace alcedo
