// PRelu: x for x >= 0, slope * x below; the slope is learned and broadcast to x.
#include "layers/variadic.h"

namespace alcedo {
namespace {

struct PRelu {
  template <class T>
  static T value(T x, T slope) {
    return static_cast<T>(x >= T(0) ? x : x * slope);
  }
  template <class T>
  static void slopes(T x, T slope, T, T* dx, T* d_slope) {
    *dx = x >= 0 ? T(1) : slope;
    *d_slope = x >= 0 ? T(0) : x;
  }
};

void infer(InferArgs& args) {
  need_src(args, 1);
  infer_broadcast(args);
  node_require(args.node, args.dst[0].shape == args.src[0].shape, "slope ", to_string(args.src[1].shape),
               " does not broadcast to ", to_string(args.src[0].shape));
}

}  // namespace

extern const Layer prelu_layer{"PRelu",
                               {InputRole::data, InputRole::weight},
                               infer,
                               broadcast_channels,
                               variadic_forward<PRelu>,
                               variadic_backward<PRelu>};

}  // namespace alcedo
