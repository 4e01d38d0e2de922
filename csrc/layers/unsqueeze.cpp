// Unsqueeze: inserts axes of size 1.
#include "layers/reshape_rule.h"

namespace alcedo {
namespace {

// Per axis of the result: is it new?
std::vector<bool> inserted(const Node& node, int src_rank, const std::vector<int64_t>& axes) {
  const int rank = src_rank + static_cast<int>(axes.size());
  std::vector<bool> fresh(rank, false);
  for (int64_t axis : axes) {
    const int at = normal_axis(node, axis, rank);
    node_require(node, !fresh[at], "axis ", axis, " is named twice");
    fresh[at] = true;
  }
  return fresh;
}

void infer(InferArgs& args) {
  const TensorInfo& src = need_src(args, 0);
  const std::vector<int64_t> axes = known_ints(args, 1, "axes");
  Shape dst;
  size_t from = 0;
  for (bool fresh : inserted(args.node, rank_of(src), axes)) dst.push_back(fresh ? 1 : src.shape[from++]);
  set_dst(args, 0, src.dtype, dst);
}

void channels(ChannelRuleArgs& args) {
  const std::vector<int64_t> axes =
      present(args.src, 1) ? args.src[1].constant.to_ints() : args.node.attributes.integers("axes");
  int from = 0, to = 0;
  for (bool fresh : inserted(args.node, rank_of(args.src[0]), axes)) {
    if (fresh) {
      freeze(args, dst_axis(0, to), "inserts axis ", to);
    } else {
      args.same(src_axis(0, from++), dst_axis(0, to));
    }
    ++to;
  }
}

}  // namespace

extern const Layer unsqueeze_layer{"Unsqueeze",  {InputRole::data, InputRole::setting}, infer, channels, copy_forward,
                                   copy_backward};

}  // namespace alcedo
