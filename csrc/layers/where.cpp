// Where: a where the condition is true, b elsewhere, with broadcasting.
#include "layers/support.h"

namespace alcedo {
namespace {

void infer(InferArgs& args) {
  const TensorInfo &a = need_src(args, 1), &b = need_src(args, 2);
  node_require(args.node, need_src(args, 0).dtype == DType::boolean, "the condition is ", name_of(args.src[0].dtype));
  node_require(args.node, a.dtype == b.dtype, "inputs of type ", name_of(a.dtype), " and ", name_of(b.dtype));
  set_dst(args, 0, a.dtype,
          broadcast_shape(args.node, args.src[0].shape, broadcast_shape(args.node, a.shape, b.shape)));
}

// body(position in dst, in the condition, in a, in b)
template <class Body>
void walk(const std::vector<const Tensor*>& src, const Shape& dst, Body body) {
  nd_loop<4>(dst,
             {strides_of(dst), broadcast_strides(src[0]->shape(), dst), broadcast_strides(src[1]->shape(), dst),
              broadcast_strides(src[2]->shape(), dst)},
             [&](const auto& at) { body(at[0], at[1], at[2], at[3]); });
}

void forward(const ForwardArgs& args) {
  const uint8_t* condition = raw_data<uint8_t>(args.src[0]);
  for_sizes(args.src[1]->dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    const T *a = raw_data<T>(args.src[1]), *b = raw_data<T>(args.src[2]);
    T* dst = raw_data<T>(args.dst[0]);
    walk(args.src, args.dst[0]->shape(),
         [&](int64_t d, int64_t c, int64_t i, int64_t k) { dst[d] = condition[c] ? a[i] : b[k]; });
  });
}

void backward(const BackwardArgs& args) {
  for (Tensor* diff : args.diff_src) fill_zero(diff);
  if (!args.diff_dst[0]) return;
  const uint8_t* condition = raw_data<uint8_t>(args.src[0]);
  for_floats(args, args.src[1]->dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    const T* diff = raw_data<T>(args.diff_dst[0]);
    walk(args.src, args.diff_dst[0]->shape(), [&](int64_t d, int64_t c, int64_t i, int64_t k) {
      Tensor* to = condition[c] ? args.diff_src[1] : args.diff_src[2];
      if (to) raw_data<T>(to)[condition[c] ? i : k] += diff[d];
    });
  });
}

}  // namespace

extern const Layer where_layer{"Where", {InputRole::data}, infer, broadcast_channels, forward, backward};

}  // namespace alcedo
