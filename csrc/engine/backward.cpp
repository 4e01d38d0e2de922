// The backward pass of a network: which gradients are needed, where they lie, who adds them up.
#include <algorithm>

#include "base/error.h"
#include "base/error_codes.h"
#include "engine/network.h"

namespace alcedo {

void Network::add_diff(int slot, BufferId diff) { slots_[slot].diffs.push_back(diff); }

// The whole gradient of a slot in one buffer; kNoBuffer: nothing depends on it.
BufferId Network::gather_diff(int index) {
  Slot& slot = slots_[index];
  if (slot.diffs.empty()) return kNoBuffer;
  BufferId sum = slot.diffs[0];
  for (size_t i = 1; i < slot.diffs.size(); ++i) {
    const BufferId a = sum, b = slot.diffs[i], out = program_.add_buffer(slot.desc.bytes());
    Instruction instruction;
    instruction.label = "sum of gradients " + graph_.values[slot.value].name;
    instruction.kernel = "own:add";
    instruction.formats = to_string(slot.desc);
    instruction.reads = {a, b};
    instruction.writes = {out};
    instruction.inplace_read = a;
    instruction.inplace_write = out;
    instruction.run = [this, desc = slot.desc, a, b, out] { accumulate(desc, at(a), at(b), at(out)); };
    program_.add(std::move(instruction));
    sum = out;
  }
  slot.diffs = {sum};
  return sum;
}

void Network::build_backward_steps() {
  find_read_backward();
  for (size_t s = steps_.size(); s-- > 0;) backward_step(static_cast<int>(s));
}

void Network::backward_step(int index) {
  {
    Step& step = steps_[index];
    step.diff_dst.assign(step.dst.size(), kNoBuffer);
    bool any = false;
    for (size_t i = 0; i < step.dst.size(); ++i) {
      if (step.dst[i] < 0 || !slots_[step.dst[i]].diff_needed) continue;
      step.diff_dst[i] = gather_diff(step.dst[i]);
      any = any || step.diff_dst[i] != kNoBuffer;
    }
    const Slot* first = step.dst[0] < 0 ? nullptr : &slots_[step.dst[0]];
    const bool primary = first && primary_slot(first->value) == step.dst[0];
    if (!any) {
      step.diff_dst.clear();
      return;
    }
    if (on_diff_ && primary && step.diff_dst[0] != kNoBuffer) on_diff_(first->value, step.dst[0], step.diff_dst[0]);
    if (!step.kernel) {
      if (slots_[step.src[0]].diff_needed) slots_[step.src[0]].diffs.push_back(step.diff_dst[0]);
      step.diff_dst.clear();
      return;
    }
  }
  Step& step = steps_[index];
  const Kernel& kernel = *step.kernel;
  BufferId diff = step.diff_dst[0];
  if (step.request.activation && !kernel.fused_activation_backward && diff != kNoBuffer) {
    const Slot& slot = slots_[step.dst[0]];
    const BufferId y = value_again(step.dst[0]);
    const BufferId from = diff, out = program_.add_buffer(slot.desc.bytes());
    Instruction i;
    i.label = step.label + " activation backward";
    i.kernel = "own:eltwise";
    i.formats = to_string(slot.desc);
    i.reads = {from, y};
    i.writes = {out};
    i.inplace_read = from;
    i.inplace_write = out;
    i.run = [this, desc = slot.desc, act = step.request.activation, y, from, out] {
      activation_backward(desc, act, at(y), at(from), at(out));
    };
    program_.add(std::move(i));
    step.diff_behind = diff = out;
    // A feature map in front of the activation has no slot of its own.
    for (const auto& [value, result] : behind_activation_) {
      if (on_diff_ && result == slot.value) on_diff_(value, step.dst[0], out);
    }
  } else if (step.request.activation && on_diff_) {
    for (const auto& [value, result] : behind_activation_) {
      if (result == slots_[step.dst[0]].value) on_diff_(value, step.dst[0], diff);
    }
  }

  step.diff_src.assign(step.src.size(), kNoBuffer);
  BufferId first_own = kNoBuffer;
  bool work = false;
  for (size_t i = 0; i < step.src.size(); ++i) {
    if (step.src[i] < 0 || !slots_[step.src[i]].diff_needed) continue;
    Slot& slot = slots_[step.src[i]];
    switch (i < kernel.diff_rule.size() ? kernel.diff_rule[i] : DiffRule::own) {
      case DiffRule::is_diff_dst:
        slot.diffs.push_back(diff);
        continue;
      case DiffRule::same_as_first:
        if (first_own != kNoBuffer) {
          slot.diffs.push_back(first_own);
          continue;
        }
        break;
      case DiffRule::own:
        break;
    }
    step.diff_src[i] = program_.add_buffer(slot.desc.bytes());
    if (first_own == kNoBuffer) first_own = step.diff_src[i];
    slot.diffs.push_back(step.diff_src[i]);
    work = true;
  }
  std::vector<int> gradients;
  for (int p : step.parameters) {
    if (p >= 0 && parameters_[p].trainable) gradients.push_back(p);
  }
  if (!work && gradients.empty()) {
    step.diff_dst.clear();
    return;
  }
  step.read_src.assign(step.src.size(), kNoBuffer);
  step.read_dst.assign(step.dst.size(), kNoBuffer);
  for (size_t k = 0; k < step.src.size(); ++k) {
    if (step.src[k] >= 0 && kernel.backward_src[k]) step.read_src[k] = value_again(step.src[k]);
  }
  for (size_t k = 0; k < step.dst.size(); ++k) {
    if (step.dst[k] >= 0 && kernel.backward_dst[k]) step.read_dst[k] = value_again(step.dst[k]);
  }
  Instruction i;
  i.label = step.label + " backward";
  i.kernel = kernel.name;
  i.flops = kernel.flops * ((work ? 1 : 0) + (gradients.empty() ? 0 : 1));
  for (size_t k = 0; k < step.diff_dst.size(); ++k) {
    const BufferId id = k == 0 ? diff : step.diff_dst[k];
    if (id != kNoBuffer) i.reads.push_back(id);
  }
  for (size_t k = 0; k < step.src.size(); ++k) {
    if (step.read_src[k] != kNoBuffer) i.reads.push_back(step.read_src[k]);
    if (step.diff_src[k] != kNoBuffer) i.writes.push_back(step.diff_src[k]);
  }
  for (size_t k = 0; k < step.dst.size(); ++k) {
    if (step.dst[k] < 0) continue;
    if (step.read_dst[k] != kNoBuffer) i.reads.push_back(step.read_dst[k]);
    i.formats += to_string(slots_[step.dst[k]].desc) + " ";
  }
  if (step.saved != kNoBuffer) i.reads.push_back(step.saved);
  for (int p : gradients) i.writes.push_back(parameters_[p].gradient);
  step.backward_scratch = scratch_for(kernel, i);
  if (kernel.inplace_diff >= 0 && step.diff_src[kernel.inplace_diff] != kNoBuffer) {
    i.inplace_read = diff;
    i.inplace_write = step.diff_src[kernel.inplace_diff];
  }
  i.run = [this, index, gradients] {
    Step& s = steps_[index];
    s.backward.seed = seed;
    for (size_t port = 0; port < s.parameters.size(); ++port) {
      const int p = s.parameters[port];
      if (p < 0 || !parameters_[p].trainable || parameters_[p].sliced) continue;
      s.backward.diff_parameters[port] = at(parameters_[p].gradient);
      if (!parameters_[p].written) continue;
      if (gradient_temps_.empty()) gradient_temps_.resize(parameters_.size());
      Tensor& temp = gradient_temps_[p];
      const int64_t floats = static_cast<int64_t>(program_.bytes_of(parameters_[p].gradient) / sizeof(float));
      if (!temp.defined()) temp = Tensor(DType::f32, {floats});
      s.backward.diff_parameters[port] = temp.raw();
    }
    s.kernel->backward(s.backward);
    for (int p : gradients) {
      Parameter& parameter = parameters_[p];
      if (parameter.sliced) update_in_slices(index);
      if (parameter.written) {
        void* sum = at(parameter.gradient);
        const Tensor& temp = gradient_temps_[p];
        accumulate({DType::f32, temp.shape(), 1}, sum, temp.raw(), sum);
      }
      parameter.written = true;
    }
  };
  program_.add(std::move(i));
  if (options_.update_in_backward && !gradients.empty()) append_update(index, gradients);
}

void Network::append_update(int index, const std::vector<int>& gradients) {
  Instruction i;
  i.label = steps_[index].label + " update";
  i.kernel = "own:update";
  for (int p : gradients) i.reads.push_back(parameters_[p].gradient);
  i.run = [this, index, gradients] {
    Step& step = steps_[index];
    bool any = false;
    for (int p : gradients) {
      Parameter& parameter = parameters_[p];
      if (parameter.shared) continue;
      any = true;
      parameter.written = false;
      if (parameter.sliced) continue;
      const auto num = static_cast<int64_t>(program_.bytes_of(parameter.gradient) / sizeof(float));
      update_(p, 0, num, static_cast<const float*>(at(parameter.gradient)));
    }
    if (any && step.state != kNoBuffer) step.kernel->prepare(step.forward, {});
  };
  program_.add(std::move(i));
}

// The gradient with respect to the inputs is known by now: it needed the old weights.
void Network::update_in_slices(int index) {
  Step& step = steps_[index];
  const int p = step.parameters[step.kernel->sliced_port];
  const auto total = static_cast<int64_t>(program_.bytes_of(parameters_[p].master) / sizeof(float));
  const auto slice = static_cast<int64_t>(step.kernel->slice_bytes / sizeof(float));
  auto* gradient = static_cast<float*>(at(parameters_[p].gradient));
  for (int64_t begin = 0; begin < total; begin += slice) {
    const int64_t num = std::min(slice, total - begin);
    step.kernel->backward_slice(step.backward, begin, num, gradient);
    update_(p, begin, num, gradient);
  }
}

}  // namespace alcedo
