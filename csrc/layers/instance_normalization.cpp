// InstanceNormalization: every channel of every sample is normalised over space.
#include "layers/normalize.h"

namespace alcedo {
namespace {

void infer(InferArgs& args) {
  infer_same(args);
  need_one_dtype(args, 3);
  const Shape& src = args.src[0].shape;
  node_require(args.node, src.size() >= 3, "src has shape ", to_string(src), ", [N,C,...] is needed");
  for (size_t i = 1; i < 3; ++i) {
    const Shape& shape = need_src(args, i).shape;  // first: the message must not read what is missing
    node_require(args.node, shape == Shape{src[1]}, "input ", i, " has shape ", to_string(shape), ", src has ", src[1],
                 " channels");
  }
}

void channels(ChannelRuleArgs& args) {
  pooling_channels(args, "normalises over");
  for (int port = 1; port < 3; ++port) args.same(src_axis(port, 0), dst_axis(0, 1));
}

NormalizeSets sets_of(const Node& node, const Tensor& src) {
  return {src.dim(0) * src.dim(1), product(src.shape(), 2, src.shape().size()), node.attributes.real("epsilon", 1e-5f)};
}

void forward(const ForwardArgs& args) {
  const Tensor& src = *args.src[0];
  for_floats(args, src.dtype(), forward, [&](auto type) {
    using T = typename decltype(type)::type;
    const NormalizeSets sets = sets_of(args.node, src);
    const int64_t channels = src.dim(1);
    sets.forward(raw_data<T>(&src), raw_data<T>(args.src[1]), raw_data<T>(args.src[2]), raw_data<T>(args.dst[0]),
                 [&](int64_t i) { return i / sets.size % channels; });
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
    const int64_t channels = src.dim(1);
    sets.backward(raw_data<T>(&src), raw_data<T>(args.src[1]), raw_data<T>(args.diff_dst[0]),
                  raw_or_null<T>(args.diff_src[0]), raw_or_null<T>(args.diff_src[1]), raw_or_null<T>(args.diff_src[2]),
                  channels, [&](int64_t i) { return i / sets.size % channels; });
  });
}

}  // namespace

extern const Layer instance_normalization_layer{
    "InstanceNormalization", {InputRole::data, InputRole::weight, InputRole::bias}, infer, channels, forward, backward};

}  // namespace alcedo
