// Max: the largest of any number of inputs, with broadcasting. Of equal ones the first gets the gradient.
#include "layers/variadic.h"

namespace alcedo {
namespace {

struct Max {
  template <class T>
  static T value(T a, T b) {
    return a >= b || a != a ? a : b;
  }
  template <class T>
  static void slopes(T a, T b, T, T* da, T* db) {
    *da = a >= b ? 1 : 0;
    *db = a >= b ? 0 : 1;
  }
};

}  // namespace

extern const Layer max_layer = variadic_layer<Max>("Max");

}  // namespace alcedo
