// Reciprocal: 1 / x.
#include "layers/unary.h"

namespace alcedo {
namespace {

struct Reciprocal {
  explicit Reciprocal(const Node&) {}
  template <class T>
  T value(T x) const {
    return 1 / x;
  }
  template <class T>
  T slope(T, T y) const {
    return -y * y;
  }
};

}  // namespace

extern const Layer reciprocal_layer = unary_layer<Reciprocal>("Reciprocal");

}  // namespace alcedo
