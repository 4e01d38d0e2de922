// Loops over contiguous lines of floats, and sums that lose nothing over long ones.
#pragma once

#include <algorithm>

#include "backends/onednn/slab.h"

namespace alcedo::onednn {

template <int L>
ALCEDO_INLINE float sum_of(Vec<L> v) {
  float sum = 0;
  for (int l = 0; l < L; ++l) sum += v[l];
  return sum;
}

// f(Width, offset) over a line of `num` floats.
template <class F>
ALCEDO_INLINE void line_loop(int64_t num, F f) {
  slab_loop<Layout<16, true>>(num, f);
}

// The sum of the vectors f(Width, offset); in double precision from one stretch of 512 to the next.
template <class F>
ALCEDO_INLINE double line_sum(int64_t num, F f) {
  double sum = 0;
  for (int64_t begin = 0; begin < num; begin += 512) {
    const int64_t end = std::min(num, begin + 512);
    Vec<16> part = Vec<16>{};
    int64_t i = begin;
    for (; i + 16 <= end; i += 16) part += f(Width<16>{}, i);
    float rest = 0;
    for (; i < end; ++i) rest += f(Width<1>{}, i)[0];
    sum += static_cast<double>(sum_of<16>(part)) + rest;
  }
  return sum;
}

}  // namespace alcedo::onednn
