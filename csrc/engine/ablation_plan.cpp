// AblationPlan: one forward pass whose values all stay; an ablation zeroes channels in place, recomputes only what
// depends on them beside the first pass, and puts the channels back.
#include <omp.h>

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/error_codes.h"
#include "base/parallel.h"
#include "engine/loss.h"

namespace alcedo {

struct AblationPlan::Impl {
  Impl(const Graph& source, std::vector<Shape> shapes, const Loss& l, const PlanOptions& o)
      : graph(source), input_shapes(std::move(shapes)), loss(l), options(o) {
    build();
  }

  void build() {
    std::vector<ValueId> wanted = loss.values;
    wanted.insert(wanted.end(), shown.begin(), shown.end());
    head.reset();
    network =
        std::make_unique<Network>(graph, input_shapes, wanted, std::vector<ValueId>{}, Purpose::ablation, options);
    head = std::make_unique<LossHead>(*network, loss, false);
    network->finish();
    network->program().allocate_second();
    network->reload(graph);
    dirty.assign(network->program().num_buffers(), false);
  }

  // The slot that holds the value, or the one behind an activation that keeps zero. A value inside a kernel is brought
  // out by building the plan again.
  int slot_of(ValueId value) {
    int slot = network->primary_slot(value);
    if (slot >= 0) return slot;
    const ValueId behind = network->behind_activation(value);
    if (behind != kNone && network->primary_slot(behind) >= 0) {
      for (const Step& step : network->steps()) {
        if (step.dst[0] == network->primary_slot(behind) && !step.request.activation.moves_zero()) return step.dst[0];
      }
    }
    shown.push_back(value);
    build();
    if (loaded) forward();
    slot = network->primary_slot(value);
    require(slot >= 0, error::kPruningUnsupported, "value ", graph.values[value].name, " cannot be set to zero");
    return slot;
  }

  void forward() {
    Batch batch = kept;
    batch.inputs.clear();
    for (const auto& input : inputs) batch.inputs.push_back(input.data());
    network->set_inputs(batch);
    network->program().run();
    base = head->compute(batch, nullptr);
  }

  struct Saved {
    int slot;
    int64_t channel;
    std::vector<char> bytes;
  };

  void* memory(int slot) const {
    const BufferId buffer = network->slot(slot).buffer;
    return dirty[buffer] ? network->program().second_at(buffer) : network->at(buffer);
  }

  Graph graph;
  std::vector<Shape> input_shapes;
  Loss loss;
  PlanOptions options;
  std::vector<ValueId> shown;
  std::unique_ptr<Network> network;
  std::unique_ptr<LossHead> head;
  std::vector<bool> dirty;  // per buffer: recomputed beside the first pass
  bool loaded = false;
  Batch kept;
  std::vector<std::vector<float>> inputs, targets;
  std::vector<float> base;
};

AblationPlan::AblationPlan(const Graph& graph, std::vector<Shape> input_shapes, Loss loss, PlanOptions options)
    : impl_(new Impl(graph, std::move(input_shapes), loss, options)) {}

AblationPlan::~AblationPlan() = default;

void AblationPlan::reload(const Graph& graph) {
  impl_->graph = graph;
  impl_->network->reload(graph);
  impl_->loaded = false;
}

const std::vector<float>& AblationPlan::load(const Batch& batch) {
  Impl& impl = *impl_;
  impl.head->check(batch);
  require(batch.inputs.size() == impl.input_shapes.size(), error::kInputsMissing, "the network has ",
          impl.input_shapes.size(), " inputs, ", batch.inputs.size(), " were given");
  require(batch.num >= 1 && batch.num <= impl.network->batch(), error::kWrongBatchSize, "a batch of ", batch.num,
          " samples was given, the plan is for ", impl.network->batch());
  const auto copy = [&](const float* from, const Shape& shape) {
    return std::vector<float>(from, from + num_elements(shape) / std::max<int64_t>(shape[0], 1) * batch.num);
  };
  impl.kept = batch;
  impl.inputs.clear();
  impl.targets.clear();
  for (size_t i = 0; i < batch.inputs.size(); ++i) impl.inputs.push_back(copy(batch.inputs[i], impl.input_shapes[i]));
  for (size_t i = 0; i < batch.targets.size(); ++i) {
    impl.targets.push_back(copy(batch.targets[i], impl.network->info(impl.loss.values[i]).shape));
    impl.kept.targets[i] = impl.targets[i].data();
  }
  impl.loaded = true;
  impl.forward();
  return impl.base;
}

const std::vector<float>& AblationPlan::ablate(const std::vector<ChannelRef>& channels) {
  Impl& impl = *impl_;
  require(impl.loaded, error::kInternal, "ablation before a batch was loaded");
  std::vector<std::pair<int, int64_t>> targets;
  // A rebuild changes the slots: bring out all values first.
  for (const ChannelRef& ref : channels) impl.slot_of(ref.value);
  for (const ChannelRef& ref : channels) {
    const int slot = impl.slot_of(ref.value);
    const Shape& shape = impl.network->slot(slot).desc.shape;
    require(shape.size() >= 2 && ref.channel >= 0 && ref.channel < shape[1], error::kPruningUnsupported, "value ",
            impl.graph.values[ref.value].name, " has no channel ", ref.channel);
    targets.emplace_back(slot, ref.channel);
  }
  omp_set_num_threads(thread_num());
  Network& network = *impl.network;
  std::fill(impl.dirty.begin(), impl.dirty.end(), false);
  std::vector<Impl::Saved> saved;
  std::vector<bool> touched(impl.dirty.size(), false);  // differs from the first pass
  const auto clear = [&](int slot) {
    for (const auto& [target, channel] : targets) {
      if (target != slot) continue;
      const Slot& s = network.slot(slot);
      void* memory = impl.memory(slot);
      touched[s.buffer] = true;
      if (!impl.dirty[s.buffer]) {
        saved.push_back({slot, channel, std::vector<char>(channel_bytes(s.desc))});
        copy_channel(s.desc, memory, channel, saved.back().bytes.data(), true);
      }
      clear_channel(s.desc, memory, channel);
    }
  };
  const auto restore = [&] {
    for (size_t i = saved.size(); i-- > 0;) {
      const Slot& s = network.slot(saved[i].slot);
      copy_channel(s.desc, network.at(s.buffer), saved[i].channel, saved[i].bytes.data(), false);
    }
  };
  try {
    std::vector<bool> made(impl.dirty.size(), false);
    for (const Step& step : network.steps()) {
      for (int slot : step.dst) {
        if (slot >= 0) made[network.slot(slot).buffer] = true;
      }
    }
    for (const auto& [slot, channel] : targets) {
      (void)channel;
      if (!made[network.slot(slot).buffer] && !touched[network.slot(slot).buffer]) clear(slot);
    }
    KernelArgs args;
    for (const Step& step : network.steps()) {
      const bool depends = std::any_of(step.src.begin(), step.src.end(),
                                       [&](int slot) { return slot >= 0 && touched[network.slot(slot).buffer]; });
      if (depends) {
        args = step.forward;
        for (size_t i = 0; i < step.src.size(); ++i) {
          if (step.src[i] >= 0) args.src[i] = impl.memory(step.src[i]);
        }
        for (size_t i = 0; i < step.dst.size(); ++i) {
          if (step.dst[i] < 0) continue;
          const BufferId buffer = network.slot(step.dst[i]).buffer;
          impl.dirty[buffer] = touched[buffer] = true;
          args.dst[i] = network.program().second_at(buffer);
        }
        step.kernel->forward(args);
      }
      for (int slot : step.dst) {
        if (slot >= 0) clear(slot);
      }
    }
    std::vector<const float*> memory;
    for (int slot : impl.head->slots()) memory.push_back(static_cast<const float*>(impl.memory(slot)));
    Batch batch = impl.kept;
    impl.head->compute(batch, nullptr, &memory);
  } catch (...) {
    restore();
    throw;
  }
  restore();
  return impl.head->losses();
}

}  // namespace alcedo
