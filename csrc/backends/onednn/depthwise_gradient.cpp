#include "backends/onednn/depthwise_gradient.h"

#include <algorithm>
#include <string_view>

#include "backends/onednn/slab.h"

namespace alcedo::onednn {
namespace {

// One row of the kernel, for one block of channels.
struct Row {
  int64_t batch;
  int64_t src_sample, dst_sample;  // floats between samples
  int64_t ih, iw, oh, ow;
  int64_t stride_h, stride_w, dilation_w, top, left;  // top: of this row of the kernel, negative in the padding
  int64_t kw;
  int64_t first, last;  // columns of dst whose windows lie inside
};

// K neighbouring taps, from `tap` on, stay in registers.
template <int L, int K>
ALCEDO_INLINE void sum_taps(const Row& r, int64_t tap, const float* src, const float* diff, float* out, int64_t step) {
  Vec<L> sums[K] = {};
  const int64_t begin = tap * r.dilation_w - r.left;
  for (int64_t n = 0; n < r.batch; ++n) {
    for (int64_t y = 0; y < r.oh; ++y) {
      const int64_t row = y * r.stride_h + r.top;
      if (row < 0 || row >= r.ih) continue;
      const float* from = src + n * r.src_sample + row * r.iw * L;
      const float* to = diff + n * r.dst_sample + y * r.ow * L;
      const auto edge = [&](int64_t x) {
        const Vec<L> d = load<L>(to + x * L);
        for (int k = 0; k < K; ++k) {
          const int64_t column = x * r.stride_w + begin + k * r.dilation_w;
          if (column >= 0 && column < r.iw) sums[k] += d * load<L>(from + column * L);
        }
      };
      for (int64_t x = 0; x < r.first; ++x) edge(x);
      for (int64_t x = r.first; x < r.last; ++x) {
        const Vec<L> d = load<L>(to + x * L);
        const float* window = from + (x * r.stride_w + begin) * L;
#pragma GCC unroll 8
        for (int k = 0; k < K; ++k) sums[k] += d * load<L>(window + k * r.dilation_w * L);
      }
      for (int64_t x = r.last; x < r.ow; ++x) edge(x);
    }
  }
  for (int k = 0; k < K; ++k) {
    for (int l = 0; l < L; ++l) out[l * step + tap + k] = sums[k][l];
  }
}

template <int L>
ALCEDO_INLINE void sum_row(const Row& r, const float* src, const float* diff, float* out, int64_t step) {
  int64_t tap = 0;
  for (; tap + 5 <= r.kw; tap += 5) sum_taps<L, 5>(r, tap, src, diff, out, step);
  for (; tap + 3 <= r.kw; tap += 3) sum_taps<L, 3>(r, tap, src, diff, out, step);
  for (; tap < r.kw; ++tap) sum_taps<L, 1>(r, tap, src, diff, out, step);
}

ALCEDO_CLONES void sum_row_16(const Row& r, const float* src, const float* diff, float* out, int64_t step) {
  sum_row<16>(r, src, diff, out, step);
}
ALCEDO_CLONES void sum_row_8(const Row& r, const float* src, const float* diff, float* out, int64_t step) {
  sum_row<8>(r, src, diff, out, step);
}

void sum_bias(const Row& r, int block, const float* diff, float* out) {
  std::fill_n(out, block, 0.F);
  for (int64_t n = 0; n < r.batch; ++n) {
    const float* from = diff + n * r.dst_sample;
    for (int64_t i = 0; i < r.oh * r.ow; ++i) {
      for (int l = 0; l < block; ++l) out[l] += from[i * block + l];
    }
  }
}

}  // namespace

bool DepthwiseGradient::wanted(const dnnl::convolution_backward_weights::primitive_desc& pd, const ConvShape& shape) {
  if (!shape.depthwise || shape.src_shape.size() != 4 || shape.dtype != DType::f32) return false;
  const int block = block_of(pd.src_desc());
  return std::string_view(pd.impl_info_str()).substr(0, 3) == "ref" && (block == 16 || block == 8) &&
         block == block_of(pd.diff_dst_desc()) && pd.diff_weights_desc() == shape.plain_weights();
}

void DepthwiseGradient::run(const float* src, const float* diff_dst, float* weights, float* bias) const {
  const ConvShape& s = shape_;
  const int64_t channels = s.padded_oc(), kh = s.kernel[0], kw = s.kernel[1], taps = kh * kw;
  Row row{};
  row.batch = s.src_shape[0];
  row.ih = s.src_shape[2];
  row.iw = s.src_shape[3];
  row.oh = s.dst_shape[2];
  row.ow = s.dst_shape[3];
  row.src_sample = channels * row.ih * row.iw;
  row.dst_sample = channels * row.oh * row.ow;
  row.stride_h = s.stride[0];
  row.stride_w = s.stride[1];
  row.dilation_w = s.dilation[1] + 1;
  row.left = s.pad_begin[1];
  row.kw = kw;
  const int64_t extent = (kw - 1) * row.dilation_w + 1;
  const int64_t room = row.iw + row.left - extent;  // of the last window that lies inside
  row.first = std::min(row.ow, (row.left + row.stride_w - 1) / row.stride_w);
  row.last = room < 0 ? row.first : std::max(row.first, std::min(row.ow, room / row.stride_w + 1));
  const int64_t rows = kh + (bias ? 1 : 0);  // the bias is one more
  parallel_for(channels / block_ * rows, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t channel = i / rows * block_, ky = i % rows;
      const float* from = src + channel * row.ih * row.iw;
      const float* diff = diff_dst + channel * row.oh * row.ow;
      if (ky == kh) {
        sum_bias(row, block_, diff, bias + channel);
        continue;
      }
      Row one = row;
      one.top = ky * (s.dilation[0] + 1) - s.pad_begin[0];
      float* out = weights + channel * taps + ky * kw;
      if (block_ == 16) {
        sum_row_16(one, from, diff, out, taps);
      } else {
        sum_row_8(one, from, diff, out, taps);
      }
    }
  });
}

}  // namespace alcedo::onednn
