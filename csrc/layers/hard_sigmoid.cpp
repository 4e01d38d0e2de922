// HardSigmoid: alpha * x + beta, limited to [0, 1].
#include <algorithm>

#include "layers/unary.h"

namespace alcedo {
namespace {

struct HardSigmoid {
  explicit HardSigmoid(const Node& node)
      : alpha(node.attributes.real("alpha", 0.2f)), beta(node.attributes.real("beta", 0.5f)) {}
  double alpha, beta;
  template <class T>
  T value(T x) const {
    return static_cast<T>(std::min<double>(1, std::max<double>(0, alpha * x + beta)));
  }
  template <class T>
  T slope(T x, T) const {
    return static_cast<T>(alpha * x + beta > 0 && alpha * x + beta < 1 ? alpha : 0);
  }
};

}  // namespace

extern const Layer hard_sigmoid_layer = unary_layer<HardSigmoid>("HardSigmoid");

}  // namespace alcedo
