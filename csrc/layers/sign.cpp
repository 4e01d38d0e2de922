// Sign: -1, 0 or 1.
#include "layers/unary.h"

namespace alcedo {
namespace {

struct Sign {
  explicit Sign(const Node&) {}
  template <class T>
  T value(T x) const {
    return static_cast<T>((x > T(0)) - (x < T(0)));
  }
  template <class T>
  T slope(T, T) const {
    return T(0);
  }
};

}  // namespace

extern const Layer sign_layer = unary_number_layer<Sign>("Sign");

}  // namespace alcedo
