// ArgMax and ArgMin.
#pragma once

#include "layers/support.h"

namespace alcedo {

inline int arg_axis(const Node& node, int rank) { return normal_axis(node, node.attributes.integer("axis", 0), rank); }

inline void infer_arg(InferArgs& args) {
  Shape dst = need_src(args, 0).shape;
  const int axis = arg_axis(args.node, static_cast<int>(dst.size()));
  node_require(args.node, !dst.empty() && dst[axis] > 0, "nothing to choose from in ", to_string(dst));
  if (args.node.attributes.integer("keepdims", 1) != 0) {
    dst[axis] = 1;
  } else {
    dst.erase(dst.begin() + axis);
  }
  set_dst(args, 0, DType::i64, dst);
}

inline void arg_channels(ChannelRuleArgs& args) {
  const int rank = rank_of(args.src[0]), chosen = arg_axis(args.node, rank);
  const bool keep = args.node.attributes.integer("keepdims", 1) != 0;
  int to = 0;
  for (int axis = 0; axis < rank; ++axis) {
    if (axis != chosen) {
      args.same(src_axis(0, axis), dst_axis(0, to++));
      continue;
    }
    freeze(args, src_axis(0, axis), "gives an index along axis ", axis);
    if (keep) freeze(args, dst_axis(0, to++), "gives an index along axis ", axis);
  }
}

template <class Op>
void arg_forward(const ForwardArgs& args) {
  for_numbers(args, args.src[0]->dtype(), arg_forward<Op>, [&](auto type) {
    using T = typename decltype(type)::type;
    const Shape& src = args.src[0]->shape();
    const int axis = arg_axis(args.node, static_cast<int>(src.size()));
    const bool last = args.node.attributes.integer("select_last_index", 0) != 0;
    const int64_t inner = product(src, axis + 1, src.size());
    for (int64_t set = 0; set < args.dst[0]->size(); ++set) {
      const T* x = raw_data<T>(args.src[0]) + set / inner * inner * src[axis] + set % inner;
      int64_t best = 0;
      for (int64_t i = 1; i < src[axis]; ++i) {
        const T a = x[i * inner], b = x[best * inner];
        if (Op::better(a, b) || (last && a == b)) best = i;
      }
      raw_data<int64_t>(args.dst[0])[set] = best;
    }
  });
}

}  // namespace alcedo
