// Exp: the exponential function.
#include <cmath>

#include "layers/unary.h"

namespace alcedo {
namespace {

struct Exp {
  explicit Exp(const Node&) {}
  template <class T>
  T value(T x) const {
    return static_cast<T>(std::exp(static_cast<double>(x)));
  }
  template <class T>
  T slope(T, T y) const {
    return y;
  }
};

}  // namespace

extern const Layer exp_layer = unary_layer<Exp>("Exp");

}  // namespace alcedo
