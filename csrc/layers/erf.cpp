// Erf: the error function.
#include <cmath>

#include "layers/unary.h"

namespace alcedo {
namespace {

struct Erf {
  explicit Erf(const Node&) {}
  template <class T>
  T value(T x) const {
    return static_cast<T>(std::erf(static_cast<double>(x)));
  }
  template <class T>
  T slope(T x, T) const {
    return static_cast<T>(2 / std::sqrt(M_PI) * std::exp(-static_cast<double>(x) * x));
  }
};

}  // namespace

extern const Layer erf_layer = unary_layer<Erf>("Erf");

}  // namespace alcedo
