// Greater: a > b with broadcasting.
#include "layers/compare.h"

namespace alcedo {
namespace {

struct Greater {
  template <class T>
  static bool value(T a, T b) {
    return a > b;
  }
};

}  // namespace

extern const Layer greater_layer = compare_layer<Greater>("Greater");

}  // namespace alcedo
