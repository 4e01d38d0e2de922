// ArgMax: the index of the largest element along one axis.
#include "layers/arg.h"

namespace alcedo {
namespace {

struct ArgMax {
  template <class T>
  static bool better(T a, T b) {
    return a > b;
  }
};

}  // namespace

extern const Layer arg_max_layer{"ArgMax", {InputRole::data}, infer_arg, arg_channels, arg_forward<ArgMax>, nullptr};

}  // namespace alcedo
