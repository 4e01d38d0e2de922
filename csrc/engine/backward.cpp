// The backward pass of a network: which gradients are needed, where they lie, who adds them up.
#include <algorithm>

#include "base/error.h"
#include "base/error_codes.h"
#include "engine/channel_axis.h"
#include "engine/network.h"

namespace alcedo {

void Network::add_diff(int slot, BufferId diff) { slots_[slot].diffs.push_back(diff); }

// Adds contributions to the gradient of a slot up until `into` are left; the first of them, kNoBuffer: there is none.
BufferId Network::gather_diff(int index, size_t into) {
  Slot& slot = slots_[index];
  while (slot.diffs.size() > into) {
    const BufferId a = slot.diffs[0], b = slot.diffs[1], out = program_.add_buffer(slot.diff_desc().bytes());
    Instruction i;
    i.label = "sum of gradients " + graph_.values[slot.value].name;
    i.kernel = "own:add";
    i.formats = to_string(slot.desc);
    i.reads = {a, b};
    i.writes = {out};
    i.inplace_read = a;
    i.inplace_write = out;
    i.run = [this, desc = slot.diff_desc(), a, b, out] { accumulate(desc, at(a), at(b), at(out)); };
    program_.add(std::move(i));
    slot.diffs.erase(slot.diffs.begin());
    slot.diffs[0] = out;
  }
  return slot.diffs.empty() ? kNoBuffer : slot.diffs[0];
}

MapProducts Network::products_of(ValueId value) const {
  const auto found = products_.find(value);
  return found == products_.end() ? MapProducts() : found->second;
}

// nullptr: the step has no hidden units that are scored.
float* Network::unit_products(const Step& step) const {
  if (step.node == kNone || !holds_hidden_units(graph_.nodes[step.node])) return nullptr;
  for (int slot : step.dst) {
    const MapProducts products = slot < 0 ? MapProducts() : products_of(slots_[slot].value);
    if (products.into) return products.into;
  }
  return nullptr;
}

// Channels that are not on axis 1 have a pass of their own. An activation between the map and the slot keeps products.
void Network::append_axis_products(int index, const MapProducts& products) {
  const Slot& slot = slots_[index];
  const BufferId diff = gather_diff(index), value = value_again(index);
  Instruction i;
  i.label = "score " + graph_.values[slot.value].name;
  i.kernel = "own:axis products";
  i.formats = to_string(slot.desc);
  i.reads = {value, diff};
  i.run = [this, products, desc = slot.desc, value, diff] {
    axis_products(desc, products.axis, at(value), at(diff), products.into);
  };
  program_.add(std::move(i));
}

// The gradient of a step's first result as its kernel wants it, in one pass: the last contribution is added, feature
// maps are multiplied with it, the derivative of an activation that is not the kernel's own is applied. passes_on:
// somebody reads it.
BufferId Network::receive_diff(int index, bool passes_on) {
  const Step& step = steps_[index];
  const int dst = step.dst[0];
  if (dst < 0 || !slots_[dst].diff_needed || gather_diff(dst, 2) == kNoBuffer) return kNoBuffer;
  Slot& slot = slots_[dst];
  GradientPass pass;
  pass.desc = slot.diff_desc();
  const bool mapped = primary_slot(slot.value) == dst && !step.unit_products;
  const MapProducts own = mapped ? products_of(slot.value) : MapProducts();
  const MapProducts hidden = products_of(step.hidden_map);
  for (const MapProducts& products : {own, hidden}) {
    if (products.into && products.axis != 1) append_axis_products(dst, products);
  }
  if (own.axis == 1) pass.products = own.into;
  if (hidden.axis == 1) pass.products_in_front = hidden.into;
  if (step.kernel && !step.kernel->fused_activation_backward) pass.activation = step.request.activation;
  if (!passes_on && !pass.products_in_front) pass.activation = {};
  const bool products = pass.products || pass.products_in_front;
  const BufferId a = slot.diffs[0], b = slot.diffs.size() > 1 ? slot.diffs[1] : kNoBuffer;
  const bool changes = b != kNoBuffer || pass.activation;
  if (!products && !(changes && passes_on)) return a;

  Instruction i;
  i.label = step.label + " gradient:";
  if (b != kNoBuffer) i.label += " sum";
  if (pass.activation) i.label += " activation";
  if (products) i.label += " score";
  i.kernel = "own:gradient";
  i.formats = to_string(slot.desc);
  i.reads = {a};
  if (b != kNoBuffer) i.reads.push_back(b);
  const auto read = [&](int from) {
    i.reads.push_back(value_again(from));
    return i.reads.back();
  };
  const BufferId value = products || pass.activation ? read(dst) : kNoBuffer;
  const bool subtracts = pass.products_in_front && step.request.residual;
  const BufferId residual = subtracts ? read(step.src.back()) : kNoBuffer;
  const BufferId out = changes && passes_on ? program_.add_buffer(slot.diff_desc().bytes()) : kNoBuffer;
  if (out != kNoBuffer) {
    i.writes = {out};
    i.inplace_read = a;
    i.inplace_write = out;
  }
  i.run = [this, pass, a, b, value, residual, out] {
    run_gradient_pass(pass, at(a), at(b), at(value), at(residual), at(out));
  };
  program_.add(std::move(i));
  return out == kNoBuffer ? a : out;
}

void Network::build_backward(std::unordered_map<ValueId, MapProducts> products) {
  products_ = std::move(products);
  find_read_backward();
  for (size_t s = steps_.size(); s-- > 0;) backward_step(static_cast<int>(s));
}

void Network::backward_step(int index) {
  Step& step = steps_[index];
  std::vector<int> gradients;
  for (int p : step.parameters) {
    if (p >= 0 && parameters_[p].trainable) gradients.push_back(p);
  }
  const bool passes_on = !gradients.empty() || std::any_of(step.src.begin(), step.src.end(), [&](int slot) {
    return slot >= 0 && slots_[slot].diff_needed;
  });
  step.unit_products = unit_products(step);
  const BufferId diff = receive_diff(index, passes_on || step.unit_products);
  step.diff_dst.assign(step.dst.size(), kNoBuffer);
  step.diff_dst[0] = diff;
  for (size_t i = 1; i < step.dst.size(); ++i) {
    if (step.dst[i] >= 0 && slots_[step.dst[i]].diff_needed) step.diff_dst[i] = gather_diff(step.dst[i]);
  }
  const bool any = std::any_of(step.diff_dst.begin(), step.diff_dst.end(), [](BufferId id) { return id != kNoBuffer; });
  if (!any || !step.kernel) {
    if (any && slots_[step.src[0]].diff_needed) slots_[step.src[0]].diffs.push_back(diff);
    step.diff_dst.clear();
    return;
  }
  const Kernel& kernel = *step.kernel;

  step.diff_src.assign(step.src.size(), kNoBuffer);
  bool work = false;
  for (size_t i = 0; i < step.src.size(); ++i) {
    if (step.src[i] < 0 || !slots_[step.src[i]].diff_needed) continue;
    Slot& slot = slots_[step.src[i]];
    if (i < kernel.diff_rule.size() && kernel.diff_rule[i] == DiffRule::is_diff_dst) {
      slot.diffs.push_back(diff);
      continue;
    }
    step.diff_src[i] = program_.add_buffer(slot.diff_desc().bytes());
    slot.diffs.push_back(step.diff_src[i]);
    work = true;
  }
  if (!work && gradients.empty() && !step.unit_products) {
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
  for (BufferId id : step.diff_dst) {
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
