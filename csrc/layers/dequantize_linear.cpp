// DequantizeLinear: (x - zero point) * scale.
#include "layers/quantize.h"

namespace alcedo {
namespace {

void infer(InferArgs& args) {
  check_quantization(args, need_src(args, 0).dtype);
  set_dst(args, 0, DType::f32, args.src[0].shape);
}

void forward(const ForwardArgs& args) {
  const Quantization q(args.node, args.src[0]->shape(), args.src[1]->shape());
  const float* scale = raw_data<float>(args.src[1]);
  const Tensor* zero = tensor_at(args.src, 2);
  for_integers(args.src[0]->dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    const T* x = raw_data<T>(args.src[0]);
    for (int64_t i = 0, n = args.src[0]->size(); i < n; ++i) {
      const double shift = zero ? static_cast<double>(raw_data<T>(zero)[q.at(i)]) : 0.0;
      raw_data<float>(args.dst[0])[i] = static_cast<float>((static_cast<double>(x[i]) - shift) * scale[q.at(i)]);
    }
  });
}

// What is passed on is the gradient of the integers, as float32 numbers.
void backward(const BackwardArgs& args) {
  for (size_t i = 1; i < args.diff_src.size(); ++i) fill_zero(args.diff_src[i]);
  if (!args.diff_src[0]) return;
  if (!args.diff_dst[0]) return fill_zero(args.diff_src[0]);
  const Quantization q(args.node, args.src[0]->shape(), args.src[1]->shape());
  const float *scale = raw_data<float>(args.src[1]), *dy = raw_data<float>(args.diff_dst[0]);
  float* dx = raw_data<float>(args.diff_src[0]);
  for (int64_t i = 0, n = args.src[0]->size(); i < n; ++i) dx[i] = dy[i] * scale[q.at(i)];
}

}  // namespace

extern const Layer dequantize_linear_layer{
    "DequantizeLinear", {InputRole::weight, InputRole::statistic}, infer, quantize_channels, forward, backward};

}  // namespace alcedo
