// ThresholdedRelu: x for x > alpha, 0 below.
#include "layers/unary.h"

namespace alcedo {
namespace {

struct ThresholdedRelu {
  explicit ThresholdedRelu(const Node& node) : alpha(node.attributes.real("alpha", 1.0f)) {}
  double alpha;
  template <class T>
  T value(T x) const {
    return x > alpha ? x : T(0);
  }
  template <class T>
  T slope(T x, T) const {
    return x > alpha ? T(1) : T(0);
  }
};

}  // namespace

extern const Layer thresholded_relu_layer = unary_layer<ThresholdedRelu>("ThresholdedRelu");

}  // namespace alcedo
