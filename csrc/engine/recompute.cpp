// Values that are made again in the backward pass instead of being kept for it: what cheap kernels (BatchNormalization
// with its activation, sums, concatenations) computed from values that stay anyway.
#include "engine/network.h"

namespace alcedo {

// Slots whose contents the backward pass reads, whether kept or made again.
void Network::find_read_backward() {
  read_backward_.assign(slots_.size(), false);
  const auto mark = [&](int slot) {
    if (slot >= 0) read_backward_[slot] = true;
  };
  for (const Step& step : steps_) {
    if (step.hidden_map != kNone) {
      mark(step.dst[0]);
      if (step.request.residual) mark(step.src.back());
    }
    if (!step.kernel) continue;
    for (size_t i = 0; i < step.src.size(); ++i) {
      if (step.kernel->backward_src[i]) mark(step.src[i]);
    }
    for (size_t i = 0; i < step.dst.size(); ++i) {
      if (step.kernel->backward_dst[i]) mark(step.dst[i]);
    }
    if (step.request.activation && !step.kernel->fused_activation_backward) mark(step.dst[0]);
  }
  for (size_t value = 0; value < feature_map_.size(); ++value) {
    if (!feature_map_[value]) continue;
    mark(primary_slot(static_cast<ValueId>(value)));
  }
}

bool Network::is_dropped(int index) {
  Slot& slot = slots_[index];
  if (slot.dropped != Slot::Dropped::unknown) return slot.dropped == Slot::Dropped::yes;
  const auto decide = [&] {
    if (slot.producer < 0) return false;
    const Step& step = steps_[slot.producer];
    if (!step.kernel) return is_dropped(step.src[0]);
    if (!step.kernel->recomputable || step.dst[0] != index) return false;
    for (int src : step.src) {
      if (src >= 0 && !step.kernel->keeps_src && !read_backward_[src] && !is_dropped(src)) return false;
    }
    return true;
  };
  slot.dropped = decide() ? Slot::Dropped::yes : Slot::Dropped::no;
  return slot.dropped == Slot::Dropped::yes;
}

BufferId Network::value_again(int index) {
  if (!is_dropped(index)) return slots_[index].buffer;
  if (slots_[index].again != kNoBuffer) return slots_[index].again;
  const int producer = slots_[index].producer;
  Step& step = steps_[producer];
  if (!step.kernel) return slots_[index].again = value_again(step.src[0]);
  Instruction i;
  i.label = step.label + " again";
  i.kernel = step.kernel->name;
  i.formats = to_string(slots_[index].desc);
  step.again_src.assign(step.src.size(), kNoBuffer);
  for (size_t k = 0; k < step.src.size(); ++k) {
    if (step.src[k] < 0) continue;
    step.again_src[k] = value_again(step.src[k]);
    i.reads.push_back(step.again_src[k]);
  }
  if (step.saved != kNoBuffer) i.reads.push_back(step.saved);
  slots_[index].again = step.again_dst = program_.add_buffer(slots_[index].desc.bytes());
  i.writes = {step.again_dst};
  i.run = [this, producer] {
    Step& s = steps_[producer];
    s.again.seed = seed;
    s.kernel->recompute(s.again);
  };
  program_.add(std::move(i));
  return slots_[index].again;
}

}  // namespace alcedo
