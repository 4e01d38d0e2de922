// LessOrEqual: a <= b with broadcasting.
#include "layers/compare.h"

namespace alcedo {
namespace {

struct LessOrEqual {
  template <class T>
  static bool value(T a, T b) {
    return a <= b;
  }
};

}  // namespace

extern const Layer less_or_equal_layer = compare_layer<LessOrEqual>("LessOrEqual");

}  // namespace alcedo
