// Floor: the largest integer not above x.
#include <cmath>

#include "layers/unary.h"

namespace alcedo {
namespace {

struct Floor {
  explicit Floor(const Node&) {}
  template <class T>
  T value(T x) const {
    return std::floor(x);
  }
  template <class T>
  T slope(T, T) const {
    return T(0);
  }
};

}  // namespace

extern const Layer floor_layer = unary_layer<Floor>("Floor");

}  // namespace alcedo
