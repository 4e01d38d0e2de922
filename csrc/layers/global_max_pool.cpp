// GlobalMaxPool: the largest element over all spatial axes, which become 1.
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

template <class T>
int64_t largest(const T* plane, int64_t size) {
  int64_t best = 0;
  for (int64_t i = 1; i < size; ++i) best = plane[i] > plane[best] ? i : best;
  return best;
}

void forward(const ForwardArgs& args) {
  const Tensor& src = *args.src[0];
  for_floats(args, src.dtype(), forward, [&](auto type) {
    using T = typename decltype(type)::type;
    const int64_t size = product(src.shape(), 2, src.shape().size());
    for (int64_t nc = 0; nc < src.dim(0) * src.dim(1); ++nc) {
      const T* plane = raw_data<T>(&src) + nc * size;
      raw_data<T>(args.dst[0])[nc] = size > 0 ? plane[largest(plane, size)] : T(0);
    }
  });
}

void backward(const BackwardArgs& args) {
  if (!args.diff_src[0]) return;
  fill_zero(args.diff_src[0]);
  if (!args.diff_dst[0]) return;
  const Tensor& src = *args.src[0];
  for_floats(args, src.dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    const int64_t size = product(src.shape(), 2, src.shape().size());
    for (int64_t nc = 0; nc < src.dim(0) * src.dim(1) && size > 0; ++nc) {
      const int64_t best = largest(raw_data<T>(&src) + nc * size, size);
      raw_data<T>(args.diff_src[0])[nc * size + best] = raw_data<T>(args.diff_dst[0])[nc];
    }
  });
}

}  // namespace

extern const Layer global_max_pool_layer{"GlobalMaxPool", {InputRole::data}, infer, channels, forward, backward};

}  // namespace alcedo
