// Add: a + b with broadcasting. A constant operand is a bias.
#include "layers/variadic.h"

namespace alcedo {
namespace {

struct Add {
  template <class T>
  static T value(T a, T b) {
    return static_cast<T>(a + b);
  }
  template <class T>
  static void slopes(T, T, T, T* da, T* db) {
    *da = *db = 1;
  }
};

}  // namespace

extern const Layer add_layer = variadic_layer<Add>("Add", InputRole::bias);

}  // namespace alcedo
