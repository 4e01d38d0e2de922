// SpaceToDepth: blocks of places become channels.
#include "layers/block_space.h"

namespace alcedo {
namespace {

BlockSpace blocks_of(const Node& node, const Shape& src) {
  const int64_t b = block_size(node);
  return {b, src[0], src[1], src[2] / b, src[3] / b};
}

void infer(InferArgs& args) {
  const TensorInfo& src = need_src(args, 0);
  need_rank(args.node, src, 4, "src");
  const int64_t b = block_size(args.node);
  node_require(args.node, src.shape[2] % b == 0 && src.shape[3] % b == 0, "blocks of ", b, " do not fit ",
               to_string(src.shape));
  set_dst(args, 0, src.dtype, {src.shape[0], src.shape[1] * b * b, src.shape[2] / b, src.shape[3] / b});
}

void channels(ChannelRuleArgs& args) {
  blocks_of(args.node, args.src[0].shape).channels(args, dst_axis(0, 1), src_axis(0, 1));
}

void forward(const ForwardArgs& args) {
  block_copy(blocks_of(args.node, args.src[0]->shape()), *args.src[0], *args.dst[0], false);
}

void backward(const BackwardArgs& args) {
  if (!args.diff_src[0]) return;
  if (!args.diff_dst[0]) return fill_zero(args.diff_src[0]);
  block_copy(blocks_of(args.node, args.src[0]->shape()), *args.diff_dst[0], *args.diff_src[0], true);
}

}  // namespace

extern const Layer space_to_depth_layer{"SpaceToDepth", {InputRole::data}, infer, channels, forward, backward};

}  // namespace alcedo
