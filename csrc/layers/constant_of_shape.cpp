// ConstantOfShape: one value everywhere, in a shape given by the input.
#include "layers/target.h"

namespace alcedo {
namespace {

void infer(InferArgs& args) {
  const Tensor* value = args.node.attributes.tensor("value");
  const Shape shape = known_ints(args, 0, nullptr);
  node_require(args.node, !value || value->size() == 1, "value has ", value ? value->size() : 0, " elements");
  num_elements(shape);
  set_dst(args, 0, value ? value->dtype() : DType::f32, shape);
}

// Equal elements: any index may leave, the shape is rewritten.
void channels(ChannelRuleArgs& args) {
  freeze_all_axes(args, false, 0, "its entries are the axes of the result");
  for (int axis = 0; axis < rank_of(args.dst[0]); ++axis) leave_free(args, dst_axis(0, axis));
}

void forward(const ForwardArgs& args) {
  const Tensor* value = args.node.attributes.tensor("value");
  if (!value) return fill_zero(args.dst[0]);
  for_sizes(value->dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    for (int64_t i = 0; i < args.dst[0]->size(); ++i) raw_data<T>(args.dst[0])[i] = raw_data<T>(value)[0];
  });
}

void rewrite(RewriteArgs& args) {
  const std::vector<int64_t> before = args.src_before[0].constant.to_ints();
  std::vector<int64_t> after = before;
  for (size_t i = 0; i < before.size(); ++i) after[i] = args.kept_num(dst_axis(0, static_cast<int>(i)));
  rewrite_target(args, 0, before, after);
}

}  // namespace

extern const Layer constant_of_shape_layer{
    "ConstantOfShape", {InputRole::setting}, infer, channels, forward, nullptr, nullptr, rewrite};

}  // namespace alcedo
