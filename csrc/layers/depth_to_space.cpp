// DepthToSpace: channels become blocks of places (pixel shuffle for mode CRD).
#include "layers/block_space.h"

namespace alcedo {
namespace {

BlockSpace blocks_of(const Node& node, const Shape& src) {
  const int64_t b = block_size(node);
  return {b, src[0], src[1] / (b * b), src[2], src[3], node.attributes.string("mode", "DCR") == "CRD"};
}

void infer(InferArgs& args) {
  const TensorInfo& src = need_src(args, 0);
  need_rank(args.node, src, 4, "src");
  const int64_t b = block_size(args.node);
  node_require(args.node, src.shape[1] % (b * b) == 0, src.shape[1], " channels are no multiple of ", b * b);
  set_dst(args, 0, src.dtype, {src.shape[0], src.shape[1] / (b * b), src.shape[2] * b, src.shape[3] * b});
}

void channels(ChannelRuleArgs& args) {
  blocks_of(args.node, args.src[0].shape).channels(args, src_axis(0, 1), dst_axis(0, 1));
}

void forward(const ForwardArgs& args) {
  block_copy(blocks_of(args.node, args.src[0]->shape()), *args.src[0], *args.dst[0], true);
}

void backward(const BackwardArgs& args) {
  if (!args.diff_src[0]) return;
  if (!args.diff_dst[0]) return fill_zero(args.diff_src[0]);
  block_copy(blocks_of(args.node, args.src[0]->shape()), *args.diff_dst[0], *args.diff_src[0], false);
}

}  // namespace

extern const Layer depth_to_space_layer{"DepthToSpace", {InputRole::data}, infer, channels, forward, backward};

}  // namespace alcedo
