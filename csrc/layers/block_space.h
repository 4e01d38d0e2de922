// DepthToSpace and SpaceToDepth: blocks of b x b places against b * b times as many channels.
#pragma once

#include "layers/support.h"

namespace alcedo {

// [N, deep, h, w] <-> [N, wide, h*b, w*b] with deep = wide * b * b.
struct BlockSpace {
  int64_t b, batch, wide, h, w;
  bool crd = false;  // order of the deep channels: (wide, row, column) instead of (row, column, wide)

  int64_t deep_channel(int64_t row, int64_t column, int64_t c) const {
    return crd ? (c * b + row) * b + column : (row * b + column) * wide + c;
  }

  // body(position in the deep tensor, position in the wide one)
  template <class Body>
  void walk(Body body) const {
    const int64_t deep = wide * b * b;
    for (int64_t n = 0; n < batch; ++n) {
      for (int64_t c = 0; c < wide; ++c) {
        for (int64_t y = 0; y < h * b; ++y) {
          for (int64_t x = 0; x < w * b; ++x) {
            const int64_t k = deep_channel(y % b, x % b, c);
            body(((n * deep + k) * h + y / b) * w + x / b, ((n * wide + c) * h * b + y) * w * b + x);
          }
        }
      }
    }
  }

  // Deep channel k leaves with its wide channel.
  void channels(ChannelRuleArgs& args, AxisRef deep_axis, AxisRef wide_axis) const {
    std::vector<int64_t> from, to;
    for (int64_t row = 0; row < b; ++row) {
      for (int64_t column = 0; column < b; ++column) {
        for (int64_t c = 0; c < wide; ++c) {
          from.push_back(deep_channel(row, column, c));
          to.push_back(c);
        }
      }
    }
    args.pairs(deep_axis, wide_axis, from, to);
    args.same(src_axis(0, 0), dst_axis(0, 0));
    for (int axis = 2; axis < 4; ++axis) {
      freeze(args, src_axis(0, axis), "moves blocks along axis ", axis);
      freeze(args, dst_axis(0, axis), "moves blocks along axis ", axis);
    }
  }
};

inline int64_t block_size(const Node& node) {
  const int64_t b = node.attributes.integer("blocksize", 0);
  node_require(node, b >= 1 && b < (1 << 15), "blocksize is ", b);
  return b;
}

// dst[to(deep, wide)] = src[from(deep, wide)]; `expand`: from deep to wide
inline void block_copy(const BlockSpace& blocks, const Tensor& src, Tensor& dst, bool expand) {
  for_sizes(src.dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    const T* x = raw_data<T>(&src);
    T* y = raw_data<T>(&dst);
    blocks.walk([&](int64_t deep, int64_t wide) { y[expand ? wide : deep] = x[expand ? deep : wide]; });
  });
}

}  // namespace alcedo
