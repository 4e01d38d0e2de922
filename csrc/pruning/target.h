// From a target to the groups that leave. A percentage is a number of kernels; every other target is searched: the
// fewest kernels with which a measure (MACs, parameters, milliseconds, loss) is at or below a limit.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "pruning/selection.h"

namespace alcedo {

struct TargetSearch {
  const Coupling& coupling;
  const std::vector<int32_t>& order;
  const SelectionLimits& limits;

  std::vector<bool> select(int64_t kernels) const { return select_groups(coupling, order, limits, kernels); }
  int64_t max_kernels() const;  // what can leave in all

  using Measure = std::function<double(const std::vector<bool>& removed)>;

  // The fewest kernels with measure <= limit, by bisection; all that can leave if even that is not enough.
  // For measures that fall with every kernel.
  std::vector<bool> at_most(const Measure& measure, double limit) const;
  // The most kernels with measure <= limit, by bisection; none if the first already costs more. For measures that grow.
  std::vector<bool> most_within(const Measure& measure, double limit) const;
  // Like at_most for a measure that costs time and is noisy: the next trial is placed by `model`, a cheap stand-in that
  // is right up to a linear map between the two nearest trials. Ends within 5 % below the limit or after `trials`.
  std::vector<bool> at_most_by_model(const Measure& measure, const Measure& model, double limit, int trials) const;
};

}  // namespace alcedo
