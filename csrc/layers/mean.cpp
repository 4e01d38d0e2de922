// Mean: the mean of any number of inputs, with broadcasting.
#include "layers/variadic.h"

namespace alcedo {
namespace {

void forward(const ForwardArgs& args) {
  for_floats(args, args.dst[0]->dtype(), forward, [&](auto type) {
    using T = typename decltype(type)::type;
    const Shape& shape = args.dst[0]->shape();
    std::vector<double> sum(args.dst[0]->size(), 0.0);
    for (const Tensor* src : args.src) {
      nd_loop<2>(shape, {strides_of(shape), broadcast_strides(src->shape(), shape)},
                 [&](const auto& at) { sum[at[0]] += raw_data<T>(src)[at[1]]; });
    }
    for (size_t i = 0; i < sum.size(); ++i) raw_data<T>(args.dst[0])[i] = static_cast<T>(sum[i] / args.src.size());
  });
}

void backward(const BackwardArgs& args) {
  for (Tensor* diff : args.diff_src) fill_zero(diff);
  if (!args.diff_dst[0]) return;
  for_floats(args, args.dst[0]->dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    const Shape& shape = args.dst[0]->shape();
    for (Tensor* diff : args.diff_src) {
      if (!diff) continue;
      std::vector<double> sum(diff->size(), 0.0);
      nd_loop<2>(shape, {strides_of(shape), broadcast_strides(diff->shape(), shape)},
                 [&](const auto& at) { sum[at[1]] += raw_data<T>(args.diff_dst[0])[at[0]]; });
      for (size_t i = 0; i < sum.size(); ++i) raw_data<T>(diff)[i] = static_cast<T>(sum[i] / args.src.size());
    }
  });
}

}  // namespace

extern const Layer mean_layer{"Mean", {InputRole::data}, infer_broadcast, broadcast_channels, forward, backward};

}  // namespace alcedo
