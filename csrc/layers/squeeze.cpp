// Squeeze: drops axes of size 1 (all, if none is named).
#include <algorithm>

#include "layers/reshape_rule.h"

namespace alcedo {
namespace {

std::vector<bool> dropped(const Node& node, const Shape& shape, const std::vector<int64_t>& axes) {
  const int rank = static_cast<int>(shape.size());
  std::vector<bool> drop(rank, false);
  for (int64_t axis : axes) {
    const int at = normal_axis(node, axis, rank);
    node_require(node, rank > 0 && shape[at] == 1, "axis ", axis, " of ", to_string(shape), " is not of size 1");
    drop[at] = true;
  }
  if (axes.empty()) {
    for (int i = 0; i < rank; ++i) drop[i] = shape[i] == 1;
  }
  return drop;
}

void infer(InferArgs& args) {
  const TensorInfo& src = need_src(args, 0);
  const std::vector<bool> drop = dropped(args.node, src.shape, known_ints(args, 1, "axes"));
  Shape dst;
  for (size_t i = 0; i < drop.size(); ++i) {
    if (!drop[i]) dst.push_back(src.shape[i]);
  }
  set_dst(args, 0, src.dtype, dst);
}

void channels(ChannelRuleArgs& args) {
  const std::vector<int64_t> axes =
      present(args.src, 1) ? args.src[1].constant.to_ints() : args.node.attributes.integers("axes");
  const std::vector<bool> drop = dropped(args.node, args.src[0].shape, axes);
  int to = 0;
  for (int axis = 0; axis < static_cast<int>(drop.size()); ++axis) {
    if (drop[axis]) {
      freeze(args, src_axis(0, axis), "drops axis ", axis);
    } else {
      args.same(src_axis(0, axis), dst_axis(0, to++));
    }
  }
}

// Without axes it would also drop an axis of which one index is left.
void rewrite(RewriteArgs& args) {
  if (present(args.src_before, 1) || args.node.attributes.has("axes")) return;
  std::vector<int64_t> axes;
  const Shape& shape = args.src_before[0].shape;
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    if (shape[axis] == 1) axes.push_back(static_cast<int64_t>(axis));
  }
  if (!axes.empty()) return args.set_constant(1, Tensor::vector(axes));
  args.node.op_type = "Identity";
}

}  // namespace

extern const Layer squeeze_layer{
    "Squeeze", {InputRole::data, InputRole::setting}, infer, channels, copy_forward, copy_backward, nullptr, rewrite};

}  // namespace alcedo
