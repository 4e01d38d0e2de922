// CastLike: the element type of another value, of which nothing else counts.
#include <cstring>

#include "layers/support.h"

namespace alcedo {
namespace {

void infer(InferArgs& args) { set_dst(args, 0, need_src(args, 1).dtype, need_src(args, 0).shape); }

void channels(ChannelRuleArgs& args) {
  for (int axis = 0; axis < rank_of(args.src[0]); ++axis) args.same(src_axis(0, axis), dst_axis(0, axis));
  for (int axis = 0; axis < rank_of(args.src[1]); ++axis) leave_free(args, src_axis(1, axis));
}

void assign(const Tensor& from, Tensor& to) {
  const Tensor result = from.cast(to.dtype());
  if (result.size() > 0) std::memcpy(to.raw(), result.raw(), result.bytes());
}

void forward(const ForwardArgs& args) { assign(*args.src[0], *args.dst[0]); }

void backward(const BackwardArgs& args) {
  if (args.diff_src.size() > 1) fill_zero(args.diff_src[1]);
  if (!args.diff_src[0]) return;
  const DType type = args.dst[0]->dtype();
  if (!args.diff_dst[0] || (type != DType::f32 && type != DType::f64)) return fill_zero(args.diff_src[0]);
  assign(*args.diff_dst[0], *args.diff_src[0]);
}

}  // namespace

extern const Layer cast_like_layer{"CastLike", {InputRole::data}, infer, channels, forward, backward};

}  // namespace alcedo
