#include "engine/arena.h"

#include <sys/mman.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo {

void Arena::allocate(size_t bytes) {
  release();
  if (bytes == 0) return;
  constexpr size_t kPage = size_t{2} << 20;
  const size_t size = (bytes + kPage - 1) / kPage * kPage;
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) fail(error::kOutOfMemory, "out of memory: a plan needs ", bytes, " bytes");
  ::madvise(memory, size, MADV_HUGEPAGE);
  data_ = static_cast<char*>(memory);
  bytes_ = size;
}

void Arena::release() {
  if (data_) ::munmap(data_, bytes_);
  data_ = nullptr;
  bytes_ = 0;
}

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
