#include "pruning/selection.h"

#include <algorithm>
#include <limits>

namespace alcedo {

namespace {

// Calls run(axis id, number of channels) for every axis that the group touches.
template <class Run>
void for_each_axis(const Coupling& coupling, const ChannelGroup& group, const Run& run) {
  const std::vector<ChannelIndex>& list = group.channels;
  for (size_t i = 0; i < list.size();) {
    size_t end = i + 1;
    while (end < list.size() && list[end].value == list[i].value && list[end].axis == list[i].axis) ++end;
    run(coupling.axis_id(list[i].value, list[i].axis), static_cast<int32_t>(end - i));
    i = end;
  }
}

// Calls run(convolution, number of kernels) for every convolution of the group.
template <class Run>
void for_each_convolution(const ChannelGroup& group, const Run& run) {
  for (size_t i = 0; i < group.kernels.size();) {
    size_t end = i + 1;
    while (end < group.kernels.size() && group.kernels[end].convolution == group.kernels[i].convolution) ++end;
    run(group.kernels[i].convolution, static_cast<int64_t>(end - i));
    i = end;
  }
}

// Takes groups from the front of the order while they fit into the budget.
void take_lowest(const Coupling& coupling, const std::vector<int32_t>& order, int64_t kernels, Removal& removal) {
  for (int32_t group : order) {
    if (removal.kernel_num() >= kernels) break;
    const int64_t size = static_cast<int64_t>(coupling.groups()[group].kernels.size());
    if (removal.kernel_num() + size <= kernels && removal.fits(group)) removal.take(group);
  }
}

// Puts the most important of the removed groups back until the kernels that stay are multiples of `round_to`.
void round_up(const Coupling& coupling, const std::vector<int32_t>& order, int64_t round_to, Removal& removal) {
  const std::vector<Convolution>& convolutions = coupling.convolutions();
  std::vector<std::vector<int32_t>> groups_of(convolutions.size());
  for (auto group = order.rbegin(); group != order.rend(); ++group) {
    if (!removal.removed(*group)) continue;
    for_each_convolution(coupling.groups()[*group], [&](int32_t c, int64_t) { groups_of[c].push_back(*group); });
  }
  std::vector<size_t> next(convolutions.size(), 0);
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t c = 0; c < convolutions.size(); ++c) {
      while (removal.kernels_left(c) % round_to != 0 && next[c] < groups_of[c].size()) {
        const int32_t group = groups_of[c][next[c]++];
        if (!removal.removed(group)) continue;
        removal.put_back(group);
        changed = true;
      }
    }
  }
}

std::vector<bool> select_once(const Coupling& coupling, const std::vector<int32_t>& order,
                              const SelectionLimits& limits, int64_t kernels) {
  Removal removal(coupling, limits);
  take_lowest(coupling, order, kernels, removal);
  if (limits.round_to > 1) round_up(coupling, order, limits.round_to, removal);
  return removal.groups();
}

}  // namespace

Removal::Removal(const Coupling& coupling, const SelectionLimits& limits)
    : coupling_(coupling), limits_(limits), axis_left_(coupling.axis_num()), removed_(coupling.groups().size()) {
  for (const Convolution& convolution : coupling.convolutions()) left_.push_back(convolution.kernel_num);
  for (const ChannelGroup& group : coupling.groups()) {
    for (const ChannelIndex& channel : group.channels) {
      axis_left_[coupling.axis_id(channel.value, channel.axis)] =
          static_cast<int32_t>(coupling.shape_of(channel.value)[channel.axis]);
    }
  }
}

bool Removal::fits(int32_t group) const {
  if (removed_[group] || (!limits_.locked.empty() && limits_.locked[group])) return false;
  bool fits = true;
  for_each_axis(coupling_, coupling_.groups()[group], [&](int32_t axis, int32_t num) {
    if (axis_left_[axis] - num < 1) fits = false;
  });
  for_each_convolution(coupling_.groups()[group], [&](int32_t c, int64_t num) {
    const int64_t floor = limits_.min_kernels.empty() ? 1 : std::max<int64_t>(limits_.min_kernels[c], 1);
    if (left_[c] - num < floor) fits = false;
  });
  return fits;
}

void Removal::take(int32_t group) {
  removed_[group] = true;
  for_each_axis(coupling_, coupling_.groups()[group], [&](int32_t axis, int32_t num) { axis_left_[axis] -= num; });
  for_each_convolution(coupling_.groups()[group], [&](int32_t c, int64_t num) {
    left_[c] -= num;
    kernel_num_ += num;
  });
}

void Removal::put_back(int32_t group) {
  removed_[group] = false;
  for_each_axis(coupling_, coupling_.groups()[group], [&](int32_t axis, int32_t num) { axis_left_[axis] += num; });
  for_each_convolution(coupling_.groups()[group], [&](int32_t c, int64_t num) {
    left_[c] += num;
    kernel_num_ -= num;
  });
}

std::vector<bool> select_groups(const Coupling& coupling, const std::vector<int32_t>& order,
                                const SelectionLimits& limits, int64_t kernels) {
  if (limits.round_to <= 1) return select_once(coupling, order, limits, kernels);
  // Rounding puts kernels back: look for the largest raw number that still ends at or below what was asked for.
  int64_t all = 0;
  for (const ChannelGroup& group : coupling.groups()) all += static_cast<int64_t>(group.kernels.size());
  int64_t low = std::min(kernels, all), high = all;
  std::vector<bool> best = select_once(coupling, order, limits, low);
  while (low < high) {
    const int64_t middle = low + (high - low + 1) / 2;
    std::vector<bool> removed = select_once(coupling, order, limits, middle);
    if (count_kernels(coupling, removed) <= kernels) {
      low = middle;
      best = std::move(removed);
    } else {
      high = middle - 1;
    }
  }
  return best;
}

int64_t count_kernels(const Coupling& coupling, const std::vector<bool>& removed) {
  int64_t kernels = 0;
  for (size_t g = 0; g < removed.size(); ++g) {
    if (removed[g]) kernels += static_cast<int64_t>(coupling.groups()[g].kernels.size());
  }
  return kernels;
}

std::vector<int64_t> kernels_left(const Coupling& coupling, const std::vector<bool>& removed) {
  std::vector<int64_t> left;
  for (const Convolution& convolution : coupling.convolutions()) left.push_back(convolution.kernel_num);
  for (size_t g = 0; g < removed.size(); ++g) {
    if (!removed[g]) continue;
    for (const KernelRef& kernel : coupling.groups()[g].kernels) --left[kernel.convolution];
  }
  return left;
}

}  // namespace alcedo
