// Sqrt: the square root.
#include <cmath>

#include "layers/unary.h"

namespace alcedo {
namespace {

struct Sqrt {
  explicit Sqrt(const Node&) {}
  template <class T>
  T value(T x) const {
    return std::sqrt(x);
  }
  template <class T>
  T slope(T, T y) const {
    return T(0.5) / y;
  }
};

}  // namespace

extern const Layer sqrt_layer = unary_layer<Sqrt>("Sqrt");

}  // namespace alcedo
