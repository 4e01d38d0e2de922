#include "pruning/fill.h"

#include <algorithm>
#include <utility>

namespace alcedo {

namespace {

// Kernels that stay, per convolution, are multiples again after this group's set got a block back.
bool rounded(const Coupling& coupling, int32_t group, const std::vector<int64_t>& left, int64_t round_to) {
  const std::vector<KernelRef>& kernels = coupling.groups()[group].kernels;
  return std::all_of(kernels.begin(), kernels.end(), [&](const KernelRef& kernel) {
    const int64_t num = left[kernel.convolution];
    return num % round_to == 0 || num == coupling.convolutions()[kernel.convolution].kernel_num;
  });
}

}  // namespace

std::vector<bool> fill_up(const Coupling& coupling, const std::vector<int32_t>& order, const SelectionLimits& limits,
                          std::vector<bool> removed, const Accept& accept, int tries) {
  std::vector<bool> closed(coupling.set_num(), false);
  for (bool changed = true; changed;) {
    changed = false;
    for (auto first = order.rbegin(); first != order.rend() && tries > 0; ++first) {
      const int32_t set = coupling.groups()[*first].set;
      if (!removed[*first] || closed[set]) continue;
      std::vector<bool> trial = removed;
      std::vector<int64_t> left = kernels_left(coupling, removed);
      bool whole = false;
      for (auto group = first; group != order.rend() && !whole; ++group) {
        if (!trial[*group] || coupling.groups()[*group].set != set) continue;
        trial[*group] = false;
        for (const KernelRef& kernel : coupling.groups()[*group].kernels) ++left[kernel.convolution];
        whole = rounded(coupling, *group, left, limits.round_to);
      }
      --tries;
      if (whole && accept(trial)) {
        removed = std::move(trial);
        changed = true;
      } else {
        closed[set] = true;
      }
    }
  }
  return removed;
}

}  // namespace alcedo
