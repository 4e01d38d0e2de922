#include "layers/reshape_rule.h"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace alcedo {
namespace {

// Axes [src_begin, src_end) of src hold the same elements as [dst_begin, dst_end) of dst.
struct AxisGroup {
  int src_begin, src_end, dst_begin, dst_end;
};

// The finest such partition, from the left.
std::vector<AxisGroup> axis_groups(const Shape& src, const Shape& dst) {
  std::vector<AxisGroup> groups;
  const int m = static_cast<int>(src.size()), n = static_cast<int>(dst.size());
  int i = 0, j = 0;
  while (i < m && j < n) {
    AxisGroup g{i, i + 1, j, j + 1};
    int64_t p = src[i++], q = dst[j++];
    while (p != q) {
      if (p < q) {
        p *= src[i++];
      } else {
        q *= dst[j++];
      }
    }
    g.src_end = i;
    g.dst_end = j;
    groups.push_back(g);
  }
  if (i < m || j < n) groups.push_back({i, m, j, n});  // only axes of size 1 are left
  return groups;
}

// Axes of size > 1.
std::vector<int> wide_axes(const Shape& shape, int begin, int end) {
  std::vector<int> axes;
  for (int a = begin; a < end; ++a) {
    if (shape[a] > 1) axes.push_back(a);
  }
  return axes;
}

// Index along `axis` of the element `flat` of the axes up to `end`.
struct Place {
  int64_t divisor, size;
  Place(const Shape& shape, int axis, int end) : divisor(product(shape, axis + 1, end)), size(shape[axis]) {}
  int64_t of(int64_t flat) const { return flat / divisor % size; }
};

// The distinct pairs (index along s, index along d), and how many sets of channels they leave.
struct Coupling {
  std::vector<int64_t> src, dst;
  int64_t sets = 0;
};

Coupling couple(const Place& s, const Place& d, int64_t total) {
  Coupling c;
  std::vector<std::pair<int64_t, int64_t>> all;
  // Both indices are constant over runs of this length.
  const int64_t run = std::gcd(s.divisor, d.divisor);
  for (int64_t f = 0; f < total; f += run) all.push_back({s.of(f), d.of(f)});
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  std::vector<int64_t> parent(s.size + d.size);
  std::iota(parent.begin(), parent.end(), 0);
  const auto find = [&](int64_t x) {
    while (parent[x] != x) x = parent[x] = parent[parent[x]];
    return x;
  };
  c.sets = s.size + d.size;
  for (const auto& [a, b] : all) {
    c.src.push_back(a);
    c.dst.push_back(b);
    const int64_t x = find(a), y = find(s.size + b);
    if (x == y) continue;
    parent[x] = y;
    --c.sets;
  }
  return c;
}

void group_rule(ChannelRuleArgs& args, const AxisGroup& g) {
  const Shape &src = args.src[0].shape, &dst = args.dst[0].shape;
  const std::vector<int> s = wide_axes(src, g.src_begin, g.src_end), d = wide_axes(dst, g.dst_begin, g.dst_end);
  // Axes of size 1 that are added or dropped carry nothing; a lone pair of them may be the network's only channel.
  if (s.empty() && g.src_end - g.src_begin == 1 && g.dst_end - g.dst_begin == 1) {
    return args.same(src_axis(0, g.src_begin), dst_axis(0, g.dst_begin));
  }
  for (int a = g.src_begin; a < g.src_end; ++a) {
    if (src[a] == 1) freeze(args, src_axis(0, a), "merges axis ", a, " of size 1 into others");
  }
  for (int a = g.dst_begin; a < g.dst_end; ++a) {
    if (dst[a] == 1) freeze(args, dst_axis(0, a), "makes axis ", a, " of size 1");
  }
  if (s.size() == 1 && d.size() == 1) return args.same(src_axis(0, s[0]), dst_axis(0, d[0]));
  // One axis per side carries the channels: the pair that leaves most sets that can go on their own.
  const int64_t total = product(src, g.src_begin, g.src_end);
  int best_s = -1, best_d = -1;
  Coupling best;
  for (int a : s) {
    if (!args.free_axis(src_axis(0, a))) continue;
    for (int b : d) {
      if (!args.free_axis(dst_axis(0, b))) continue;
      Coupling c = couple(Place(src, a, g.src_end), Place(dst, b, g.dst_end), total);
      if (c.sets <= best.sets) continue;
      best = std::move(c);
      best_s = a;
      best_d = b;
    }
  }
  if (best.sets < 2) best_s = best_d = -1;
  const std::string shapes = to_string(src) + " to " + to_string(dst);
  for (int a : s) {
    if (a != best_s) freeze(args, src_axis(0, a), "reshapes ", shapes, ", axis ", a, " cannot shrink in it");
  }
  for (int b : d) {
    if (b != best_d) freeze(args, dst_axis(0, b), "reshapes ", shapes, ", axis ", b, " cannot shrink in it");
  }
  if (best_s >= 0) args.pairs(src_axis(0, best_s), dst_axis(0, best_d), std::move(best.src), std::move(best.dst));
}

}  // namespace

void reshape_channels(ChannelRuleArgs& args) {
  const Shape &src = args.src[0].shape, &dst = args.dst[0].shape;
  if (num_elements(src) == 0) return args.all_fixed(label(args.node) + "reshapes an empty tensor");
  for (const AxisGroup& group : axis_groups(src, dst)) group_rule(args, group);
}

void copy_forward(const ForwardArgs& args) {
  if (args.src[0]->size() > 0) std::memcpy(args.dst[0]->raw(), args.src[0]->raw(), args.src[0]->bytes());
}

void copy_backward(const BackwardArgs& args) {
  for (size_t i = 1; i < args.diff_src.size(); ++i) fill_zero(args.diff_src[i]);
  if (!args.diff_src[0]) return;
  if (!args.diff_dst[0]) return fill_zero(args.diff_src[0]);
  if (args.src[0]->size() > 0) std::memcpy(args.diff_src[0]->raw(), args.diff_dst[0]->raw(), args.diff_src[0]->bytes());
}

}  // namespace alcedo
