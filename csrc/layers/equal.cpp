// Equal: a == b with broadcasting.
#include "layers/compare.h"

namespace alcedo {
namespace {

struct Equal {
  template <class T>
  static bool value(T a, T b) {
    return a == b;
  }
};

}  // namespace

extern const Layer equal_layer = compare_layer<Equal>("Equal");

}  // namespace alcedo
