// AveragePool: the mean of each window, of the elements inside src or (count_include_pad) of padding too.
#include "layers/pool.h"

namespace alcedo {
namespace {

// The divisor of every window.
std::vector<double> counts(const Node& node, const Window& w) {
  std::vector<double> count(product(w.out, 0, 3), 0.0);
  if (node.attributes.integer("count_include_pad", 0) == 0) {
    window_loop(w, [&](int64_t o, int64_t) { count[o] += 1; });
    return count;
  }
  // Padding counts, what ceil_mode adds behind it does not.
  const auto seen = [&](int axis, int64_t at) {
    int64_t n = 0;
    for (int64_t k = 0; k < w.kernel[axis]; ++k) {
      n += at * w.stride[axis] + k * w.dilation[axis] < w.pad_begin[axis] + w.in[axis] + w.pad_end[axis];
    }
    return static_cast<double>(n);
  };
  size_t o = 0;
  for (int64_t x = 0; x < w.out[0]; ++x) {
    for (int64_t y = 0; y < w.out[1]; ++y) {
      for (int64_t z = 0; z < w.out[2]; ++z) count[o++] = seen(0, x) * seen(1, y) * seen(2, z);
    }
  }
  return count;
}

void forward(const ForwardArgs& args) {
  const Tensor& src = *args.src[0];
  for_floats(args, src.dtype(), forward, [&](auto type) {
    using T = typename decltype(type)::type;
    const Window w = three_axes(args.node, window_of(args.node, src.shape()));
    const int64_t in = product(w.in, 0, 3), out = product(w.out, 0, 3);
    const std::vector<double> count = counts(args.node, w);
    for (int64_t nc = 0; nc < src.dim(0) * src.dim(1); ++nc) {
      const T* plane = raw_data<T>(&src) + nc * in;
      std::vector<double> sum(out, 0.0);
      window_loop(w, [&](int64_t o, int64_t i) { sum[o] += plane[i]; });
      T* dst = raw_data<T>(args.dst[0]) + nc * out;
      for (int64_t o = 0; o < out; ++o) dst[o] = static_cast<T>(count[o] > 0 ? sum[o] / count[o] : 0);
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
    const std::vector<double> count = counts(args.node, w);
    for (int64_t nc = 0; nc < src.dim(0) * src.dim(1); ++nc) {
      const T* diff = raw_data<T>(args.diff_dst[0]) + nc * out;
      std::vector<double> sum(in, 0.0);
      window_loop(w, [&](int64_t o, int64_t i) { sum[i] += diff[o] / count[o]; });
      T* diff_src = raw_data<T>(args.diff_src[0]) + nc * in;
      for (int64_t i = 0; i < in; ++i) diff_src[i] = static_cast<T>(sum[i]);
    }
  });
}

}  // namespace

extern const Layer average_pool_layer{"AveragePool", {InputRole::data}, infer_pool, window_channels, forward, backward};

}  // namespace alcedo
