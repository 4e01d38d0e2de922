// MaxPool: the largest element of each window; optionally its position.
#include <limits>

#include "layers/pool.h"

namespace alcedo {
namespace {

// Position in the plane of the largest element per window (the first of equals); -1: the window sees padding only.
template <class T>
std::vector<int64_t> largest(const Window& w, const T* plane) {
  std::vector<int64_t> best(w.out[0] * w.out[1] * w.out[2], -1);
  window_loop(w, [&](int64_t o, int64_t i) {
    if (best[o] < 0 || plane[i] > plane[best[o]]) best[o] = i;
  });
  return best;
}

void forward(const ForwardArgs& args) {
  const Tensor& src = *args.src[0];
  for_numbers(args, src.dtype(), forward, [&](auto type) {
    using T = typename decltype(type)::type;
    const Window w = three_axes(args.node, window_of(args.node, src.shape()));
    const int64_t in = product(w.in, 0, 3), out = product(w.out, 0, 3);
    Tensor* indices = tensor_at(args.dst, 1);
    const bool column_major = args.node.attributes.integer("storage_order", 0) == 1;
    for (int64_t nc = 0; nc < src.dim(0) * src.dim(1); ++nc) {
      const T* plane = raw_data<T>(&src) + nc * in;
      const std::vector<int64_t> best = largest(w, plane);
      for (int64_t o = 0; o < out; ++o) {
        if (args.dst[0]) {
          raw_data<T>(args.dst[0])[nc * out + o] = best[o] < 0 ? std::numeric_limits<T>::lowest() : plane[best[o]];
        }
        if (!indices) continue;
        int64_t at = best[o];
        if (column_major && at >= 0) {
          const int64_t z = at % w.in[2], y = at / w.in[2] % w.in[1], x = at / (w.in[2] * w.in[1]);
          at = (z * w.in[1] + y) * w.in[0] + x;
        }
        raw_data<int64_t>(indices)[nc * out + o] = nc * in + at;
      }
    }
  });
}

void backward(const BackwardArgs& args) {
  if (!args.diff_src[0]) return;
  fill_zero(args.diff_src[0]);
  if (!args.diff_dst[0]) return;
  const Tensor& src = *args.src[0];
  for_floats(args, src.dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    const Window w = three_axes(args.node, window_of(args.node, src.shape()));
    const int64_t in = product(w.in, 0, 3), out = product(w.out, 0, 3);
    for (int64_t nc = 0; nc < src.dim(0) * src.dim(1); ++nc) {
      const std::vector<int64_t> best = largest(w, raw_data<T>(&src) + nc * in);
      for (int64_t o = 0; o < out; ++o) {
        if (best[o] >= 0)
          raw_data<T>(args.diff_src[0])[nc * in + best[o]] += raw_data<T>(args.diff_dst[0])[nc * out + o];
      }
    }
  });
}

}  // namespace

extern const Layer max_pool_layer{"MaxPool", {InputRole::data}, infer_pool, window_channels, forward, backward};

}  // namespace alcedo
