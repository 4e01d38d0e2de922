// Div: a / b with broadcasting; integers are cut towards zero.
#include <type_traits>

#include "layers/variadic.h"

namespace alcedo {
namespace {

struct Div {
  template <class T>
  static T value(T a, T b) {
    if (std::is_integral<T>::value && b == T(0)) return T(0);  // undefined in ONNX; must not end the process
    return static_cast<T>(a / b);
  }
  template <class T>
  static void slopes(T, T b, T y, T* da, T* db) {
    *da = 1 / b;
    *db = -y / b;
  }
};

}  // namespace

extern const Layer div_layer = variadic_layer<Div>("Div");

}  // namespace alcedo
