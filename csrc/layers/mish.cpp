// Mish: x * tanh(log(1 + exp(x))).
#include <algorithm>
#include <cmath>

#include "layers/unary.h"

namespace alcedo {
namespace {

struct Mish {
  explicit Mish(const Node&) {}

  static double gate(double x) { return std::tanh(std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x)))); }

  template <class T>
  T value(T x) const {
    return static_cast<T>(x * gate(x));
  }
  template <class T>
  T slope(T x, T) const {
    const double g = gate(x), sigmoid = 1 / (1 + std::exp(-static_cast<double>(x)));
    return static_cast<T>(g + x * (1 - g * g) * sigmoid);
  }
};

}  // namespace

extern const Layer mish_layer = unary_layer<Mish>("Mish");

}  // namespace alcedo
