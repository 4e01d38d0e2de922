// Reshape: the same elements in another shape; 0 copies a dim (unless allowzero), -1 is what remains.
#include "layers/reshape_rule.h"
#include "layers/target.h"

namespace alcedo {
namespace {

void infer(InferArgs& args) {
  const TensorInfo& src = need_src(args, 0);
  const std::vector<int64_t> target = known_ints(args, 1, "shape");
  const bool allow_zero = args.node.attributes.integer("allowzero", 0) != 0;
  Shape dst = target;
  const int64_t total = num_elements(src.shape);
  int64_t known = 1;
  int open = -1;
  for (size_t i = 0; i < dst.size(); ++i) {
    if (dst[i] == 0 && !allow_zero) {
      node_require(args.node, i < src.shape.size(), "shape ", to_string(target), " copies dim ", i, " of ",
                   to_string(src.shape));
      dst[i] = src.shape[i];
    }
    if (dst[i] == -1) {
      node_require(args.node, open < 0, "shape ", to_string(target), " has more than one -1");
      open = static_cast<int>(i);
      continue;
    }
    node_require(args.node, dst[i] >= 0 && (dst[i] == 0 || known <= (int64_t{1} << 40) / dst[i]), "shape ",
                 to_string(target), " is out of range");
    known *= dst[i];
  }
  if (open >= 0) {
    node_require(args.node, known > 0 && total % known == 0, to_string(src.shape), " cannot become ",
                 to_string(target));
    dst[open] = total / known;
  }
  node_require(args.node, num_elements(dst) == total, to_string(src.shape), " cannot become ", to_string(target));
  set_dst(args, 0, src.dtype, dst);
}

void channels(ChannelRuleArgs& args) {
  reshape_channels(args);
  if (present(args.src, 1)) freeze_all_axes(args, false, 1, "its entries are the axes of the result");
}

void rewrite(RewriteArgs& args) {
  if (args.src_before.size() < 2) return;
  const Shape& dst = args.dst_before[0].shape;
  const bool allow_zero = args.node.attributes.integer("allowzero", 0) != 0;
  const std::vector<int64_t> before = args.src_before[1].constant.to_ints();
  std::vector<int64_t> after = before;
  for (size_t i = 0; i < before.size(); ++i) {
    const int axis = static_cast<int>(i);
    const int64_t left = args.kept_num(dst_axis(0, axis));
    if (before[i] == -1) continue;
    if (before[i] == 0 && !allow_zero && args.kept_num(src_axis(0, axis)) == left) continue;
    if (left != dst[i]) after[i] = left;
  }
  rewrite_target(args, 1, before, after, allow_zero ? -1 : 0);
}

}  // namespace

extern const Layer reshape_layer{
    "Reshape", {InputRole::data, InputRole::setting}, infer, channels, copy_forward, copy_backward, nullptr, rewrite};

}  // namespace alcedo
