// The losses of one sample: gradients by finite differences, values by plain computation.
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "engine/sample_loss.h"

using namespace alcedo;

TEST_SUITE_BEGIN("engine");

namespace {

Loss distillation(float temperature, float weight) {
  Loss loss{Loss::Kind::distillation, {0}};
  loss.temperature = temperature;
  loss.distillation_weight = weight;
  return loss;
}

void check_gradient(const Loss& loss) {
  std::vector<float> z{0.3F, -1.2F, 2.1F, 0.4F}, t{1.0F, -0.5F, 0.7F, -2.0F}, diff(4, 9.F);
  sample_loss(loss, 0, 4, z.data(), t.data(), 2, diff.data(), 0.5F);
  const float h = 1e-2F;
  for (size_t k = 0; k < z.size(); ++k) {
    std::vector<float> up = z, down = z;
    up[k] += h;
    down[k] -= h;
    const double slope =
        (sample_loss(loss, 0, 4, up.data(), t.data(), 2) - sample_loss(loss, 0, 4, down.data(), t.data(), 2)) /
        (2.0 * h);
    CHECK(std::fabs(diff[k] - 0.5 * slope) < 2e-4);
  }
}

}  // namespace

TEST_CASE("gradients of the losses, by finite differences") {
  check_gradient(Loss{Loss::Kind::cross_entropy, {0}});
  check_gradient(Loss{Loss::Kind::distance, {0}});
  Loss scaled{Loss::Kind::distance, {0}};
  scaled.scales = {3.F};
  check_gradient(scaled);
  for (float weight : {0.F, 0.3F, 1.F}) {
    check_gradient(distillation(1.F, weight));
    check_gradient(distillation(4.F, weight));
  }
}

TEST_CASE("distillation is the divergence from the teacher at a temperature, next to the cross entropy") {
  const std::vector<float> z{0.3F, -1.2F, 2.1F}, t{1.0F, -0.5F, 0.7F};
  const auto softmax = [](const std::vector<float>& values, double temperature) {
    std::vector<double> p;
    double sum = 0;
    for (float v : values) sum += p.emplace_back(std::exp(v / temperature));
    for (double& each : p) each /= sum;
    return p;
  };
  const auto p = softmax(t, 2), q = softmax(z, 2), one = softmax(z, 1);
  double divergence = 0;
  for (size_t k = 0; k < 3; ++k) divergence += p[k] * std::log(p[k] / q[k]);
  const double wanted = 0.25 * 4 * divergence - 0.75 * std::log(one[1]);
  CHECK(sample_loss(distillation(2.F, 0.25F), 0, 3, z.data(), t.data(), 1) == doctest::Approx(wanted).epsilon(1e-6));
  CHECK(std::fabs(sample_loss(distillation(3.F, 1.F), 0, 3, t.data(), t.data(), 0)) < 1e-9);
  CHECK(!distillation(1.F, 1.F).needs_labels());
  CHECK(distillation(1.F, 0.5F).needs_labels());
}

TEST_SUITE_END();
