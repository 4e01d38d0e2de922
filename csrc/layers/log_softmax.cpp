// LogSoftmax: x minus the logarithm of the sum of exp(x) along one axis.
#include "layers/softmax.h"

namespace alcedo {
namespace {

void forward(const ForwardArgs& args) {
  for_floats(args, args.src[0]->dtype(), forward, [&](auto type) {
    using T = typename decltype(type)::type;
    axis_lines(args.node, *args.src[0], [&](int64_t first, int64_t stride, int64_t num) {
      const T* x = raw_data<T>(args.src[0]) + first;
      T* y = raw_data<T>(args.dst[0]) + first;
      double top = x[0], sum = 0;
      for (int64_t i = 1; i < num; ++i) top = std::max<double>(top, x[i * stride]);
      for (int64_t i = 0; i < num; ++i) sum += std::exp(x[i * stride] - top);
      const double norm = top + std::log(sum);
      for (int64_t i = 0; i < num; ++i) y[i * stride] = static_cast<T>(x[i * stride] - norm);
    });
  });
}

void backward(const BackwardArgs& args) {
  if (!args.diff_src[0]) return;
  if (!args.diff_dst[0]) return fill_zero(args.diff_src[0]);
  for_floats(args, args.src[0]->dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    axis_lines(args.node, *args.src[0], [&](int64_t first, int64_t stride, int64_t num) {
      const T *y = raw_data<T>(args.dst[0]) + first, *dy = raw_data<T>(args.diff_dst[0]) + first;
      T* dx = raw_data<T>(args.diff_src[0]) + first;
      double sum = 0;
      for (int64_t i = 0; i < num; ++i) sum += dy[i * stride];
      for (int64_t i = 0; i < num; ++i) {
        dx[i * stride] = static_cast<T>(dy[i * stride] - std::exp(double(y[i * stride])) * sum);
      }
    });
  });
}

}  // namespace

extern const Layer log_softmax_layer{"LogSoftmax",     {InputRole::data}, infer_softmax,
                                     softmax_channels, forward,           backward};

}  // namespace alcedo
