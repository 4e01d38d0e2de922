// Sum: the sum of any number of inputs, with broadcasting.
#include "layers/variadic.h"

namespace alcedo {
namespace {

struct Sum {
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

extern const Layer sum_layer = variadic_layer<Sum>("Sum");

}  // namespace alcedo
