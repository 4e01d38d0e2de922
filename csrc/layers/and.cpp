// And: a && b of booleans, with broadcasting.
#include "layers/compare.h"

namespace alcedo {
namespace {

struct And {
  template <class T>
  static bool value(T a, T b) {
    return a && b;
  }
};

}  // namespace

extern const Layer and_layer = logical_layer<And>("And");

}  // namespace alcedo
