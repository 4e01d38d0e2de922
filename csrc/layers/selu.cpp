// Selu: gamma * x for x > 0, gamma * alpha * (exp(x) - 1) below.
#include <cmath>

#include "layers/unary.h"

namespace alcedo {
namespace {

struct Selu {
  explicit Selu(const Node& node)
      : alpha(node.attributes.real("alpha", 1.67326319217681884765625f)),
        gamma(node.attributes.real("gamma", 1.05070102214813232421875f)) {}
  double alpha, gamma;
  template <class T>
  T value(T x) const {
    return static_cast<T>(x > 0 ? gamma * x : gamma * alpha * std::expm1(static_cast<double>(x)));
  }
  template <class T>
  T slope(T x, T y) const {
    return static_cast<T>(x > 0 ? gamma : y + gamma * alpha);
  }
};

}  // namespace

extern const Layer selu_layer = unary_layer<Selu>("Selu");

}  // namespace alcedo
