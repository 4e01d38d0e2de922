// Flatten: two axes, those before `axis` and those from it on.
#include "layers/reshape_rule.h"

namespace alcedo {
namespace {

void infer(InferArgs& args) {
  const TensorInfo& src = need_src(args, 0);
  const int64_t axis = args.node.attributes.integer("axis", 1), rank = rank_of(src);
  node_require(args.node, axis >= -rank && axis <= rank, "axis ", axis, " is outside ", to_string(src.shape));
  const size_t at = static_cast<size_t>(axis < 0 ? axis + rank : axis);
  set_dst(args, 0, src.dtype, {product(src.shape, 0, at), product(src.shape, at, src.shape.size())});
}

}  // namespace

extern const Layer flatten_layer{"Flatten", {InputRole::data}, infer, reshape_channels, copy_forward, copy_backward};

}  // namespace alcedo
