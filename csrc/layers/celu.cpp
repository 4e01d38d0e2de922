// Celu: x for x >= 0, alpha * (exp(x / alpha) - 1) below.
#include <cmath>

#include "layers/unary.h"

namespace alcedo {
namespace {

struct Celu {
  explicit Celu(const Node& node) : alpha(node.attributes.real("alpha", 1.0f)) {}
  double alpha;
  template <class T>
  T value(T x) const {
    return static_cast<T>(x >= 0 ? x : alpha * std::expm1(x / alpha));
  }
  template <class T>
  T slope(T x, T y) const {
    return static_cast<T>(x >= 0 ? 1 : y / alpha + 1);
  }
};

}  // namespace

extern const Layer celu_layer = unary_layer<Celu>("Celu");

}  // namespace alcedo
