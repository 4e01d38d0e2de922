#include "engine/sample_loss.h"

#include <algorithm>
#include <cmath>

namespace alcedo {

namespace {

// log of the sum of exp(z / temperature).
double log_sum(const float* z, int64_t n, double temperature) {
  const double largest = *std::max_element(z, z + n);
  double sum = 0;
  for (int64_t k = 0; k < n; ++k) sum += std::exp((z[k] - largest) / temperature);
  return std::log(sum) + largest / temperature;
}

double cross_entropy(const float* z, int64_t n, int64_t label, double share, float* diff) {
  const double total = log_sum(z, n, 1);
  for (int64_t k = 0; diff && k < n; ++k) {
    diff[k] += static_cast<float>(share * (std::exp(z[k] - total) - (k == label ? 1 : 0)));
  }
  return share * (total - z[label]);
}

double divergence(const float* z, const float* teacher, int64_t n, double t, double share, float* diff) {
  const double total = log_sum(z, n, t), teacher_total = log_sum(teacher, n, t);
  double sum = 0;
  for (int64_t k = 0; k < n; ++k) {
    const double log_p = teacher[k] / t - teacher_total, log_q = z[k] / t - total, p = std::exp(log_p);
    sum += p * (log_p - log_q);
    if (diff) diff[k] += static_cast<float>(share * t * (std::exp(log_q) - p));
  }
  return share * t * t * sum;
}

double distance(const float* values, const float* target, int64_t n, double scale, float* diff) {
  double sum = 0;
  for (int64_t i = 0; i < n; ++i) {
    const double difference = static_cast<double>(values[i]) - target[i];
    sum += difference * difference;
    if (diff) diff[i] = static_cast<float>(2 * scale * difference / static_cast<double>(n));
  }
  return scale * sum / static_cast<double>(std::max<int64_t>(n, 1));
}

}  // namespace

double sample_loss(const Loss& loss, size_t index, int64_t size, const float* values, const float* target,
                   int64_t label, float* diff, float factor) {
  if (diff) std::fill_n(diff, size, 0.f);
  double sum = 0;
  if (loss.kind == Loss::Kind::distance) {
    sum = distance(values, target, size, loss.scales.empty() ? 1.0 : loss.scales[index], diff);
  } else {
    const double share = loss.kind == Loss::Kind::distillation ? loss.distillation_weight : 0.0;
    if (share > 0) sum += divergence(values, target, size, loss.temperature, share, diff);
    if (share < 1) sum += cross_entropy(values, size, label, 1 - share, diff);
  }
  for (int64_t i = 0; diff && i < size; ++i) diff[i] *= factor;
  return sum;
}

}  // namespace alcedo
