#include "pruning/target.h"

#include <algorithm>
#include <limits>

namespace alcedo {

int64_t TargetSearch::max_kernels() const {
  return count_kernels(coupling, select(std::numeric_limits<int64_t>::max()));
}

std::vector<bool> TargetSearch::at_most(const Measure& measure, double limit) const {
  int64_t low = 0, high = max_kernels();  // `high` is enough, or all there is
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (measure(select(middle)) <= limit) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return select(high);
}

std::vector<bool> TargetSearch::most_within(const Measure& measure, double limit) const {
  int64_t low = 0, high = max_kernels();
  while (low < high) {
    const int64_t middle = low + (high - low + 1) / 2;
    if (measure(select(middle)) <= limit) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return select(low);
}

std::vector<bool> TargetSearch::at_most_by_model(const Measure& measure, const Measure& model, double limit,
                                                 int trials) const {
  struct Point {
    int64_t kernels;
    double model, measured;
  };
  const auto look = [&](int64_t kernels) {
    const std::vector<bool> removed = select(kernels);
    return Point{kernels, model(removed), measure(removed)};
  };
  Point slow = look(0);
  if (slow.measured <= limit) return select(0);
  Point fast = look(max_kernels());
  if (fast.measured > limit) return select(fast.kernels);
  for (int trial = 0; trial < trials && fast.kernels - slow.kernels > 1 && fast.measured < 0.95 * limit; ++trial) {
    // Aim between 95 % of the limit and the limit, on the straight line between the two points.
    const double share = (slow.measured - 0.975 * limit) / std::max(slow.measured - fast.measured, 1e-12);
    const double wanted = slow.model + (fast.model - slow.model) * std::clamp(share, 0.05, 0.95);
    int64_t low = slow.kernels + 1, high = fast.kernels - 1;
    while (low < high) {
      const int64_t middle = low + (high - low) / 2;
      if (model(select(middle)) <= wanted) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    const Point next = look(low);
    (next.measured <= limit ? fast : slow) = next;
  }
  return select(fast.kernels);
}

}  // namespace alcedo
