// LRN: x / (bias + alpha / size * sum of squares over `size` neighbouring channels) ^ beta.
#include <algorithm>
#include <cmath>

#include "layers/support.h"

namespace alcedo {
namespace {

struct Lrn {
  int64_t size, before, behind;
  double alpha, beta, bias;

  explicit Lrn(const Node& node) {
    size = node.attributes.integer("size", 1);
    node_require(node, size >= 1, "size is ", size);
    before = (size - 1) / 2;
    behind = size - 1 - before;
    alpha = node.attributes.real("alpha", 1e-4f);
    beta = node.attributes.real("beta", 0.75f);
    bias = node.attributes.real("bias", 1);
  }

  // The bracket for channel c; x: channel 0 of one place, channels `step` apart.
  template <class T>
  double base(const T* x, int64_t c, int64_t channels, int64_t step) const {
    double sum = 0;
    for (int64_t k = std::max<int64_t>(0, c - before); k <= std::min(channels - 1, c + behind); ++k) {
      sum += double(x[k * step]) * x[k * step];
    }
    return bias + alpha / size * sum;
  }
};

void infer(InferArgs& args) {
  infer_same(args);
  node_require(args.node, rank_of(args.src[0]) >= 2, "src has shape ", to_string(args.src[0].shape),
               ", [N,C,...] is needed");
}

void channels(ChannelRuleArgs& args) {
  pointwise_channels(args);
  freeze(args, src_axis(0, 1), "sums the squares of neighbouring channels");
}

void forward(const ForwardArgs& args) {
  const Tensor& src = *args.src[0];
  for_floats(args, src.dtype(), forward, [&](auto type) {
    using T = typename decltype(type)::type;
    const Lrn lrn(args.node);
    const int64_t channels = src.dim(1), size = product(src.shape(), 2, src.shape().size());
    for (int64_t n = 0; n < src.dim(0); ++n) {
      for (int64_t i = 0; i < size; ++i) {
        const T* x = raw_data<T>(&src) + n * channels * size + i;
        T* y = raw_data<T>(args.dst[0]) + n * channels * size + i;
        for (int64_t c = 0; c < channels; ++c) {
          y[c * size] = static_cast<T>(x[c * size] / std::pow(lrn.base(x, c, channels, size), lrn.beta));
        }
      }
    }
  });
}

void backward(const BackwardArgs& args) {
  if (!args.diff_src[0]) return;
  if (!args.diff_dst[0]) return fill_zero(args.diff_src[0]);
  const Tensor& src = *args.src[0];
  for_floats(args, src.dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    const Lrn lrn(args.node);
    const int64_t channels = src.dim(1), size = product(src.shape(), 2, src.shape().size());
    std::vector<double> base(channels), part(channels);
    for (int64_t n = 0; n < src.dim(0); ++n) {
      for (int64_t i = 0; i < size; ++i) {
        const int64_t at = n * channels * size + i;
        const T *x = raw_data<T>(&src) + at, *dy = raw_data<T>(args.diff_dst[0]) + at;
        T* dx = raw_data<T>(args.diff_src[0]) + at;
        for (int64_t c = 0; c < channels; ++c) {
          base[c] = lrn.base(x, c, channels, size);
          part[c] = double(dy[c * size]) * x[c * size] * std::pow(base[c], -lrn.beta - 1);
        }
        for (int64_t c = 0; c < channels; ++c) {
          double sum = 0;  // over the channels that see c
          for (int64_t k = std::max<int64_t>(0, c - lrn.behind); k <= std::min(channels - 1, c + lrn.before); ++k) {
            sum += part[k];
          }
          dx[c * size] = static_cast<T>(dy[c * size] * std::pow(base[c], -lrn.beta) -
                                        2 * lrn.alpha / lrn.size * lrn.beta * x[c * size] * sum);
        }
      }
    }
  });
}

}  // namespace

extern const Layer lrn_layer{"LRN", {InputRole::data}, infer, channels, forward, backward};

}  // namespace alcedo
