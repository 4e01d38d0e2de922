// Relu: max(x, 0).
#include "layers/unary.h"

namespace alcedo {
namespace {

struct Relu {
  explicit Relu(const Node&) {}
  template <class T>
  T value(T x) const {
    return x > 0 ? x : T(0);
  }
  template <class T>
  T slope(T x, T) const {
    return x > 0 ? T(1) : T(0);
  }
};

}  // namespace

extern const Layer relu_layer = unary_number_layer<Relu>("Relu");

}  // namespace alcedo
