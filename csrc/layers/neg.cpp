// Neg: -x.
#include "layers/unary.h"

namespace alcedo {
namespace {

struct Neg {
  explicit Neg(const Node&) {}
  template <class T>
  T value(T x) const {
    return static_cast<T>(-x);
  }
  template <class T>
  T slope(T, T) const {
    return T(-1);
  }
};

}  // namespace

extern const Layer neg_layer = unary_number_layer<Neg>("Neg");

}  // namespace alcedo
