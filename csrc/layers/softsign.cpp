// Softsign: x / (1 + |x|).
#include <cmath>

#include "layers/unary.h"

namespace alcedo {
namespace {

struct Softsign {
  explicit Softsign(const Node&) {}
  template <class T>
  T value(T x) const {
    return x / (1 + std::fabs(x));
  }
  template <class T>
  T slope(T x, T) const {
    return 1 / ((1 + std::fabs(x)) * (1 + std::fabs(x)));
  }
};

}  // namespace

extern const Layer softsign_layer = unary_layer<Softsign>("Softsign");

}  // namespace alcedo
