// Round: the nearest integer, halves to the even one.
#include <cmath>

#include "layers/unary.h"

namespace alcedo {
namespace {

struct Round {
  explicit Round(const Node&) {}
  template <class T>
  T value(T x) const {
    return std::nearbyint(x);
  }
  template <class T>
  T slope(T, T) const {
    return T(0);
  }
};

}  // namespace

extern const Layer round_layer = unary_layer<Round>("Round");

}  // namespace alcedo
