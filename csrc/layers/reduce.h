// Reductions over axes (an attribute, or an input in newer opsets; none: all). An operator has
//   double start;  void add(double x);  double result(int64_t num) const;   over one set of elements, and
//   static double slope(double x, double y, int64_t num, int64_t ties);     of the result by one element, and
//   static constexpr bool shrinks;   a channel of zeros may leave the set without changing the result
#pragma once

#include "layers/axis_map.h"

namespace alcedo {

struct Reduction {
  std::vector<bool> reduced;
  Shape dst;        // with keepdims as asked
  Shape strides;    // per axis of src: stride in dst, 0 for reduced axes
  int64_t num = 1;  // elements per set

  Reduction(const Node& node, const Shape& src, const std::vector<int64_t>& axes) : reduced(src.size(), false) {
    const int rank = static_cast<int>(src.size());
    for (int64_t axis : axes) {
      const int at = normal_axis(node, axis, rank);
      if (rank > 0) reduced[at] = true;
    }
    if (axes.empty() && node.attributes.integer("noop_with_empty_axes", 0) == 0) reduced.assign(src.size(), true);
    const bool keep = node.attributes.integer("keepdims", 1) != 0;
    Shape kept;
    for (int a = 0; a < rank; ++a) {
      kept.push_back(reduced[a] ? 1 : src[a]);
      if (!reduced[a] || keep) dst.push_back(kept.back());
      if (reduced[a]) num *= src[a];
    }
    strides = strides_of(kept);
    for (int a = 0; a < rank; ++a) {
      if (reduced[a]) strides[a] = 0;
    }
  }
  int64_t sets() const { return product(dst, 0, dst.size()); }
};

inline void infer_reduce(InferArgs& args) {
  const TensorInfo& src = need_src(args, 0);
  set_dst(args, 0, src.dtype, Reduction(args.node, src.shape, known_ints(args, 1, "axes")).dst);
}

template <class Op>
void reduce_channels(ChannelRuleArgs& args) {
  const std::vector<int64_t> axes =
      present(args.src, 1) ? args.src[1].constant.to_ints() : args.node.attributes.integers("axes");
  const Reduction r(args.node, args.src[0].shape, axes);
  const bool keep = args.node.attributes.integer("keepdims", 1) != 0;
  int to = 0;
  for (int axis = 0; axis < static_cast<int>(r.reduced.size()); ++axis) {
    if (!r.reduced[axis]) {
      args.same(src_axis(0, axis), dst_axis(0, to++));
      continue;
    }
    if (Op::shrinks) {
      leave_free(args, src_axis(0, axis));
    } else {
      freeze(args, src_axis(0, axis), "reduces axis ", axis, ": every index counts in the result");
    }
    if (keep) freeze(args, dst_axis(0, to++), "reduces axis ", axis);
  }
  if (present(args.src, 1)) freeze_all_axes(args, false, 1, "names axes");
}

template <class Op>
void reduce_forward(const ForwardArgs& args) {
  for_numbers(args, args.src[0]->dtype(), reduce_forward<Op>, [&](auto type) {
    using T = typename decltype(type)::type;
    const Shape& src = args.src[0]->shape();
    const Reduction r(args.node, src, ints_of(args.node, args.src, 1, "axes"));
    std::vector<Op> sets(r.sets());
    nd_loop<2>(src, {strides_of(src), r.strides},
               [&](const auto& at) { sets[at[1]].add(static_cast<double>(raw_data<T>(args.src[0])[at[0]])); });
    for (size_t i = 0; i < sets.size(); ++i) raw_data<T>(args.dst[0])[i] = static_cast<T>(sets[i].result(r.num));
  });
}

template <class Op>
void reduce_backward(const BackwardArgs& args) {
  for (size_t i = 1; i < args.diff_src.size(); ++i) fill_zero(args.diff_src[i]);
  if (!args.diff_src[0]) return;
  if (!args.diff_dst[0]) return fill_zero(args.diff_src[0]);
  for_floats(args, args.src[0]->dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    const Shape& src = args.src[0]->shape();
    const Reduction r(args.node, src, ints_of(args.node, args.src, 1, "axes"));
    const T *x = raw_data<T>(args.src[0]), *y = raw_data<T>(args.dst[0]), *dy = raw_data<T>(args.diff_dst[0]);
    std::vector<int64_t> ties(r.sets(), 0);
    nd_loop<2>(src, {strides_of(src), r.strides}, [&](const auto& at) { ties[at[1]] += x[at[0]] == y[at[1]]; });
    nd_loop<2>(src, {strides_of(src), r.strides}, [&](const auto& at) {
      raw_data<T>(args.diff_src[0])[at[0]] =
          static_cast<T>(dy[at[1]] * Op::slope(x[at[0]], y[at[1]], r.num, ties[at[1]]));
    });
  });
}

template <class Op>
Layer reduce_layer(const char* type) {
  return {type,
          {InputRole::data, InputRole::setting},
          infer_reduce,
          reduce_channels<Op>,
          reduce_forward<Op>,
          reduce_backward<Op>};
}

}  // namespace alcedo
