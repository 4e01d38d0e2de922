// Or: a || b of booleans, with broadcasting.
#include "layers/compare.h"

namespace alcedo {
namespace {

struct Or {
  template <class T>
  static bool value(T a, T b) {
    return a || b;
  }
};

}  // namespace

extern const Layer or_layer = logical_layer<Or>("Or");

}  // namespace alcedo
