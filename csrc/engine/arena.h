// One region of memory for everything a plan holds, on 2 MiB pages where the system gives them: a 4 KiB page fault
// costs more than the arithmetic on the page.
#pragma once

#include <cstddef>

namespace alcedo {

class Arena {
 public:
  Arena() = default;
  ~Arena() { release(); }
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  void allocate(size_t bytes);  // contents zero; frees what was held before
  void release();
  char* data() const { return data_; }
  size_t bytes() const { return bytes_; }

 private:
  char* data_ = nullptr;
  size_t bytes_ = 0;
};

// Places intervals [first, last] of steps so that those alive at the same time do not overlap.
struct Interval {
  size_t bytes;
  int first, last;
  size_t offset = 0;
};
// Sets the offsets (multiples of 64); returns the size needed.
size_t place_intervals(Interval* intervals, size_t num);

}  // namespace alcedo
