// Mul: a * b with broadcasting.
#include "layers/variadic.h"

namespace alcedo {
namespace {

struct Mul {
  template <class T>
  static T value(T a, T b) {
    return static_cast<T>(a * b);
  }
  template <class T>
  static void slopes(T a, T b, T, T* da, T* db) {
    *da = b;
    *db = a;
  }
};

}  // namespace

extern const Layer mul_layer = variadic_layer<Mul>("Mul");

}  // namespace alcedo
