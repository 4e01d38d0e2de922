// ArgMin: the index of the smallest element along one axis.
#include "layers/arg.h"

namespace alcedo {
namespace {

struct ArgMin {
  template <class T>
  static bool better(T a, T b) {
    return a < b;
  }
};

}  // namespace

extern const Layer arg_min_layer{"ArgMin", {InputRole::data}, infer_arg, arg_channels, arg_forward<ArgMin>, nullptr};

}  // namespace alcedo
