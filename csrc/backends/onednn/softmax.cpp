// Softmax along one axis of a plain value: lines are shared among the threads; lines that are not contiguous are
// computed side by side. Sums are taken in double precision per chunk, so that long lines lose nothing.
#include <algorithm>
#include <cmath>
#include <limits>

#include "backends/onednn/activation_math.h"
#include "backends/onednn/kernels.h"
#include "backends/onednn/lines.h"

namespace alcedo::onednn {
namespace {

constexpr float kLowest = std::numeric_limits<float>::lowest();

// exp(x - top) is exact enough down to where it underflows to zero; exp_of() stops at e^-87.
template <int W>
ALCEDO_INLINE Vec<W> shifted_exp(Vec<W> x, float top) {
  const Vec<W> d = x - top;
  return only<W>(above<W>(d, splat<W>(-87.F)), exp_of<W>(d));
}

ALCEDO_CLONES void softmax_line(const float* x, int64_t num, float* y) {
  Vec<16> tops = splat<16>(kLowest);
  int64_t i = 0;
  for (; i + 16 <= num; i += 16) {
    const Vec<16> v = load<16>(x + i);
    tops = choose<16>(above<16>(v, tops), v, tops);
  }
  float top = kLowest;
  for (int l = 0; l < 16; ++l) top = std::max(top, tops[l]);
  for (; i < num; ++i) top = std::max(top, x[i]);
  const double sum = line_sum(
      num, [&](auto width, int64_t k) __attribute__((always_inline)) {
        constexpr int W = decltype(width)::value;
        const Vec<W> e = shifted_exp<W>(load<W>(x + k), top);
        store<W>(y + k, e);
        return e;
      });
  const float factor = static_cast<float>(1 / sum);
  slab_loop<Layout<16, true>>(
      num, [&](auto width, int64_t k) __attribute__((always_inline)) {
        constexpr int W = decltype(width)::value;
        store<W>(y + k, load<W>(y + k) * factor);
      });
}

// W lines side by side, `stride` floats from element to element.
template <int W>
ALCEDO_INLINE void softmax_lines(const float* x, int64_t num, int64_t stride, float* y) {
  Vec<W> top = load<W>(x);
  for (int64_t i = 1; i < num; ++i) {
    const Vec<W> v = load<W>(x + i * stride);
    top = choose<W>(above<W>(v, top), v, top);
  }
  Vec<W> sum = Vec<W>{};
  for (int64_t i = 0; i < num; ++i) {
    const Vec<W> d = load<W>(x + i * stride) - top;
    const Vec<W> e = only<W>(above<W>(d, splat<W>(-87.F)), exp_of<W>(d));
    store<W>(y + i * stride, e);
    sum += e;
  }
  const Vec<W> factor = 1.F / sum;
  for (int64_t i = 0; i < num; ++i) store<W>(y + i * stride, load<W>(y + i * stride) * factor);
}
ALCEDO_CLONES void softmax_columns(const float* x, int64_t num, int64_t stride, float* y) {
  slab_loop<Layout<16, true>>(
      stride, [&](auto width, int64_t i)
                  __attribute__((always_inline)) { softmax_lines<decltype(width)::value>(x + i, num, stride, y + i); });
}

// dx = y * (g - sum of g * y)
ALCEDO_CLONES void softmax_line_backward(const float* y, const float* g, int64_t num, int64_t stride, float* dx) {
  double dot = 0;
  for (int64_t i = 0; i < num; ++i) dot += static_cast<double>(y[i * stride]) * g[i * stride];
  const float mean = static_cast<float>(dot);
  for (int64_t i = 0; i < num; ++i) dx[i * stride] = y[i * stride] * (g[i * stride] - mean);
}

class SoftmaxKernel final : public Kernel {
 public:
  SoftmaxKernel(const KernelRequest& request, size_t axis) : Kernel(request) {
    const Shape& shape = request.src[0].shape;
    src[0] = dst[0] = {DType::f32, shape, 1};
    for (size_t a = 0; a < shape.size(); ++a) (a < axis ? outer_ : a == axis ? num_ : inner_) *= shape[a];
    name = "own:softmax";
    inplace_src = 0;
    backward_dst[0] = true;
    inplace_diff = 0;
  }

  void forward(const KernelArgs& args) override {
    const float* x = static_cast<const float*>(args.src[0]);
    float* y = static_cast<float*>(args.dst[0]);
    parallel_for(outer_, grain(), [&](int64_t begin, int64_t end) {
      for (int64_t o = begin; o < end; ++o) {
        const int64_t at = o * num_ * inner_;
        if (inner_ == 1) {
          softmax_line(x + at, num_, y + at);
        } else {
          softmax_columns(x + at, num_, inner_, y + at);
        }
      }
    });
  }

  void backward(const KernelArgs& args) override {
    if (!args.diff_src[0]) return;
    const float *y = static_cast<const float*>(args.dst[0]), *g = static_cast<const float*>(args.diff_dst[0]);
    float* dx = static_cast<float*>(args.diff_src[0]);
    parallel_for(outer_, grain(), [&](int64_t begin, int64_t end) {
      for (int64_t o = begin; o < end; ++o) {
        for (int64_t i = 0; i < inner_; ++i) {
          const int64_t at = o * num_ * inner_ + i;
          softmax_line_backward(y + at, g + at, num_, inner_, dx + at);
        }
      }
    });
  }

 private:
  int64_t grain() const { return 1 + 4096 / (num_ * inner_); }

  int64_t outer_ = 1, num_ = 1, inner_ = 1;
};

}  // namespace

std::unique_ptr<Kernel> create_softmax(const KernelRequest& request) {
  if (request.bf16 || request.activation || request.residual || !request.is_data(0)) return nullptr;
  const Shape& shape = request.src[0].shape;
  const int64_t rank = static_cast<int64_t>(shape.size());
  if (request.src[0].dtype != DType::f32 || rank == 0 || num_elements(shape) == 0) return nullptr;
  const int64_t axis = request.node->attributes.integer("axis", -1);
  return std::make_unique<SoftmaxKernel>(request, static_cast<size_t>(axis < 0 ? axis + rank : axis));
}

}  // namespace alcedo::onednn
