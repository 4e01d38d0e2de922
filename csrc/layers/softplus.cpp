// Softplus: log(1 + exp(x)).
#include <algorithm>
#include <cmath>

#include "layers/unary.h"

namespace alcedo {
namespace {

struct Softplus {
  explicit Softplus(const Node&) {}
  template <class T>
  T value(T x) const {
    return static_cast<T>(std::max<double>(x, 0) + std::log1p(std::exp(-std::fabs(static_cast<double>(x)))));
  }
  template <class T>
  T slope(T x, T) const {
    return static_cast<T>(1 / (1 + std::exp(-static_cast<double>(x))));
  }
};

}  // namespace

extern const Layer softplus_layer = unary_layer<Softplus>("Softplus");

}  // namespace alcedo
