// LeakyRelu: x for x >= 0, alpha * x below.
#include "layers/unary.h"

namespace alcedo {
namespace {

struct LeakyRelu {
  explicit LeakyRelu(const Node& node) : alpha(node.attributes.real("alpha", 0.01f)) {}
  double alpha;
  template <class T>
  T value(T x) const {
    return static_cast<T>(x >= 0 ? x : alpha * x);
  }
  template <class T>
  T slope(T x, T) const {
    return static_cast<T>(x >= 0 ? 1 : alpha);
  }
};

}  // namespace

extern const Layer leaky_relu_layer = unary_layer<LeakyRelu>("LeakyRelu");

}  // namespace alcedo
