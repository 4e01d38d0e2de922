// Swish: x / (1 + exp(-alpha * x)).
#include <cmath>

#include "layers/unary.h"

namespace alcedo {
namespace {

struct Swish {
  explicit Swish(const Node& node) : alpha(node.attributes.real("alpha", 1.0f)) {}
  double alpha;

  double gate(double x) const { return 1 / (1 + std::exp(-alpha * x)); }

  template <class T>
  T value(T x) const {
    return static_cast<T>(x * gate(x));
  }
  template <class T>
  T slope(T x, T) const {
    const double g = gate(x);
    return static_cast<T>(g + alpha * x * g * (1 - g));
  }
};

}  // namespace

extern const Layer swish_layer = unary_layer<Swish>("Swish");

}  // namespace alcedo
