// After a search that rounds: what left beyond the target comes back, block by block.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "pruning/selection.h"

namespace alcedo {

// Says whether the network without these groups is still within the target.
using Accept = std::function<bool(const std::vector<bool>& removed)>;

// Puts groups back, the most important first, as many of a set at a time as keep kernels a multiple of `round_to`. A
// set that is refused once stays as it is. At most `tries` questions.
std::vector<bool> fill_up(const Coupling& coupling, const std::vector<int32_t>& order, const SelectionLimits& limits,
                          std::vector<bool> removed, const Accept& accept, int tries);

}  // namespace alcedo
