#include "pruning/latency.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

#include "pruning/slicing.h"

namespace alcedo {

namespace {

constexpr int kTerms = 3;
using Vector = std::array<double, kTerms>;

// Gaussian elimination with pivoting on the terms of `used`; false if they depend on each other.
bool solve(std::array<Vector, kTerms> a, Vector b, int used, Vector& x) {
  x = {};
  std::vector<int> terms;
  for (int t = 0; t < kTerms; ++t) {
    if ((used >> t & 1) != 0) terms.push_back(t);
  }
  for (size_t i = 0; i < terms.size(); ++i) {
    size_t pivot = i;
    for (size_t r = i + 1; r < terms.size(); ++r) {
      if (std::fabs(a[terms[r]][terms[i]]) > std::fabs(a[terms[pivot]][terms[i]])) pivot = r;
    }
    std::swap(a[terms[i]], a[terms[pivot]]);
    std::swap(b[terms[i]], b[terms[pivot]]);
    if (std::fabs(a[terms[i]][terms[i]]) < 1e-9) return false;
    for (size_t r = i + 1; r < terms.size(); ++r) {
      const double factor = a[terms[r]][terms[i]] / a[terms[i]][terms[i]];
      for (size_t c = i; c < terms.size(); ++c) a[terms[r]][terms[c]] -= factor * a[terms[i]][terms[c]];
      b[terms[r]] -= factor * b[terms[i]];
    }
  }
  for (size_t i = terms.size(); i-- > 0;) {
    double sum = b[terms[i]];
    for (size_t c = i + 1; c < terms.size(); ++c) sum -= a[terms[i]][terms[c]] * x[terms[c]];
    x[terms[i]] = sum / a[terms[i]][terms[i]];
  }
  return true;
}

// The non-negative least squares solution: the best one over all sets of terms. Rows weigh 1 / time, so that small
// widths count as much as large ones.
Vector fit_non_negative(const std::vector<Vector>& rows, const std::vector<double>& times) {
  std::array<Vector, kTerms> normal = {};
  Vector right = {};
  const double floor = 1e-6 + 0.05 * *std::max_element(times.begin(), times.end());
  for (size_t r = 0; r < rows.size(); ++r) {
    const double weight = 1.0 / std::pow(std::max(times[r], floor), 2);
    for (int i = 0; i < kTerms; ++i) {
      for (int j = 0; j < kTerms; ++j) normal[i][j] += weight * rows[r][i] * rows[r][j];
      right[i] += weight * rows[r][i] * times[r];
    }
  }
  for (int i = 0; i < kTerms; ++i) {
    for (int j = 0; j < kTerms; ++j) normal[i][j] *= floor * floor;
    right[i] *= floor * floor;
  }
  Vector best = {};
  double best_gain = 0.0;  // how much of the squares the solution explains: x . right
  for (int used = 1; used < 1 << kTerms; ++used) {
    Vector x;
    if (!solve(normal, right, used, x) || *std::min_element(x.begin(), x.end()) < 0.0) continue;
    double gain = 0.0;
    for (int i = 0; i < kTerms; ++i) gain += x[i] * right[i];
    if (gain > best_gain) {
      best_gain = gain;
      best = x;
    }
  }
  return best;
}

double bytes_of(const std::vector<TensorInfo>& info, const KeptIndices& kept, ValueId value) {
  if (value == kNone) return 0.0;
  return 4.0 * static_cast<double>(num_elements(kept.cut(value) ? kept.shape(value) : info[value].shape));
}

}  // namespace

std::vector<LayerWork> layer_work(const Graph& graph, const std::vector<TensorInfo>& info, const Coupling& coupling,
                                  const std::vector<bool>& removed) {
  const KeptIndices kept(coupling, removed);
  const std::vector<int64_t> macs = layer_macs(graph, info, kept);
  std::vector<LayerWork> work(graph.nodes.size() + 1);
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    work[n].macs = static_cast<double>(macs[n]);
    for (ValueId value : graph.nodes[n].inputs) work[n].bytes += bytes_of(info, kept, value);
    for (ValueId value : graph.nodes[n].outputs) work[n].bytes += bytes_of(info, kept, value);
    work.back().macs += work[n].macs;
    work.back().bytes += work[n].bytes;
  }
  return work;
}

std::vector<double> layer_times(const Graph& graph, const Timing& timing) {
  std::unordered_map<std::string, size_t> place;
  for (size_t n = 0; n < graph.nodes.size(); ++n) place[graph.nodes[n].op_type + " " + graph.nodes[n].name] = n;
  std::vector<double> times(graph.nodes.size() + 1, 0.0);
  double steps = 0.0;
  for (const StepTime& step : timing.steps) {
    steps += step.ms;
    // "Conv conv1+BatchNormalization+Relu": the node is in front of what was fused with it.
    std::string label = step.label;
    auto found = place.find(label);
    for (size_t plus = label.rfind('+'); found == place.end() && plus != std::string::npos; plus = label.rfind('+')) {
      label.resize(plus);
      found = place.find(label);
    }
    times[found == place.end() ? graph.nodes.size() : found->second] += step.ms;
  }
  times.back() += std::max(0.0, timing.ms - steps);
  return times;
}

void LatencyModel::add(std::vector<LayerWork> work, std::vector<double> ms) {
  works_.push_back(std::move(work));
  times_.push_back(std::move(ms));
}

void LatencyModel::fit() {
  const size_t layers = works_.front().size();
  lines_.assign(layers, {});
  for (size_t layer = 0; layer < layers; ++layer) {
    double macs = 0.0, bytes = 0.0, most = 0.0;
    for (size_t i = 0; i < works_.size(); ++i) {
      macs = std::max(macs, works_[i][layer].macs);
      bytes = std::max(bytes, works_[i][layer].bytes);
      most = std::max(most, times_[i][layer]);
    }
    if (most <= 0.0) continue;
    // Relative to the largest, so that the three terms are of one size.
    std::vector<Vector> rows;
    std::vector<double> times;
    for (size_t i = 0; i < works_.size(); ++i) {
      rows.push_back(
          {1.0, macs > 0.0 ? works_[i][layer].macs / macs : 0.0, bytes > 0.0 ? works_[i][layer].bytes / bytes : 0.0});
      times.push_back(times_[i][layer]);
    }
    const Vector x = fit_non_negative(rows, times);
    lines_[layer] = {x[0], macs > 0.0 ? x[1] / macs : 0.0, bytes > 0.0 ? x[2] / bytes : 0.0};
  }
}

double LatencyModel::predict(const std::vector<LayerWork>& work) const {
  double sum = 0.0;
  for (size_t i = 0; i < lines_.size(); ++i) {
    sum += lines_[i].base + lines_[i].per_mac * work[i].macs + lines_[i].per_byte * work[i].bytes;
  }
  return sum;
}

}  // namespace alcedo
