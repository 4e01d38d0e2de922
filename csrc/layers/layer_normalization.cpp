// LayerNormalization: normalised over the axes from `axis` on.
#include "layers/normalize.h"

namespace alcedo {
namespace {

int axis_of(const Node& node, int rank) { return normal_axis(node, node.attributes.integer("axis", -1), rank); }

void infer(InferArgs& args) {
  infer_same(args);
  need_one_dtype(args, 3);
  const Shape& src = args.src[0].shape;
  const int axis = axis_of(args.node, static_cast<int>(src.size()));
  const Shape normal(src.begin() + axis, src.end());
  for (size_t i = 1; i < 3; ++i) {
    if (i == 2 && !has_src(args, 2)) continue;
    const Shape& shape = need_src(args, i).shape;  // first: the message must not read what is missing
    node_require(args.node, num_elements(shape) == num_elements(normal), "input ", i, " has shape ", to_string(shape),
                 ", ", to_string(normal), " is needed");
  }
  Shape statistics = src;
  for (size_t a = axis; a < statistics.size(); ++a) statistics[a] = 1;
  set_dst(args, 1, DType::f32, statistics);
  set_dst(args, 2, DType::f32, statistics);
}

void channels(ChannelRuleArgs& args) {
  pointwise_channels(args);
  const int rank = rank_of(args.src[0]), first = axis_of(args.node, rank);
  for (int axis = first; axis < rank; ++axis) {
    freeze(args, src_axis(0, axis), "normalises over axis ", axis, ": every index counts in the mean");
  }
  for (int port = 1; port < static_cast<int>(args.src.size()); ++port) {
    if (present(args.src, port)) freeze_all_axes(args, false, port, "belongs to the axes that it normalises over");
  }
  for (int port = 1; port < static_cast<int>(args.dst.size()); ++port) {
    if (!present(args.dst, port)) continue;
    for (int axis = 0; axis < rank; ++axis) {
      if (axis < first) {
        args.same(src_axis(0, axis), dst_axis(port, axis));
      } else {
        freeze(args, dst_axis(port, axis), "normalises over axis ", axis);
      }
    }
  }
}

NormalizeSets sets_of(const Node& node, const Tensor& src) {
  const size_t axis = axis_of(node, src.rank()), rank = src.shape().size();
  return {product(src.shape(), 0, axis), product(src.shape(), axis, rank), node.attributes.real("epsilon", 1e-5f)};
}

void forward(const ForwardArgs& args) {
  const Tensor& src = *args.src[0];
  for_floats(args, src.dtype(), forward, [&](auto type) {
    using T = typename decltype(type)::type;
    const NormalizeSets sets = sets_of(args.node, src);
    sets.forward(
        raw_data<T>(&src), raw_data<T>(args.src[1]), raw_or_null<T>(tensor_at(args.src, 2)),
        raw_or_null<T>(args.dst[0]), [&](int64_t i) { return i % sets.size; },
        raw_or_null<float>(tensor_at(args.dst, 1)), raw_or_null<float>(tensor_at(args.dst, 2)));
  });
}

void backward(const BackwardArgs& args) {
  if (!args.diff_dst[0]) {
    for (Tensor* diff : args.diff_src) fill_zero(diff);
    return;
  }
  const Tensor& src = *args.src[0];
  for_floats(args, src.dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    const NormalizeSets sets = sets_of(args.node, src);
    sets.backward(raw_data<T>(&src), raw_data<T>(args.src[1]), raw_data<T>(args.diff_dst[0]),
                  raw_or_null<T>(args.diff_src[0]), raw_or_null<T>(tensor_at(args.diff_src, 1)),
                  raw_or_null<T>(tensor_at(args.diff_src, 2)), sets.size, [&](int64_t i) { return i % sets.size; });
  });
}

}  // namespace

extern const Layer layer_normalization_layer{
    "LayerNormalization", {InputRole::data, InputRole::weight, InputRole::bias}, infer, channels, forward, backward};

}  // namespace alcedo
