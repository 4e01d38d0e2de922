// HardSwish: x * min(1, max(0, x / 6 + 1 / 2)).
#include <algorithm>

#include "layers/unary.h"

namespace alcedo {
namespace {

struct HardSwish {
  explicit HardSwish(const Node&) {}
  template <class T>
  T value(T x) const {
    return static_cast<T>(x * std::min<double>(1, std::max<double>(0, x / 6.0 + 0.5)));
  }
  template <class T>
  T slope(T x, T) const {
    return static_cast<T>(x <= -3 ? 0 : x >= 3 ? 1 : (2.0 * x + 3) / 6);
  }
};

}  // namespace

extern const Layer hard_swish_layer = unary_layer<HardSwish>("HardSwish");

}  // namespace alcedo
