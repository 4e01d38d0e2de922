// GreaterOrEqual: a >= b with broadcasting.
#include "layers/compare.h"

namespace alcedo {
namespace {

struct GreaterOrEqual {
  template <class T>
  static bool value(T a, T b) {
    return a >= b;
  }
};

}  // namespace

extern const Layer greater_or_equal_layer = compare_layer<GreaterOrEqual>("GreaterOrEqual");

}  // namespace alcedo
