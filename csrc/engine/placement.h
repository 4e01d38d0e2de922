// Where buffers lie in a plan's memory.
#pragma once

#include <cstddef>

namespace alcedo {

// Alive from step `first` to step `last`.
struct Interval {
  size_t bytes;
  int first, last;
  size_t offset = 0;
};

// Sets the offsets (multiples of 64) so that intervals alive at the same time do not overlap; returns the size needed.
size_t place_intervals(Interval* intervals, size_t num);

}  // namespace alcedo
