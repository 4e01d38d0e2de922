// The update of one parameter, element by element and so in any memory format.
#include "engine/optimizer_step.h"

#include <cmath>

#include "base/parallel.h"

namespace alcedo {
namespace {
#define ALCEDO_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))

ALCEDO_CLONES void sgd(int64_t n, float scale, float rate, float momentum, float prior, const float* g, float* v,
                       float* w) {
  for (int64_t i = 0; i < n; ++i) {
    v[i] = momentum * v[i] - rate * (g[i] * scale + prior * w[i]);
    w[i] += v[i];
  }
}

ALCEDO_CLONES void adam(int64_t n, float scale, float prior, float beta1, float beta2, float rate, float correction,
                        float epsilon, const float* g, float* m, float* v, float* w) {
  for (int64_t i = 0; i < n; ++i) {
    const float d = g[i] * scale + prior * w[i];
    m[i] = beta1 * m[i] + (1 - beta1) * d;
    v[i] = beta2 * v[i] + (1 - beta2) * d * d;
    w[i] -= rate * m[i] / (std::sqrt(v[i] * correction) + epsilon);
  }
}

constexpr int64_t kGrain = 1 << 15;
}  // namespace

void optimizer_step(const Optimizer& o, int64_t step, int64_t num, float scale, const float* gradient, float* first,
                    float* second, float* weights) {
  const auto rate = static_cast<float>(o.learning_rate);
  const auto prior = static_cast<float>(o.weight_prior);
  if (o.kind == Optimizer::Kind::sgd) {
    parallel_for(num, kGrain, [&](int64_t a, int64_t b) {
      sgd(b - a, scale, rate, static_cast<float>(o.momentum), prior, gradient + a, first + a, weights + a);
    });
    return;
  }
  const auto n = static_cast<double>(step);
  const auto corrected_rate = static_cast<float>(o.learning_rate / (1 - std::pow(o.beta1, n)));
  const auto correction = static_cast<float>(1 / (1 - std::pow(o.beta2, n)));
  parallel_for(num, kGrain, [&](int64_t a, int64_t b) {
    adam(b - a, scale, prior, static_cast<float>(o.beta1), static_cast<float>(o.beta2), corrected_rate, correction,
         static_cast<float>(o.epsilon), gradient + a, first + a, second + a, weights + a);
  });
}

}  // namespace alcedo
