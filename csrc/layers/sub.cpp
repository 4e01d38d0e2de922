// Sub: a - b with broadcasting.
#include "layers/variadic.h"

namespace alcedo {
namespace {

struct Sub {
  template <class T>
  static T value(T a, T b) {
    return static_cast<T>(a - b);
  }
  template <class T>
  static void slopes(T, T, T, T* da, T* db) {
    *da = 1;
    *db = -1;
  }
};

}  // namespace

extern const Layer sub_layer = variadic_layer<Sub>("Sub");

}  // namespace alcedo
