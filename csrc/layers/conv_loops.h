// The loops of a convolution in three spatial axes: forward, gradient of src, gradient of the weights.
// ConvTranspose is the same with src and dst exchanged.
#pragma once

#include <algorithm>

#include "base/parallel.h"
#include "layers/support.h"
#include "layers/window.h"

namespace alcedo {

struct ConvLoops {
  int64_t batch, groups, src_channels, dst_channels;
  Window w;  // three axes; in: src, out: dst

  int64_t src_group() const { return src_channels / groups; }
  int64_t dst_group() const { return dst_channels / groups; }
  int64_t in_size() const { return w.in[0] * w.in[1] * w.in[2]; }
  int64_t out_size() const { return w.out[0] * w.out[1] * w.out[2]; }
  int64_t kernel_size() const { return w.kernel[0] * w.kernel[1] * w.kernel[2]; }

  // dst[n,k,o] = sum over c, t of src[n,c,o*stride+t*dilation-pad] * weights[k,c,t]
  template <class T>
  void forward(const T* src, const T* weights, T* dst) const {
    parallel_for(batch * dst_channels, 1, [&](int64_t begin, int64_t end) {
      for (int64_t nk = begin; nk < end; ++nk) {
        const int64_t n = nk / dst_channels, k = nk % dst_channels, first = k / dst_group() * src_group();
        const T* weight = weights + k * src_group() * kernel_size();
        T* out = dst + nk * out_size();
        std::vector<double> sum(out_size(), 0.0);
        for (int64_t c = 0; c < src_group(); ++c) {
          const T* plane = src + (n * src_channels + first + c) * in_size();
          taps([&](int64_t t, int64_t o, int64_t i) { sum[o] += double(plane[i]) * weight[c * kernel_size() + t]; });
        }
        for (int64_t o = 0; o < out_size(); ++o) out[o] = static_cast<T>(sum[o]);
      }
    });
  }

  template <class T>
  void backward_src(const T* dst, const T* weights, T* src) const {
    parallel_for(batch * src_channels, 1, [&](int64_t begin, int64_t end) {
      for (int64_t nc = begin; nc < end; ++nc) {
        const int64_t n = nc / src_channels, c = nc % src_channels, first = c / src_group() * dst_group();
        std::vector<double> sum(in_size(), 0.0);
        for (int64_t k = first; k < first + dst_group(); ++k) {
          const T* weight = weights + (k * src_group() + c % src_group()) * kernel_size();
          const T* plane = dst + (n * dst_channels + k) * out_size();
          taps([&](int64_t t, int64_t o, int64_t i) { sum[i] += double(plane[o]) * weight[t]; });
        }
        T* out = src + nc * in_size();
        for (int64_t i = 0; i < in_size(); ++i) out[i] = static_cast<T>(sum[i]);
      }
    });
  }

  template <class T>
  void backward_weights(const T* src, const T* dst, T* weights) const {
    parallel_for(dst_channels * src_group(), 1, [&](int64_t begin, int64_t end) {
      for (int64_t kc = begin; kc < end; ++kc) {
        const int64_t k = kc / src_group(), c = k / dst_group() * src_group() + kc % src_group();
        std::vector<double> sum(kernel_size(), 0.0);
        for (int64_t n = 0; n < batch; ++n) {
          const T* in = src + (n * src_channels + c) * in_size();
          const T* out = dst + (n * dst_channels + k) * out_size();
          taps([&](int64_t t, int64_t o, int64_t i) { sum[t] += double(in[i]) * out[o]; });
        }
        for (int64_t t = 0; t < kernel_size(); ++t) weights[kc * kernel_size() + t] = static_cast<T>(sum[t]);
      }
    });
  }

 private:
  // body(tap, dst position, src position) for all that meet inside the planes.
  template <class Body>
  void taps(Body body) const {
    int64_t t = 0;
    int64_t lo[3], hi[3], shift[3];
    const auto range = [&](int axis, int64_t tap) {
      shift[axis] = tap * w.dilation[axis] - w.pad_begin[axis];
      const int64_t s = w.stride[axis];
      lo[axis] = shift[axis] >= 0 ? 0 : (-shift[axis] + s - 1) / s;
      const int64_t last = w.in[axis] - 1 - shift[axis];
      hi[axis] = last < 0 ? 0 : std::min(w.out[axis], last / s + 1);
    };
    for (int64_t a = 0; a < w.kernel[0]; ++a) {
      range(0, a);
      for (int64_t b = 0; b < w.kernel[1]; ++b) {
        range(1, b);
        for (int64_t c = 0; c < w.kernel[2]; ++c, ++t) {
          range(2, c);
          for (int64_t x = lo[0]; x < hi[0]; ++x) {
            for (int64_t y = lo[1]; y < hi[1]; ++y) {
              const int64_t o = (x * w.out[1] + y) * w.out[2];
              const int64_t i =
                  ((x * w.stride[0] + shift[0]) * w.in[1] + y * w.stride[1] + shift[1]) * w.in[2] + shift[2];
              for (int64_t z = lo[2]; z < hi[2]; ++z) body(t, o + z, i + z * w.stride[2]);
            }
          }
        }
      }
    }
  }
};

// dst[n,c,...] += bias[c]
template <class T>
void add_bias(const T* bias, T* dst, int64_t batch, int64_t channels, int64_t size) {
  for (int64_t nc = 0; nc < batch * channels; ++nc) {
    for (int64_t i = 0; i < size; ++i) dst[nc * size + i] += bias[nc % channels];
  }
}

template <class T>
void sum_to_bias(const T* dst, T* bias, int64_t batch, int64_t channels, int64_t size) {
  for (int64_t c = 0; c < channels; ++c) {
    double sum = 0;
    for (int64_t n = 0; n < batch; ++n) {
      for (int64_t i = 0; i < size; ++i) sum += dst[(n * channels + c) * size + i];
    }
    bias[c] = static_cast<T>(sum);
  }
}

}  // namespace alcedo
