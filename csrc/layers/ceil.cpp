// Ceil: the smallest integer not below x.
#include <cmath>

#include "layers/unary.h"

namespace alcedo {
namespace {

struct Ceil {
  explicit Ceil(const Node&) {}
  template <class T>
  T value(T x) const {
    return std::ceil(x);
  }
  template <class T>
  T slope(T, T) const {
    return T(0);
  }
};

}  // namespace

extern const Layer ceil_layer = unary_layer<Ceil>("Ceil");

}  // namespace alcedo
