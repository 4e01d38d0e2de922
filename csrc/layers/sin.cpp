// Sin: the sine.
#include <cmath>

#include "layers/unary.h"

namespace alcedo {
namespace {

struct Sin {
  explicit Sin(const Node&) {}
  template <class T>
  T value(T x) const {
    return static_cast<T>(std::sin(static_cast<double>(x)));
  }
  template <class T>
  T slope(T x, T) const {
    return static_cast<T>(std::cos(static_cast<double>(x)));
  }
};

}  // namespace

extern const Layer sin_layer = unary_layer<Sin>("Sin");

}  // namespace alcedo
