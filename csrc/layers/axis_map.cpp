#include "layers/axis_map.h"

#include <cstring>
#include <numeric>

namespace alcedo {

std::vector<int64_t> identity_map(int64_t size) {
  require(size >= 0 && size <= kLongestAxis, error::kInvalidShape, "an axis of size ", size,
          " is too long to be mapped");
  std::vector<int64_t> map(size);
  std::iota(map.begin(), map.end(), int64_t{0});
  return map;
}

bool is_identity(const std::vector<int64_t>& map, int64_t src_size) {
  if (static_cast<int64_t>(map.size()) != src_size) return false;
  for (int64_t i = 0; i < src_size; ++i) {
    if (map[i] != i) return false;
  }
  return true;
}

namespace {

// body(dst offset, src offset or -1) in row-major order of dst
template <class Body>
void walk(const Shape& src, const Shape& dst, const AxisMaps& maps, Body body) {
  if (dst.empty()) return body(int64_t{0}, int64_t{0});
  for (int64_t dim : dst) {
    if (dim == 0) return;
  }
  const Shape strides = strides_of(src);
  const int rank = static_cast<int>(dst.size());
  Shape index(rank, 0);
  int64_t at = 0;
  for (;;) {
    int64_t base = 0;
    for (int a = 0; a + 1 < rank && base >= 0; ++a) {
      base = maps[a][index[a]] < 0 ? -1 : base + maps[a][index[a]] * strides[a];
    }
    for (int64_t from : maps[rank - 1]) body(at++, base < 0 || from < 0 ? -1 : base + from);
    int axis = rank - 2;
    for (; axis >= 0; --axis) {
      if (++index[axis] < dst[axis]) break;
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}

}  // namespace

void map_forward(const Tensor& src, Tensor& dst, const AxisMaps& maps, const void* fill) {
  for_sizes(dst.dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    T value = 0;
    if (fill) std::memcpy(&value, fill, sizeof value);
    const T* from = raw_data<T>(&src);
    T* to = raw_data<T>(&dst);
    walk(src.shape(), dst.shape(), maps, [&](int64_t d, int64_t s) { to[d] = s < 0 ? value : from[s]; });
  });
}

void map_backward(const BackwardArgs& args, const Tensor* diff_dst, Tensor* diff_src, const AxisMaps& maps) {
  if (!diff_src) return;
  fill_zero(diff_src);
  if (!diff_dst) return;
  for_floats(args, diff_src->dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    std::vector<double> sum(diff_src->size(), 0.0);
    walk(diff_src->shape(), diff_dst->shape(), maps, [&](int64_t d, int64_t s) {
      if (s >= 0) sum[s] += raw_data<T>(diff_dst)[d];
    });
    for (size_t i = 0; i < sum.size(); ++i) raw_data<T>(diff_src)[i] = static_cast<T>(sum[i]);
  });
}

void map_channels(ChannelRuleArgs& args, const AxisMaps& maps, int dst_port) {
  for (int axis = 0; axis < static_cast<int>(maps.size()); ++axis) {
    const std::vector<int64_t>& map = maps[axis];
    if (is_identity(map, args.src[0].shape[axis])) {
      args.same(src_axis(0, axis), dst_axis(dst_port, axis));
      continue;
    }
    if (args.src[0].shape[axis] == 1) {
      freeze(args, src_axis(0, axis), "repeats axis ", axis, " of size 1");
      freeze(args, dst_axis(dst_port, axis), "repeats axis ", axis, " of size 1");
      continue;
    }
    std::vector<int64_t> from, to, nowhere;
    for (int64_t i = 0; i < static_cast<int64_t>(map.size()); ++i) {
      if (map[i] < 0) {
        nowhere.push_back(i);
      } else {
        to.push_back(i);
        from.push_back(map[i]);
      }
    }
    if (!to.empty()) args.pairs(dst_axis(dst_port, axis), src_axis(0, axis), std::move(to), std::move(from));
    if (!nowhere.empty()) {
      args.fixed_index(dst_axis(dst_port, axis), std::move(nowhere),
                       label(args.node) + text("adds elements of its own along axis ", axis));
    }
  }
}

}  // namespace alcedo
