// GlobalAveragePool: the mean over all spatial axes, which become 1.
#include "layers/support.h"

namespace alcedo {
namespace {

void infer(InferArgs& args) {
  const TensorInfo& src = need_src(args, 0);
  node_require(args.node, rank_of(src) >= 2, "src has shape ", to_string(src.shape), ", [N,C,...] is needed");
  Shape dst(src.shape.size(), 1);
  dst[0] = src.shape[0];
  dst[1] = src.shape[1];
  set_dst(args, 0, src.dtype, dst);
}

void channels(ChannelRuleArgs& args) { pooling_channels(args, "pools over"); }

void forward(const ForwardArgs& args) {
  const Tensor& src = *args.src[0];
  for_floats(args, src.dtype(), forward, [&](auto type) {
    using T = typename decltype(type)::type;
    const int64_t size = product(src.shape(), 2, src.shape().size());
    for (int64_t nc = 0; nc < src.dim(0) * src.dim(1); ++nc) {
      double sum = 0;
      for (int64_t i = 0; i < size; ++i) sum += raw_data<T>(&src)[nc * size + i];
      raw_data<T>(args.dst[0])[nc] = static_cast<T>(sum / size);
    }
  });
}

void backward(const BackwardArgs& args) {
  if (!args.diff_src[0]) return;
  if (!args.diff_dst[0]) return fill_zero(args.diff_src[0]);
  const Tensor& src = *args.src[0];
  for_floats(args, src.dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    const int64_t size = product(src.shape(), 2, src.shape().size());
    for (int64_t i = 0; i < src.size(); ++i) {
      raw_data<T>(args.diff_src[0])[i] = static_cast<T>(raw_data<T>(args.diff_dst[0])[i / size] / double(size));
    }
  });
}

}  // namespace

extern const Layer global_average_pool_layer{
    "GlobalAveragePool", {InputRole::data}, infer, channels, forward, backward};

}  // namespace alcedo
