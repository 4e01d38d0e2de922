// TrainingPlan: forward with batch statistics, loss, backward, update. Weights, gradients and the optimizer's state
// stay in the kernels' own forms.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/error.h"
#include "base/error_codes.h"
#include "engine/loss.h"
#include "engine/optimizer_step.h"

namespace alcedo {

struct TrainingPlan::Impl {
  Impl(const Graph& graph, std::vector<Shape> shapes, const Loss& loss, const PlanOptions& options)
      : network(graph, std::move(shapes), loss.values, {}, Purpose::training, options),
        head(network, loss, true),
        update_in_backward(options.update_in_backward) {
    if (!update_in_backward) return;
    network.on_gradient([this](size_t parameter, int64_t begin, int64_t num, const float* gradient) {
      update_parameter(parameter, begin, num, 1.f, gradient);
    });
  }

  const Parameter& parameter_of(ValueId value) const {
    for (const Parameter& parameter : network.parameters()) {
      if (parameter.trainable && parameter.value == value) return parameter;
    }
    fail(error::kInternal, "value ", value, " is not trained");
  }
  Tensor unpacked(const Parameter& parameter, const void* packed) const {
    Tensor plain(DType::f32, parameter.info.shape);
    network.kernel_of(parameter).unpack(parameter.port, packed, plain);
    return plain;
  }
  int64_t floats(const Parameter& p) const {
    return static_cast<int64_t>(network.kernel_of(p).parameter_bytes(p.port) / sizeof(float));
  }
  // Adam's second moments are made on first use.
  float* second_of(size_t index) {
    if (second.empty()) second.resize(network.parameters().size());
    if (!second[index].defined()) second[index] = Tensor(DType::f32, {floats(network.parameters()[index])});
    return second[index].data<float>();
  }

  double forward(const Batch& batch, uint64_t seed);
  void update_parameter(size_t index, int64_t begin, int64_t num, float scale, const float* gradient);
  void update_rest(float scale);
  // Zero points are statistics, too, but whole numbers that nothing moves.
  static bool moves(const Parameter& p) { return p.role == InputRole::statistic && p.info.dtype == DType::f32; }
  // The running statistics, which the forward pass moves, to and from a copy.
  void copy_statistics(bool save) {
    saved = save;
    statistics.resize(network.parameters().size());
    for (size_t i = 0; i < statistics.size(); ++i) {
      const Parameter& p = network.parameters()[i];
      if (!moves(p)) continue;
      statistics[i].resize(static_cast<size_t>(floats(p)));
      auto* own = static_cast<float*>(network.at(p.master));
      std::copy_n(save ? own : statistics[i].data(), statistics[i].size(), save ? statistics[i].data() : own);
    }
  }

  Network network;
  LossHead head;
  bool update_in_backward;
  Optimizer* optimizer = nullptr;  // of the update that runs
  std::vector<std::vector<float>> statistics;
  bool saved = false;  // `statistics` holds those in front of a step that is not done
  size_t forward_steps = 0;
  int64_t passes = 0;  // since the last update
  std::vector<Tensor> second;
  std::vector<float> factors;  // of the samples' losses
};

TrainingPlan::TrainingPlan(const Graph& graph, std::vector<Shape> input_shapes, Loss loss, PlanOptions options)
    : impl_(new Impl(graph, std::move(input_shapes), loss, options)) {
  impl_->forward_steps = impl_->network.program().num_instructions();
  impl_->network.build_backward();
  impl_->network.finish();
  impl_->network.reload(graph);
}

TrainingPlan::~TrainingPlan() = default;

void TrainingPlan::reload(const Graph& graph, const Optimizer& optimizer) {
  Impl& impl = *impl_;
  impl.network.reload(graph);
  impl.passes = 0;
  for (size_t i = 0; i < impl.network.parameters().size(); ++i) {
    Parameter& parameter = impl.network.parameters()[i];
    parameter.written = false;
    if (!parameter.trainable) continue;
    const Kernel& kernel = impl.network.kernel_of(parameter);
    void* first = impl.network.at(parameter.first);
    const auto found = optimizer.first.find(parameter.value);
    if (found == optimizer.first.end()) {
      std::memset(first, 0, kernel.parameter_bytes(parameter.port));
    } else {
      kernel.pack(parameter.port, found->second, first);
    }
    const auto moment = optimizer.second.find(parameter.value);
    if (moment != optimizer.second.end()) {
      kernel.pack(parameter.port, moment->second, impl.second_of(i));
    } else if (!impl.second.empty()) {
      impl.second[i] = Tensor();
    }
  }
}

double TrainingPlan::Impl::forward(const Batch& batch, uint64_t seed) {
  require(batch.num == network.batch(), error::kWrongBatchSize, "a training plan for ", network.batch(),
          " samples got ", batch.num, ": padding would count in the batch statistics");
  head.check(batch);
  double total = 0;
  for (int64_t n = 0; n < batch.num; ++n) total += batch.weights.empty() ? 1.0 : batch.weights[n];
  factors.assign(static_cast<size_t>(batch.num), 0.f);
  for (int64_t n = 0; n < batch.num && total > 0; ++n) {
    factors[n] = static_cast<float>((batch.weights.empty() ? 1.0 : batch.weights[n]) / total);
  }
  network.seed = seed;
  network.set_inputs(batch);
  network.program().run(0, forward_steps);
  const std::vector<float>& losses = head.compute(batch, &factors);
  double loss = 0;
  for (int64_t n = 0; n < batch.num; ++n) loss += static_cast<double>(losses[n]) * factors[n];
  return loss;
}

double TrainingPlan::forward_backward(const Batch& batch, uint64_t seed) {
  Impl& impl = *impl_;
  require(!impl.update_in_backward, error::kInternal, "this training plan keeps no gradients");
  if (impl.passes == 0) impl.copy_statistics(true);
  const double loss = impl.forward(batch, seed);
  impl.network.program().run(impl.forward_steps, impl.network.program().num_instructions());
  impl.network.program().report("training", impl.network.batch());
  ++impl.passes;
  return loss;
}

void TrainingPlan::discard() {
  Impl& impl = *impl_;
  if (impl.saved) impl.copy_statistics(false);
  impl.passes = 0;
  for (Parameter& parameter : impl.network.parameters()) parameter.written = false;
}

void TrainingPlan::Impl::update_parameter(size_t index, int64_t begin, int64_t num, float scale,
                                          const float* gradient) {
  const Parameter& p = network.parameters()[index];
  float* moment = optimizer->kind == Optimizer::Kind::adam ? second_of(index) + begin : nullptr;
  optimizer_step(*optimizer, optimizer->steps, num, scale, gradient, static_cast<float*>(network.at(p.first)) + begin,
                 moment, static_cast<float*>(network.at(p.master)) + begin);
}

// What still has a gradient.
void TrainingPlan::Impl::update_rest(float scale) {
  bool any = false;
  for (size_t i = 0; i < network.parameters().size(); ++i) {
    Parameter& p = network.parameters()[i];
    if (!p.trainable || !p.written) continue;
    update_parameter(i, 0, floats(p), scale, static_cast<const float*>(network.at(p.gradient)));
    p.written = false;
    any = true;
  }
  if (any) network.prepare_changed();
}

void TrainingPlan::update(Optimizer& optimizer) {
  Impl& impl = *impl_;
  require(impl.passes > 0, error::kTrainingFailed, "update without a gradient");
  ++optimizer.steps;
  impl.optimizer = &optimizer;
  impl.update_rest(1.f / static_cast<float>(impl.passes));
  impl.passes = 0;
  impl.saved = false;
}

double TrainingPlan::step(const Batch& batch, uint64_t seed, Optimizer& optimizer) {
  Impl& impl = *impl_;
  require(impl.passes == 0, error::kInternal, "a step in the middle of accumulated gradients");
  impl.copy_statistics(true);
  const double loss = impl.forward(batch, seed);
  if (!std::isfinite(loss)) {
    impl.copy_statistics(false);
    return loss;
  }
  ++optimizer.steps;
  impl.optimizer = &optimizer;
  impl.network.program().run(impl.forward_steps, impl.network.program().num_instructions());
  impl.network.program().report("training", impl.network.batch());
  impl.update_rest(1.f);
  impl.saved = false;
  return loss;
}

void TrainingPlan::take(Graph& graph, Optimizer& optimizer) const {
  Impl& impl = *impl_;
  for (const Parameter& p : impl.network.parameters()) {
    if (!p.trainable || p.value == kNone) continue;
    Tensor& tensor = graph.values[p.value].constant;
    if (impl.network.program().bytes_of(p.master) < tensor.bytes()) continue;
    tensor = Tensor::view(tensor.dtype(), tensor.shape(), impl.network.at(p.master));
  }
  optimizer.first.clear();
  optimizer.second.clear();
}

void TrainingPlan::store(Graph& graph, Optimizer& optimizer) const {
  const Impl& impl = *impl_;
  for (size_t i = 0; i < impl.network.parameters().size(); ++i) {
    const Parameter& p = impl.network.parameters()[i];
    if (p.value == kNone || (!p.trainable && !impl.moves(p))) continue;
    // A tensor of its own: others may share the old one.
    graph.values[p.value].constant = impl.unpacked(p, impl.network.at(p.master));
    if (!p.trainable) continue;
    optimizer.first[p.value] = impl.unpacked(p, impl.network.at(p.first));
    if (!impl.second.empty() && impl.second[i].defined())
      optimizer.second[p.value] = impl.unpacked(p, impl.second[i].raw());
  }
}

Tensor TrainingPlan::gradient(ValueId parameter) const {
  const Parameter& p = impl_->parameter_of(parameter);
  if (!p.written) return Tensor(DType::f32, p.info.shape);
  return impl_->unpacked(p, impl_->network.at(p.gradient));
}

std::vector<ValueId> TrainingPlan::parameters() const {
  std::vector<ValueId> values;
  for (const Parameter& parameter : impl_->network.parameters()) {
    if (parameter.trainable) values.push_back(parameter.value);
  }
  return values;
}

std::string TrainingPlan::log() const { return impl_->network.program().log(); }

}  // namespace alcedo
