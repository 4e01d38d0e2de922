#include "pruning/measure.h"

#include <algorithm>
#include <chrono>
#include <memory>

#include "base/error.h"
#include "base/error_codes.h"
#include "engine/sample_loss.h"
#include "layers/layer.h"

namespace alcedo {

namespace {

int64_t per_sample(const Shape& shape) {
  return shape.empty() ? 1 : num_elements(shape) / std::max<int64_t>(shape[0], 1);
}

}  // namespace

Timing time_network(const Graph& graph, const std::vector<Shape>& input_shapes, const PlanOptions& options) {
  using Clock = std::chrono::steady_clock;
  const auto ms_since = [](Clock::time_point begin) {
    return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
  };
  InferencePlan plan(graph, input_shapes, graph.outputs, options);
  Batch batch;
  std::vector<std::vector<float>> inputs;
  for (const Shape& shape : input_shapes) {
    batch.num = shape.empty() ? 1 : shape[0];
    inputs.emplace_back(num_elements(shape), 0.5F);
  }
  for (const std::vector<float>& input : inputs) batch.inputs.push_back(input.data());
  plan.run(batch);
  plan.run(batch);
  Timing timing;
  timing.steps = plan.times();
  std::vector<double> times;
  std::vector<std::vector<double>> step_times(timing.steps.size());
  // Small networks need more runs, very large ones must not take minutes.
  const auto start = Clock::now();
  for (size_t run = 0; run < 200; ++run) {
    const double spent = ms_since(start);
    if ((run >= 15 && spent > 100) || (run >= 5 && spent > 3000)) break;
    const auto begin = Clock::now();
    plan.run(batch);
    times.push_back(ms_since(begin));
    const std::vector<StepTime> steps = plan.times();
    for (size_t i = 0; i < steps.size(); ++i) step_times[i].push_back(steps[i].ms);
  }
  // The first quartile: what else the machine does only makes runs longer.
  const auto quartile = [](std::vector<double>& list) {
    const auto place = list.begin() + static_cast<int64_t>(list.size() / 4);
    std::nth_element(list.begin(), place, list.end());
    return *place;
  };
  timing.ms = quartile(times);
  for (size_t i = 0; i < timing.steps.size(); ++i) timing.steps[i].ms = quartile(step_times[i]);
  return timing;
}

int64_t HeldSamples::samples() const {
  int64_t sum = 0;
  for (const auto& held : batches_) sum += held->num;
  return sum;
}

void HeldSamples::for_each(const std::function<void(const Batch&, const std::vector<Shape>&)>& run) const {
  for (const auto& each : batches_) {
    const Held& held = *each;
    Batch batch;
    batch.num = held.num;
    for (const std::vector<float>& input : held.inputs) batch.inputs.push_back(input.data());
    run(batch, held.input_shapes);
  }
}

void HeldSamples::add(const Graph& graph, const Loss& loss, const Batch& batch,
                      const std::vector<Shape>& input_shapes) {
  loss_ = loss;
  Held held;
  held.num = batch.num;
  held.input_shapes = input_shapes;
  const auto copy = [&](const float* from, int64_t size) { return std::vector<float>(from, from + size * batch.num); };
  for (size_t i = 0; i < batch.inputs.size(); ++i) {
    held.inputs.push_back(copy(batch.inputs[i], per_sample(input_shapes[i])));
  }
  if (!batch.targets.empty()) {
    const std::vector<TensorInfo> info = infer(graph, input_shapes);
    for (size_t i = 0; i < batch.targets.size(); ++i) {
      held.targets.push_back(copy(batch.targets[i], per_sample(info[loss.values[i]].shape)));
    }
  }
  held.labels.assign(batch.labels.begin(), batch.labels.begin() + std::min<int64_t>(batch.num, batch.labels.size()));
  batches_.push_back(std::make_shared<const Held>(std::move(held)));
}

double HeldSamples::mean_loss(const Graph& graph, const PlanOptions& options) const {
  std::unique_ptr<InferencePlan> plan;
  const std::vector<Shape>* shapes = nullptr;
  double sum = 0.0;
  int64_t samples = 0;
  for (const auto& each : batches_) {
    const Held& held = *each;
    if (plan == nullptr || *shapes != held.input_shapes) {
      plan = std::make_unique<InferencePlan>(graph, held.input_shapes, loss_.values, options);
      shapes = &held.input_shapes;
    }
    Batch batch;
    batch.num = held.num;
    for (const std::vector<float>& input : held.inputs) batch.inputs.push_back(input.data());
    const std::vector<Tensor>& results = plan->run(batch);
    for (size_t v = 0; v < results.size(); ++v) {
      const int64_t size = per_sample(results[v].shape());
      const float* values = results[v].data<float>();
      for (int64_t s = 0; s < held.num; ++s) {
        const float* target = loss_.needs_targets() ? held.targets[v].data() + s * size : nullptr;
        sum += sample_loss(loss_, v, size, values + s * size, target, loss_.needs_labels() ? held.labels[s] : 0);
      }
    }
    samples += held.num;
  }
  require(samples > 0, error::kPruningWrongData, "no samples were added to measure the loss with");
  return sum / static_cast<double>(samples);
}

}  // namespace alcedo
