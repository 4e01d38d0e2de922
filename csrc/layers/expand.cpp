// Expand: broadcast to a shape.
#include "layers/axis_map.h"
#include "layers/target.h"

namespace alcedo {
namespace {

AxisMaps maps_of(const Shape& src, const Shape& dst) {
  AxisMaps maps;
  const size_t lead = dst.size() - src.size();
  for (size_t a = 0; a < dst.size(); ++a) {
    const int64_t from = a < lead ? 1 : src[a - lead];
    maps.push_back(from == dst[a] ? identity_map(from) : std::vector<int64_t>(dst[a], 0));
  }
  return maps;
}

void infer(InferArgs& args) {
  const TensorInfo& src = need_src(args, 0);
  set_dst(args, 0, src.dtype, broadcast_shape(args.node, src.shape, known_ints(args, 1, nullptr)));
}

// Where an axis is spread the copies may leave one by one: the shape is rewritten.
void channels(ChannelRuleArgs& args) {
  const Shape &src = args.src[0].shape, &dst = args.dst[0].shape;
  const int lead = static_cast<int>(dst.size() - src.size());
  for (int axis = 0; axis < static_cast<int>(src.size()); ++axis) {
    if (src[axis] == dst[lead + axis]) {
      args.same(src_axis(0, axis), dst_axis(0, lead + axis));
    } else {
      freeze(args, src_axis(0, axis), "spreads axis ", axis);
      leave_free(args, dst_axis(0, lead + axis));
    }
  }
  for (int axis = 0; axis < lead; ++axis) leave_free(args, dst_axis(0, axis));
  if (present(args.src, 1)) freeze_all_axes(args, false, 1, "its entries are the axes of the result");
}

void forward(const ForwardArgs& args) {
  const Shape& dst = args.dst[0]->shape();
  Shape src = args.src[0]->shape();
  src.insert(src.begin(), dst.size() - src.size(), 1);
  map_forward(args.src[0]->reshaped(src), *args.dst[0], maps_of(src, dst));
}

void backward(const BackwardArgs& args) {
  for (Tensor* diff : args.diff_src) fill_zero(diff);
  if (!args.diff_src[0] || !args.diff_dst[0]) return;
  const Shape& dst = args.diff_dst[0]->shape();
  Shape src = args.src[0]->shape();
  src.insert(src.begin(), dst.size() - src.size(), 1);
  Tensor view = args.diff_src[0]->reshaped(src);
  map_backward(args, args.diff_dst[0], &view, maps_of(src, dst));
}

void rewrite(RewriteArgs& args) {
  const std::vector<int64_t> before = args.src_before[1].constant.to_ints();
  std::vector<int64_t> after = before;
  const int lead = rank_of(args.dst_before[0]) - static_cast<int>(before.size());
  for (size_t i = 0; i < before.size(); ++i) {
    const int axis = lead + static_cast<int>(i);
    if (before[i] != 1 && axis_changed(args, dst_axis(0, axis))) after[i] = args.kept_num(dst_axis(0, axis));
  }
  rewrite_target(args, 1, before, after, 1);
}

}  // namespace

extern const Layer expand_layer{
    "Expand", {InputRole::data, InputRole::setting}, infer, channels, forward, backward, nullptr, rewrite};

}  // namespace alcedo
