#include "pruning/gradient_observer.h"

#include <algorithm>
#include <cstring>

#include "backends/reference/executor.h"
#include "engine/sample_loss.h"

namespace alcedo {

namespace {

int64_t per_sample(const Shape& shape) {
  return shape.empty() ? 1 : num_elements(shape) / std::max<int64_t>(shape[0], 1);
}

// Gradient of the sum of the samples' losses with respect to one loss value. Padding samples have none.
Tensor loss_gradient(const Loss& loss, size_t index, const Tensor& value, const Batch& batch) {
  const int64_t size = per_sample(value.shape());
  Tensor gradient(DType::f32, value.shape());
  for (int64_t n = 0; n < batch.num; ++n) {
    sample_loss(loss, index, size, value.data<float>() + n * size,
                loss.needs_targets() ? batch.targets[index] + n * size : nullptr,
                loss.needs_labels() ? batch.labels[n] : 0, gradient.data<float>() + n * size);
  }
  return gradient;
}

}  // namespace

GradientObserver::GradientObserver(const Graph& graph, const Loss& loss, const ObservedNetwork& network,
                                   const std::vector<Shape>& input_shapes)
    : graph_(graph), loss_(loss), network_(network), input_shapes_(input_shapes) {}

Observation GradientObserver::observe(const Batch& batch) {
  std::vector<Tensor> inputs;
  for (size_t i = 0; i < input_shapes_.size(); ++i) {
    Tensor input(DType::f32, input_shapes_[i]);
    std::memcpy(input.raw(), batch.inputs[i], batch.num * per_sample(input_shapes_[i]) * sizeof(float));
    inputs.push_back(std::move(input));
  }
  const std::vector<Tensor> values = reference_values(graph_, inputs);
  std::vector<std::pair<ValueId, Tensor>> seeds;
  for (size_t i = 0; i < loss_.values.size(); ++i) {
    seeds.emplace_back(loss_.values[i], loss_gradient(loss_, i, values[loss_.values[i]], batch));
  }
  const std::vector<Tensor> gradients = reference_backward(graph_, values, seeds);
  Observation seen;
  seen.num = batch.num;
  for (const Convolution& convolution : network_.coupling.convolutions()) {
    for (const KernelWeights& weights : convolution.weights) {
      const Tensor& gradient = gradients[weights.value];
      if (convolution.prunable && gradient.defined()) seen.gradient[weights.value] = gradient;
    }
  }
  return seen;
}

}  // namespace alcedo
