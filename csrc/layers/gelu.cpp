// Gelu: x * Phi(x), exact or (approximate = "tanh") with the tanh formula.
#include <cmath>

#include "layers/unary.h"

namespace alcedo {
namespace {

struct Gelu {
  explicit Gelu(const Node& node) : approximate(node.attributes.string("approximate", "none") == "tanh") {}
  bool approximate;

  static double inner(double x) { return std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x); }

  template <class T>
  T value(T x) const {
    const double v = x;
    return static_cast<T>(0.5 * v * (1 + (approximate ? std::tanh(inner(v)) : std::erf(v / std::sqrt(2.0)))));
  }
  template <class T>
  T slope(T x, T) const {
    const double v = x;
    if (approximate) {
      const double t = std::tanh(inner(v)), d = std::sqrt(2 / M_PI) * (1 + 3 * 0.044715 * v * v);
      return static_cast<T>(0.5 * (1 + t) + 0.5 * v * (1 - t * t) * d);
    }
    return static_cast<T>(0.5 * (1 + std::erf(v / std::sqrt(2.0))) + v * std::exp(-v * v / 2) / std::sqrt(2 * M_PI));
  }
};

}  // namespace

extern const Layer gelu_layer = unary_layer<Gelu>("Gelu");

}  // namespace alcedo
