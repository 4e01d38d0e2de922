// Two operands walked along one index space with broadcasting, in memory order: axes that can be walked as one are
// merged, so that most pairs end as one or two loops.
#pragma once

#include <cstdint>
#include <vector>

#include "backends/memory_desc.h"

namespace alcedo::onednn {

struct BroadcastWalk {
  struct Axis {
    int64_t size, a, b;  // strides of the operands; the result is dense
  };
  std::vector<Axis> axes;  // outermost first; at least two, the outer ones may have size 1

  // The operands' formats: shapes of the result's rank, each dim the result's or 1; block the result's, or 1 for an
  // operand without channels.
  BroadcastWalk(const MemoryDesc& a, const MemoryDesc& b, const MemoryDesc& dst);

  int64_t rows() const;  // index space without the innermost axis
  // f(offset a, offset b, offset dst, number of rows)
  // for stretches of the second innermost axis within [begin, end) of rows().
  template <class F>
  void stretches(int64_t begin, int64_t end, F f) const {
    const Axis &inner = axes.back(), &next = axes[axes.size() - 2];
    for (int64_t row = begin; row < end;) {
      const int64_t at = row % next.size, num = end - row < next.size - at ? end - row : next.size - at;
      int64_t rest = row / next.size, a = at * next.a, b = at * next.b;
      for (size_t i = axes.size() - 2; i-- > 0;) {
        a += rest % axes[i].size * axes[i].a;
        b += rest % axes[i].size * axes[i].b;
        rest /= axes[i].size;
      }
      f(a, b, row * inner.size, num);
      row += num;
    }
  }
};

}  // namespace alcedo::onednn
