// Elu: x for x >= 0, alpha * (exp(x) - 1) below.
#include <cmath>

#include "layers/unary.h"

namespace alcedo {
namespace {

struct Elu {
  explicit Elu(const Node& node) : alpha(node.attributes.real("alpha", 1.0f)) {}
  double alpha;
  template <class T>
  T value(T x) const {
    return static_cast<T>(x >= 0 ? x : alpha * std::expm1(static_cast<double>(x)));
  }
  template <class T>
  T slope(T x, T y) const {
    return static_cast<T>(x >= 0 ? 1 : y + alpha);
  }
};

}  // namespace

extern const Layer elu_layer = unary_layer<Elu>("Elu");

}  // namespace alcedo
