// Abs: the absolute value.
#include "layers/unary.h"

namespace alcedo {
namespace {

struct Abs {
  explicit Abs(const Node&) {}
  template <class T>
  T value(T x) const {
    return static_cast<T>(x < T(0) ? -x : x);
  }
  template <class T>
  T slope(T x, T) const {
    return static_cast<T>(x > 0 ? 1 : x < 0 ? -1 : 0);
  }
};

}  // namespace

extern const Layer abs_layer = unary_number_layer<Abs>("Abs");

}  // namespace alcedo
