#include "engine/placement.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace alcedo {

size_t place_intervals(Interval* intervals, size_t num) {
  std::vector<size_t> order(num);
  std::iota(order.begin(), order.end(), size_t{0});
  // Large ones first: small ones fill the gaps.
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return intervals[a].bytes > intervals[b].bytes; });
  std::vector<size_t> placed;  // sorted by offset
  size_t size = 0;
  for (size_t index : order) {
    Interval& interval = intervals[index];
    const size_t bytes = (interval.bytes + 63) / 64 * 64;
    size_t offset = 0;
    for (size_t other_index : placed) {
      const Interval& other = intervals[other_index];
      if (other.last < interval.first || other.first > interval.last) continue;
      if (other.offset >= offset + bytes) break;
      offset = std::max(offset, other.offset + (other.bytes + 63) / 64 * 64);
    }
    interval.offset = offset;
    size = std::max(size, offset + bytes);
    const auto at = std::upper_bound(placed.begin(), placed.end(), offset,
                                     [&](size_t value, size_t other) { return value < intervals[other].offset; });
    placed.insert(at, index);
  }
  return size;
}

}  // namespace alcedo
