// Tanh: the hyperbolic tangent.
#include <cmath>

#include "layers/unary.h"

namespace alcedo {
namespace {

struct Tanh {
  explicit Tanh(const Node&) {}
  template <class T>
  T value(T x) const {
    return static_cast<T>(std::tanh(static_cast<double>(x)));
  }
  template <class T>
  T slope(T, T y) const {
    return 1 - y * y;
  }
};

}  // namespace

extern const Layer tanh_layer = unary_layer<Tanh>("Tanh");

}  // namespace alcedo
