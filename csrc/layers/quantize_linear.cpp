// QuantizeLinear: x / scale, rounded to the nearest integer (ties to even), plus the zero point, saturated. Its
// gradient is the straight-through one (Bengio et al. 2013): as if nothing were rounded, and none where it saturates.
#include <cmath>
#include <limits>

#include "layers/quantize.h"

namespace alcedo {
namespace {

void infer(InferArgs& args) {
  node_require(args.node, need_src(args, 0).dtype == DType::f32, "src is ", name_of(args.src[0].dtype));
  const DType type = has_src(args, 2) ? args.src[2].dtype : DType::u8;
  check_quantization(args, type);
  set_dst(args, 0, type, args.src[0].shape);
}

void forward(const ForwardArgs& args) {
  const Quantization q(args.node, args.src[0]->shape(), args.src[1]->shape());
  const float *x = raw_data<float>(args.src[0]), *scale = raw_data<float>(args.src[1]);
  const Tensor* zero = tensor_at(args.src, 2);
  for_integers(args.dst[0]->dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    for (int64_t i = 0, n = args.src[0]->size(); i < n; ++i) {
      const double shift = zero ? static_cast<double>(raw_data<T>(zero)[q.at(i)]) : 0.0;
      const double y = std::nearbyint(x[i] / scale[q.at(i)]) + shift;
      const double low = static_cast<double>(std::numeric_limits<T>::min());
      const double high = static_cast<double>(std::numeric_limits<T>::max());
      raw_data<T>(args.dst[0])[i] = static_cast<T>(!(y > low) ? low : y > high ? high : y);
    }
  });
}

// The gradient of the integers is float32 numbers, as for every value without fractions.
void backward(const BackwardArgs& args) {
  for (size_t i = 1; i < args.diff_src.size(); ++i) fill_zero(args.diff_src[i]);
  if (!args.diff_src[0]) return;
  if (!args.diff_dst[0]) return fill_zero(args.diff_src[0]);
  const Quantization q(args.node, args.src[0]->shape(), args.src[1]->shape());
  const float *x = raw_data<float>(args.src[0]), *scale = raw_data<float>(args.src[1]);
  const float* dy = raw_data<float>(args.diff_dst[0]);
  float* dx = raw_data<float>(args.diff_src[0]);
  const Tensor* zero = tensor_at(args.src, 2);
  for_integers(zero ? zero->dtype() : DType::u8, [&](auto type) {
    using T = typename decltype(type)::type;
    const double low = static_cast<double>(std::numeric_limits<T>::min());
    const double high = static_cast<double>(std::numeric_limits<T>::max());
    for (int64_t i = 0, n = args.src[0]->size(); i < n; ++i) {
      const double shift = zero ? static_cast<double>(raw_data<T>(zero)[q.at(i)]) : 0.0;
      const double y = std::nearbyint(x[i] / scale[q.at(i)]) + shift;
      dx[i] = y >= low && y <= high ? dy[i] / scale[q.at(i)] : 0.F;
    }
  });
}

}  // namespace

extern const Layer quantize_linear_layer{
    "QuantizeLinear", {InputRole::weight, InputRole::statistic}, infer, quantize_channels, forward, backward};

}  // namespace alcedo
