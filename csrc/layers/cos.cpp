// Cos: the cosine.
#include <cmath>

#include "layers/unary.h"

namespace alcedo {
namespace {

struct Cos {
  explicit Cos(const Node&) {}
  template <class T>
  T value(T x) const {
    return static_cast<T>(std::cos(static_cast<double>(x)));
  }
  template <class T>
  T slope(T x, T) const {
    return static_cast<T>(-std::sin(static_cast<double>(x)));
  }
};

}  // namespace

extern const Layer cos_layer = unary_layer<Cos>("Cos");

}  // namespace alcedo
