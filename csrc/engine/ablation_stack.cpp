#include "engine/ablation_stack.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/error_codes.h"
#include "base/parallel.h"
#include "engine/channel_axis.h"

namespace alcedo {
namespace {

// One sample of a slot.
MemoryDesc row_of(const MemoryDesc& desc) {
  MemoryDesc row = desc;
  row.shape[0] = 1;
  return row;
}

// A few channels only: more of them cost as much as the whole convolution.
bool can_slice(const Step& step, const std::map<int, int64_t>& cleared) {
  return step.kernel && step.src.size() > 1 && step.src[0] >= 0 &&
         ConvSlice::fits(step.request, step.kernel->src[0], step.kernel->dst[0]) &&
         4 * cleared.at(step.src[0]) <= step.kernel->src[0].channels();
}

}  // namespace

AblationRoute find_route(const Network& base, const std::vector<int>& loss_slots, const std::map<int, int64_t>& cleared,
                         bool slicing) {
  AblationRoute route;
  const size_t num = base.num_slots();
  route.steps.assign(base.steps().size(), StepUse::none);
  route.cleared.assign(num, false);
  route.fetched.assign(num, false);
  for (const auto& entry : cleared) route.cleared[entry.first] = true;
  std::vector<bool> made(num, false), touched(num, false), only_cleared(num, false);
  for (const Step& step : base.steps()) {
    for (int slot : step.dst) {
      if (slot >= 0) made[slot] = true;
    }
  }
  const auto clear = [&](int slot) {
    if (slot < 0 || !route.cleared[slot] || touched[slot]) return;
    touched[slot] = only_cleared[slot] = true;
  };
  for (const auto& entry : cleared) {
    if (!made[entry.first]) clear(entry.first);
  }
  std::vector<bool> own(num, false);  // computed by the pass itself
  for (size_t s = 0; s < base.steps().size(); ++s) {
    const Step& step = base.steps()[s];
    const auto reads_touched = [&](int slot) { return slot >= 0 && touched[slot]; };
    if (std::any_of(step.src.begin(), step.src.end(), reads_touched)) {
      const bool bare = slicing && step.src[0] >= 0 && only_cleared[step.src[0]];
      route.steps[s] = bare && can_slice(step, cleared) ? StepUse::slice : StepUse::run;
      for (int slot : step.dst) {
        if (slot >= 0) touched[slot] = own[slot] = true;
      }
    }
    for (int slot : step.dst) clear(slot);
  }
  for (size_t s = 0; s < base.steps().size(); ++s) {
    if (route.steps[s] != StepUse::run) continue;
    for (int slot : base.steps()[s].src) {
      if (slot >= 0 && !own[slot]) route.fetched[slot] = true;
    }
  }
  for (int slot : loss_slots) {
    if (touched[slot]) route.reaches_loss = true;
  }
  for (int slot : loss_slots) {
    if (!own[slot]) route.fetched[slot] = true;
  }
  for (size_t s = 0; s < base.steps().size(); ++s) {
    const auto& dst = base.steps()[s].dst;
    if (std::any_of(dst.begin(), dst.end(), [&](int slot) { return slot >= 0 && route.fetched[slot]; })) {
      route.steps[s] = StepUse::fetch;
    }
  }
  return route;
}

SlicedStep::SlicedStep(const Network& base, const Graph& graph, int index) {
  const Step& step = base.steps()[index];
  const MemoryDesc &src = step.kernel->src[0], &dst = step.kernel->dst[0];
  slice_ = std::make_unique<ConvSlice>(step.request, src, dst, base.plain_parameter(graph, index, 1));
  row_ = static_cast<int64_t>(row_of(dst).bytes() / sizeof(float));
  if (!step.request.activation) {
    before_ = static_cast<const float*>(base.at(base.slot(step.dst[0]).buffer));
    return;
  }
  KernelRequest request = step.request;
  request.activation = {};
  kernel_ = create_kernel(request);
  end_tuning();
  require(kernel_->src[0] == src && kernel_->dst[0] == dst, error::kInternal, "[", step.label,
          "] lies otherwise in memory without its activation");
  const auto rounded = [](size_t bytes) { return (bytes + 63) / 64 * 64; };
  const bool borrow = kernel_->same_forms(*step.kernel);
  size_t size = rounded(dst.bytes()) + rounded(kernel_->scratch_bytes) + rounded(kernel_->state_bytes);
  const auto own = [&](size_t port) { return !borrow && step.parameters[port] >= 0; };
  for (size_t port = 0; port < step.parameters.size(); ++port) {
    if (own(port)) size += rounded(kernel_->parameter_bytes(port));
  }
  memory_.allocate(size);
  char* at = memory_.data();
  const auto take = [&](size_t bytes) {
    char* piece = at;
    at += rounded(bytes);
    return piece;
  };
  KernelArgs args = step.forward;
  args.dst[0] = take(dst.bytes());
  args.scratch = take(kernel_->scratch_bytes);
  args.state = take(kernel_->state_bytes);
  std::vector<Tensor> plain(step.parameters.size());
  std::vector<const Tensor*> pointers(step.parameters.size(), nullptr);
  for (size_t port = 0; port < step.parameters.size(); ++port) {
    if (!own(port)) continue;
    plain[port] = base.plain_parameter(graph, index, port);
    pointers[port] = &plain[port];
    args.parameters[port] = take(kernel_->parameter_bytes(port));
    kernel_->pack(port, plain[port], args.parameters[port]);
  }
  if (!borrow) kernel_->prepare(args, pointers);
  kernel_->forward(args);
  before_ = static_cast<const float*>(args.dst[0]);
}

AblationStack::AblationStack(const Graph& graph, std::vector<Shape> input_shapes, const std::vector<ValueId>& wanted,
                             const Loss& loss, const PlanOptions& options, const Network& base,
                             const std::vector<const AblationRoute*>& routes)
    : base_(base),
      network_(graph, std::move(input_shapes), wanted, {}, Purpose::ablation, options),
      head_(network_, loss, false) {
  const auto& steps = network_.steps();
  require(steps.size() == base.steps().size() && network_.num_slots() == base.num_slots(), error::kInternal,
          "the network has other steps for another batch size");
  for (size_t s = 0; s < base.num_slots(); ++s) {
    const MemoryDesc &a = network_.slot(static_cast<int>(s)).desc, &b = base.slot(static_cast<int>(s)).desc;
    require(a.block == b.block && a.dtype == b.dtype, error::kInternal, "value ",
            graph.values[base.slot(static_cast<int>(s)).value].name, " has another format for another batch size");
  }
  uses_.assign(steps.size(), StepUse::none);
  for (const AblationRoute* route : routes) {
    for (size_t s = 0; s < steps.size(); ++s) uses_[s] = std::max(uses_[s], route->steps[s]);
  }
  std::vector<Program::Use> uses;
  for (StepUse use : uses_) {
    uses.push_back(use == StepUse::none  ? Program::Use::none
                   : use == StepUse::run ? Program::Use::all
                                         : Program::Use::writes);
  }
  network_.borrow_parameters(base);
  network_.finish(std::move(uses));
  network_.reload(graph);
}

bool AblationStack::covers(const AblationRoute& route) const {
  for (size_t s = 0; s < uses_.size(); ++s) {
    if (route.steps[s] > uses_[s]) return false;
  }
  return true;
}

void AblationStack::fetch(int index, const std::vector<AblationRow>& rows, bool whole) {
  const Slot& slot = network_.slot(index);
  char* to = static_cast<char*>(network_.at(slot.buffer));
  const char* from = static_cast<const char*>(base_.at(base_.slot(index).buffer));
  if (whole) {
    std::memcpy(to, from, slot.desc.bytes());
    return;
  }
  const size_t bytes = row_of(slot.desc).bytes();
  parallel_for(static_cast<int64_t>(rows.size()), static_cast<int64_t>((1 << 16) / (bytes + 1) + 1),
               [&](int64_t begin, int64_t end) {
                 for (int64_t r = begin; r < end; ++r)
                   std::memcpy(to + r * bytes, from + rows[r].sample * bytes, bytes);
               });
}

void AblationStack::clear(int index, const std::vector<AblationRow>& rows, bool whole) {
  const Slot& slot = network_.slot(index);
  char* data = static_cast<char*>(network_.at(slot.buffer));
  const auto clear_in = [&](const MemoryDesc& desc, void* to, const ZeroedSlots& zeroed) {
    for (const ZeroedSlot& entry : zeroed) {
      if (entry.slot != index) continue;
      for (int64_t channel : entry.channels) clear_index(desc, entry.axis, to, channel);
    }
  };
  if (whole) {
    clear_in(slot.desc, data, *rows[0].zeroed);
    return;
  }
  const MemoryDesc row = row_of(slot.desc);
  parallel_for(static_cast<int64_t>(rows.size()), 4, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) clear_in(row, data + r * row.bytes(), *rows[r].zeroed);
  });
}

void AblationStack::run_slice(int index, const SlicedStep& sliced, const std::vector<AblationRow>& rows) {
  const Step &step = network_.steps()[index], &base_step = base_.steps()[index];
  const Slot &src = base_.slot(base_step.src[0]), &dst = network_.slot(step.dst[0]);
  const size_t src_row = row_of(src.desc).bytes(), dst_row = row_of(dst.desc).bytes();
  std::vector<ConvSlice::Row> list(rows.size());
  for (size_t r = 0; r < rows.size(); ++r) {
    list[r].src = static_cast<const char*>(base_.at(src.buffer)) + rows[r].sample * src_row;
    list[r].before = sliced.before(rows[r].sample);
    list[r].dst = static_cast<char*>(network_.at(dst.buffer)) + r * dst_row;
    for (const ZeroedSlot& entry : *rows[r].zeroed) {
      if (entry.slot != step.src[0]) continue;
      list[r].channels = entry.channels.data();
      list[r].num_channels = static_cast<int64_t>(entry.channels.size());
    }
  }
  sliced.slice().run(list);
}

const std::vector<float>& AblationStack::run(const AblationRoute& route, const std::map<int, SlicedStep>& sliced,
                                             const std::vector<AblationRow>& rows, const Batch& batch, bool whole) {
  set_openmp_threads(thread_num());
  const auto& steps = network_.steps();
  std::vector<bool> made(network_.num_slots(), false);
  for (const Step& step : steps) {
    for (int slot : step.dst) {
      if (slot >= 0) made[slot] = true;
    }
  }
  for (size_t slot = 0; slot < made.size(); ++slot) {
    const int index = static_cast<int>(slot);
    if (made[slot] || !route.fetched[slot]) continue;
    fetch(index, rows, whole);
    if (route.cleared[slot]) clear(index, rows, whole);
  }
  for (size_t s = 0; s < steps.size(); ++s) {
    const Step& step = steps[s];
    if (route.steps[s] == StepUse::none) continue;
    if (route.steps[s] == StepUse::run) network_.program().run(s, s + 1);
    if (route.steps[s] == StepUse::slice) run_slice(static_cast<int>(s), sliced.at(static_cast<int>(s)), rows);
    for (int slot : step.dst) {
      if (slot < 0) continue;
      if (route.steps[s] == StepUse::fetch) {
        if (!route.fetched[slot]) continue;
        fetch(slot, rows, whole);
      }
      if (route.cleared[slot]) clear(slot, rows, whole);
    }
  }
  Batch stacked;
  stacked.num = static_cast<int64_t>(rows.size());
  targets_.resize(batch.targets.size());
  for (size_t i = 0; i < batch.targets.size(); ++i) {
    const MemoryDesc row = row_of(network_.slot(head_.slots()[i]).desc);
    const int64_t size = num_elements(row.shape);
    targets_[i].resize(static_cast<size_t>(size) * rows.size());
    for (size_t r = 0; r < rows.size(); ++r) {
      std::copy_n(batch.targets[i] + rows[r].sample * size, size, targets_[i].data() + r * size);
    }
    stacked.targets.push_back(targets_[i].data());
  }
  for (const AblationRow& row : rows) {
    if (!batch.labels.empty()) stacked.labels.push_back(batch.labels[row.sample]);
  }
  return head_.compute(stacked, nullptr);
}

}  // namespace alcedo
