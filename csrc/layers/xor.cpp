// Xor: a != b of booleans, with broadcasting.
#include "layers/compare.h"

namespace alcedo {
namespace {

struct Xor {
  template <class T>
  static bool value(T a, T b) {
    return a != b;
  }
};

}  // namespace

extern const Layer xor_layer = logical_layer<Xor>("Xor");

}  // namespace alcedo
