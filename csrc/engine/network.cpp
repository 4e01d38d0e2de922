// Network: slots and parameters, reloading weights, inputs.
#include "engine/network.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/error.h"
#include "base/error_codes.h"
#include "base/parallel_copy.h"
#include "engine/rewrite.h"

namespace alcedo {

namespace {

// Fake-quantized weights are made anew in every step of a training.
void forget_trained(const Graph& graph, std::vector<TensorInfo>& infos) {
  std::vector<bool> moves(infos.size(), false);
  for (const Node& node : graph.nodes) {
    bool any = node.op_type == "QuantizeLinear" && is_trainable(graph, node, 0);
    for (ValueId value : node.inputs) any = any || (value != kNone && moves[value]);
    if (!any) continue;
    for (ValueId value : node.outputs) {
      if (value == kNone) continue;
      moves[value] = true;
      infos[value].constant = Tensor();
    }
  }
}

}  // namespace

Network::Network(const Graph& graph, std::vector<Shape> input_shapes, const std::vector<ValueId>& wanted,
                 const std::vector<ValueId>& feature_maps, Purpose purpose, const PlanOptions& options)
    : graph_(graph), input_shapes_(std::move(input_shapes)), purpose_(purpose), options_(options) {
  // Kernels are made for a number of threads.
  set_openmp_threads(thread_num());
  if (!has_bf16() || purpose == Purpose::training) options_.bf16 = false;
  infos_ = infer(graph_, input_shapes_);
  if (purpose == Purpose::training) forget_trained(graph_, infos_);
  consumers_ = graph_.consumers();
  slots_of_value_.resize(graph_.values.size());
  lowered_.assign(graph_.nodes.size(), false);
  protected_.assign(graph_.values.size(), false);
  feature_map_ = protected_;
  const auto mark = [&](const std::vector<ValueId>& values, std::vector<bool>& marks) {
    for (ValueId value : values) {
      require(value >= 0 && value < static_cast<ValueId>(marks.size()), error::kInternal, "no value ", value);
      marks[value] = true;
    }
  };
  mark(wanted, protected_);
  mark(feature_maps, feature_map_);
  if (purpose == Purpose::inference && !options_.reference) {
    rewrite_for_inference(graph_, infos_, [&](ValueId value) { return protected_[value]; });
    consumers_ = graph_.consumers();
  }
  std::vector<ValueId> targets = wanted;
  targets.insert(targets.end(), feature_maps.begin(), feature_maps.end());
  find_needed(targets);
  find_diff_needed(feature_maps);
  for (size_t i = 0; i < graph_.inputs.size(); ++i) {
    const ValueId value = graph_.inputs[i];
    const MemoryDesc desc{infos_[value].dtype, infos_[value].shape, 1};
    const BufferId buffer = program_.add_buffer(desc.bytes());
    program_.live_from_start(buffer);
    slots_[add_slot(value, desc, buffer)].producer = -1;
  }
  lower();
}

int64_t Network::batch() const {
  require(!input_shapes_.empty() && !input_shapes_[0].empty(), error::kInternal, "the network has no input");
  return input_shapes_[0][0];
}

int Network::primary_slot(ValueId value) const {
  return slots_of_value_[value].empty() ? -1 : slots_of_value_[value].front();
}

ValueId Network::behind_activation(ValueId value) const {
  const auto found = behind_activation_.find(value);
  return found == behind_activation_.end() ? kNone : found->second;
}

int Network::add_slot(ValueId value, const MemoryDesc& desc, BufferId buffer) {
  Slot slot;
  slot.value = value;
  slot.desc = desc;
  slot.buffer = buffer;
  slot.producer = static_cast<int>(steps_.size());  // the step that is being made
  slot.diff_needed = diff_needed_[value];
  slots_.push_back(slot);
  slots_of_value_[value].push_back(static_cast<int>(slots_.size()) - 1);
  return slots_of_value_[value].back();
}

int Network::slot_in(ValueId value, const MemoryDesc& desc) {
  const auto& list = slots_of_value_[value];
  require(!list.empty(), error::kInternal, "value ", graph_.values[value].name, " is read before it is made");
  for (int slot : list) {
    if (slots_[slot].desc == desc) return slot;
  }
  const int from = list.front();
  const bool view = slots_[from].desc.same_bytes(desc) && purpose_ != Purpose::ablation;
  const BufferId buffer = view ? slots_[from].buffer : program_.add_buffer(desc.bytes());
  const int to = add_slot(value, desc, buffer);
  Step step;
  step.label = "reorder " + graph_.values[value].name;
  if (!view) step.kernel = create_reorder(slots_[from].desc, desc);
  step.src = {from};
  step.dst = {to};
  step.parameters = {-1};
  steps_.push_back(std::move(step));
  append_forward(static_cast<int>(steps_.size()) - 1);
  return to;
}

int Network::plain_slot(ValueId value) {
  if (slots_of_value_[value].empty()) return -1;
  return slot_in(value, {infos_[value].dtype, infos_[value].shape, 1});
}

void Network::set_inputs(const Batch& batch) {
  require(batch.inputs.size() == graph_.inputs.size(), error::kInputsMissing, "the network has ", graph_.inputs.size(),
          " inputs, ", batch.inputs.size(), " were given");
  require(batch.num >= 1 && batch.num <= this->batch(), error::kWrongBatchSize, "a batch of ", batch.num,
          " samples was given, the plan is for ", this->batch());
  for (size_t i = 0; i < graph_.inputs.size(); ++i) {
    const Slot& slot = slots_[slots_of_value_[graph_.inputs[i]].front()];
    const int64_t total = num_elements(slot.desc.shape), row = total / std::max<int64_t>(slot.desc.batch(), 1);
    const int64_t given = std::min(total, row * batch.num);
    void* to = program_.at(slot.buffer);
    if (slot.desc.dtype == DType::f32) {
      parallel_copy(to, batch.inputs[i], static_cast<size_t>(given) * sizeof(float));
      std::memset(static_cast<float*>(to) + given, 0, static_cast<size_t>(total - given) * sizeof(float));
      continue;
    }
    Tensor floats(DType::f32, slot.desc.shape);
    std::memcpy(floats.raw(), batch.inputs[i], static_cast<size_t>(given) * sizeof(float));
    const Tensor converted = floats.cast(slot.desc.dtype);
    std::memcpy(to, converted.raw(), converted.bytes());
  }
}

void Network::reload(const Graph& graph) {
  require(graph.values.size() == graph_.values.size() && graph.nodes.size() == graph_.nodes.size(), error::kInternal,
          "a plan was reloaded with another graph");
  // Weights that come from folded nodes must be folded again.
  const bool folded = std::any_of(parameters_.begin(), parameters_.end(), [&](const Parameter& p) {
    return p.value != kNone && !graph.values[p.value].is_constant();
  });
  if (folded) infos_ = infer(graph, input_shapes_);
  // Packing takes most of a plan's build: layers side by side, neighbours (of like size) in different threads.
  const int64_t lanes = thread_num();
  parallel_for(lanes, 1, [&](int64_t begin, int64_t end) {
    Arena memory;
    for (int64_t lane = begin; lane < end; ++lane) {
      for (size_t s = static_cast<size_t>(lane); s < steps_.size(); s += static_cast<size_t>(lanes)) {
        pack(graph, static_cast<int>(s), memory);
      }
    }
  });
}

void Network::pack(const Graph& graph, int index, Arena& memory) {
  Step& step = steps_[index];
  if (!step.kernel || step.unused) return;
  std::vector<Tensor> tensors(step.parameters.size());
  std::vector<const Tensor*> pointers(step.parameters.size(), nullptr);
  bool any = false;
  for (size_t port = 0; port < step.parameters.size(); ++port) {
    if (step.parameters[port] < 0) continue;
    Parameter& parameter = parameters_[step.parameters[port]];
    if (parameter.borrowed) continue;
    Parameter source = parameter;
    source.step = index;
    source.port = port;
    tensors[port] = source_of(graph, infos_, source, &memory);
    require(tensors[port].shape() == source.info.shape, error::kInternal, "[", step.label, "] weights changed shape");
    // Of several steps that share weights the first one writes them.
    if (parameter.lent) {
      parameter.held = tensors[port];
      step.forward.parameters[port] = parameter.held.raw();
      if (!step.backward.parameters.empty()) step.backward.parameters[port] = parameter.held.raw();
    } else if (parameter.step == index) {
      step.kernel->pack(port, tensors[port], program_.at(parameter.master));
    }
    pointers[port] = &tensors[port];
    any = true;
  }
  if (any) step.kernel->prepare(step.forward, pointers);
}

void Network::prepare_changed() {
  for (Step& step : steps_) {
    if (!step.kernel || step.state == kNoBuffer) continue;
    step.kernel->prepare(step.forward, {});
  }
}

void Network::borrow_parameters(const Network& donor) {
  for (Parameter& parameter : parameters_) {
    const Step &own = steps_[parameter.step], &other = donor.steps_[parameter.step];
    if (own.node != other.node || !own.kernel->same_forms(*other.kernel)) continue;
    const Parameter& held = donor.parameters_[other.parameters[parameter.port]];
    parameter.borrowed = held.borrowed ? held.borrowed : donor.at(held.master);
    program_.drop(parameter.master);
  }
}

Tensor Network::plain_parameter(const Graph& graph, int step, size_t port) const {
  return source_of(graph, infos_, parameters_[steps_[step].parameters[port]], nullptr);
}

void Network::finish(std::vector<Program::Use> uses) {
  end_tuning();
  const bool restricted = !uses.empty();
  if (restricted) {
    scratch_bytes_ = 0;
    for (size_t s = 0; s < steps_.size(); ++s) {
      steps_[s].unused = uses[s] != Program::Use::all;
      if (!steps_[s].unused) scratch_bytes_ = std::max(scratch_bytes_, steps_[s].kernel->scratch_bytes);
    }
    for (const Parameter& parameter : parameters_) {
      if (steps_[parameter.step].unused) program_.drop(parameter.master);
    }
    program_.restrict_to(std::move(uses));
  }
  scratch_ = program_.add_buffer(scratch_bytes_, true, "scratch");
  program_.allocate(restricted || purpose_ != Purpose::ablation);
  bind();
  // The kernels have their own copies now.
  for (const Parameter& parameter : parameters_) {
    if (parameter.value == kNone || !graph_.values[parameter.value].is_constant()) continue;
    graph_.values[parameter.value].constant = Tensor();
    infos_[parameter.value].constant = Tensor();
  }
}

void Network::bind() {
  const auto slot_memory = [&](int slot) { return slot < 0 ? nullptr : program_.at(slots_[slot].buffer); };
  for (Step& step : steps_) {
    if (!step.kernel) continue;
    const size_t num = step.src.size();
    KernelArgs& args = step.forward;
    args.src.assign(num, nullptr);
    args.parameters.assign(num, nullptr);
    args.diff_parameters.assign(num, nullptr);
    args.diff_src.assign(num, nullptr);
    args.diff_dst.assign(step.dst.size(), nullptr);
    args.dst.assign(step.dst.size(), nullptr);
    for (size_t i = 0; i < num; ++i) {
      args.src[i] = slot_memory(step.src[i]);
      if (step.parameters[i] < 0) continue;
      const Parameter& parameter = parameters_[step.parameters[i]];
      args.parameters[i] = parameter.borrowed ? parameter.borrowed : program_.at(parameter.master);
    }
    for (size_t i = 0; i < step.dst.size(); ++i) args.dst[i] = slot_memory(step.dst[i]);
    args.state = program_.at(step.state);
    args.saved = program_.at(step.saved);
    args.scratch = program_.at(step.scratch == kNoBuffer ? scratch_ : step.scratch);
    if (step.again_dst != kNoBuffer) {
      step.again = args;
      for (size_t i = 0; i < num; ++i) step.again.src[i] = program_.at(step.again_src[i]);
      step.again.dst[0] = program_.at(step.again_dst);
    }
    if (step.diff_dst.empty()) continue;
    step.backward = args;
    step.backward.unit_products = step.unit_products;
    step.backward.scratch = program_.at(step.backward_scratch);
    for (size_t i = 0; i < num; ++i) step.backward.src[i] = program_.at(step.read_src[i]);
    for (size_t i = 0; i < step.dst.size(); ++i) step.backward.dst[i] = program_.at(step.read_dst[i]);
    for (size_t i = 0; i < step.dst.size(); ++i) step.backward.diff_dst[i] = program_.at(step.diff_dst[i]);
    for (size_t i = 0; i < num; ++i) {
      if (step.diff_src[i] != kNoBuffer) step.backward.diff_src[i] = program_.at(step.diff_src[i]);
    }
  }
}

}  // namespace alcedo
