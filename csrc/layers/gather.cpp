// Gather: slices of one axis, picked by indices of any shape.
#include <algorithm>
#include <cstring>

#include "layers/axis_map.h"
#include "layers/target.h"

namespace alcedo {
namespace {

int axis_of(const Node& node, int rank) { return normal_axis(node, node.attributes.integer("axis", 0), rank); }

void infer(InferArgs& args) {
  const TensorInfo &src = need_src(args, 0), &indices = need_src(args, 1);
  node_require(args.node, rank_of(src) > 0, "a scalar has nothing to gather");
  const int axis = axis_of(args.node, rank_of(src));
  Shape dst(src.shape.begin(), src.shape.begin() + axis);
  dst.insert(dst.end(), indices.shape.begin(), indices.shape.end());
  dst.insert(dst.end(), src.shape.begin() + axis + 1, src.shape.end());
  set_dst(args, 0, src.dtype, dst);
}

std::vector<int64_t> places(const Node& node, const Tensor& indices, int64_t dim) {
  std::vector<int64_t> list = indices.to_ints();
  for (int64_t& i : list) {
    node_require(node, i >= -dim && i < dim, "index ", i, " is outside an axis of size ", dim);
    if (i < 0) i += dim;
  }
  return list;
}

// The one axis along which the indices lie; -1 if they are spread over several, or none.
int wide_axis(const Shape& indices) {
  int wide = -1;
  for (int a = 0; a < static_cast<int>(indices.size()); ++a) {
    if (indices[a] == 1 && (wide >= 0 || a + 1 < static_cast<int>(indices.size()))) continue;
    if (wide >= 0) return -1;
    wide = a;
  }
  return wide;
}

void channels(ChannelRuleArgs& args) {
  const int rank = rank_of(args.src[0]), axis = axis_of(args.node, rank), picked = rank_of(args.src[1]);
  for (int a = 0; a < rank; ++a) {
    if (a != axis) args.same(src_axis(0, a), dst_axis(0, a < axis ? a : a + picked - 1));
  }
  const int wide = wide_axis(args.src[1].shape);
  if (args.src[1].known() && wide >= 0) {
    const std::vector<int64_t> from = places(args.node, args.src[1].constant, args.src[0].shape[axis]);
    args.pairs(dst_axis(0, axis + wide), src_axis(0, axis), identity_map(static_cast<int64_t>(from.size())), from);
    args.same(src_axis(1, wide), dst_axis(0, axis + wide));
    for (int a = 0; a < picked; ++a) {
      if (a != wide) args.same(src_axis(1, a), dst_axis(0, axis + a));
    }
    return;
  }
  const char* why =
      args.src[1].known() ? "picks single indices of axis " : "picks indices that only the run knows of axis ";
  // One known index: any other may leave, as nothing reads it.
  if (args.src[1].known() && picked == 0) {
    const std::vector<int64_t> from = places(args.node, args.src[1].constant, args.src[0].shape[axis]);
    return args.fixed_index(src_axis(0, axis), from, label(args.node) + text(why, axis));
  }
  freeze(args, src_axis(0, axis), why, axis);
  for (int a = 0; a < picked; ++a) freeze(args, dst_axis(0, axis + a), why, axis);
  freeze_all_axes(args, false, 1, text(why, axis));
}

// body(block of dst, block of src, elements)
template <class Body>
void blocks(const Node& node, const Shape& src, const Tensor& indices, Body body) {
  const int axis = axis_of(node, static_cast<int>(src.size()));
  const std::vector<int64_t> list = places(node, indices, src[axis]);
  const int64_t outer = product(src, 0, axis), inner = product(src, axis + 1, src.size());
  int64_t to = 0;
  for (int64_t o = 0; o < outer; ++o) {
    for (int64_t i : list) body((to++) * inner, (o * src[axis] + i) * inner, inner);
  }
}

void forward(const ForwardArgs& args) {
  const size_t size = size_of(args.src[0]->dtype());
  blocks(args.node, args.src[0]->shape(), *args.src[1], [&](int64_t to, int64_t from, int64_t num) {
    std::memcpy(raw_data<char>(args.dst[0]) + to * size, raw_data<char>(args.src[0]) + from * size, num * size);
  });
}

void backward(const BackwardArgs& args) {
  for (Tensor* diff : args.diff_src) fill_zero(diff);
  if (!args.diff_src[0] || !args.diff_dst[0]) return;
  for_floats(args, args.src[0]->dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    blocks(args.node, args.src[0]->shape(), *args.src[1], [&](int64_t to, int64_t from, int64_t num) {
      for (int64_t i = 0; i < num; ++i)
        raw_data<T>(args.diff_src[0])[from + i] += raw_data<T>(args.diff_dst[0])[to + i];
    });
  });
}

// The indices that stay, in the new numbering. They are written anew in full: where they are a constant of the graph
// their own axis was cut with the result's.
void rewrite(RewriteArgs& args) {
  const int axis = axis_of(args.node, rank_of(args.src_before[0]));
  const Shape& picked = args.src_before[1].shape;
  if (!args.src_before[1].known() || (!picked.empty() && wide_axis(picked) < 0)) return;
  if (!axis_changed(args, src_axis(0, axis))) return;
  const std::vector<int64_t>& kept = args.kept_indices(src_axis(0, axis));
  const std::vector<int64_t> before = places(args.node, args.src_before[1].constant, args.src_before[0].shape[axis]);
  std::vector<int64_t> after;
  for (int64_t i : before) {
    const auto at = std::lower_bound(kept.begin(), kept.end(), i);
    if (at != kept.end() && *at == i) after.push_back(at - kept.begin());
  }
  // As they are written: what counts from the end counts from another one now.
  if (picked.size() <= 1) return rewrite_target(args, 1, args.src_before[1].constant.to_ints(), after);
  const ValueId indices = args.node.inputs[1];
  if (!args.graph.values[indices].is_constant()) fail(error::kInternal, label(args.node), "computes its indices");
  Shape shape = picked;
  shape[wide_axis(picked)] = static_cast<int64_t>(after.size());
  args.set_constant(1, Tensor::of<int64_t>(shape, after).cast(args.src_before[1].constant.dtype()));
}

}  // namespace

extern const Layer gather_layer{
    "Gather", {InputRole::data, InputRole::setting}, infer, channels, forward, backward, nullptr, rewrite};

}  // namespace alcedo
