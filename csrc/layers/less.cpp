// Less: a < b with broadcasting.
#include "layers/compare.h"

namespace alcedo {
namespace {

struct Less {
  template <class T>
  static bool value(T a, T b) {
    return a < b;
  }
};

}  // namespace

extern const Layer less_layer = compare_layer<Less>("Less");

}  // namespace alcedo
