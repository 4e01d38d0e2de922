// Pow: a to the power b with broadcasting; the result has the type of a, the exponent may have another.
#include <cmath>
#include <cstring>

#include "layers/variadic.h"

namespace alcedo {
namespace {

struct Pow {
  template <class T>
  static T value(T a, T b) {
    return static_cast<T>(std::pow(static_cast<double>(a), static_cast<double>(b)));
  }
  template <class T>
  static void slopes(T a, T b, T y, T* da, T* db) {
    *da = b == 0 ? T(0) : static_cast<T>(b * std::pow(static_cast<double>(a), static_cast<double>(b) - 1));
    *db = a > 0 ? static_cast<T>(y * std::log(static_cast<double>(a))) : T(0);
  }
};

void infer(InferArgs& args) {
  set_dst(args, 0, need_src(args, 0).dtype, broadcast_shape(args.node, args.src[0].shape, need_src(args, 1).shape));
}

void forward(const ForwardArgs& args) {
  if (args.src[0]->dtype() == args.src[1]->dtype()) return variadic_forward<Pow>(args);
  const Tensor base = args.src[0]->cast(DType::f64), exponent = args.src[1]->cast(DType::f64);
  Tensor result(DType::f64, args.dst[0]->shape());
  apply<Pow, double>(base, exponent, result);
  const Tensor narrow = result.cast(args.dst[0]->dtype());
  std::memcpy(args.dst[0]->raw(), narrow.raw(), narrow.bytes());
}

void backward(const BackwardArgs& args) {
  if (args.src[0]->dtype() == args.src[1]->dtype()) return variadic_backward<Pow>(args);
  const Tensor exponent = args.src[1]->cast(args.src[0]->dtype());
  const std::vector<const Tensor*> src{args.src[0], &exponent};
  const std::vector<Tensor*> diff_src{args.diff_src[0], nullptr};
  variadic_backward<Pow>({args.node, src, args.dst, args.diff_dst, diff_src, args.training, args.seed});
  if (args.diff_src.size() > 1) fill_zero(args.diff_src[1]);
}

}  // namespace

extern const Layer pow_layer{"Pow", {InputRole::data}, infer, broadcast_channels, forward, backward};

}  // namespace alcedo
