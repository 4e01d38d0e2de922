// Sigmoid: 1 / (1 + exp(-x)).
#include <cmath>

#include "layers/unary.h"

namespace alcedo {
namespace {

struct Sigmoid {
  explicit Sigmoid(const Node&) {}
  template <class T>
  T value(T x) const {
    return static_cast<T>(1 / (1 + std::exp(-static_cast<double>(x))));
  }
  template <class T>
  T slope(T, T y) const {
    return y * (1 - y);
  }
};

}  // namespace

extern const Layer sigmoid_layer = unary_layer<Sigmoid>("Sigmoid");

}  // namespace alcedo
