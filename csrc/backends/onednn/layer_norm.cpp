// Rows of a plain value, shared among the threads: LayerNormalization, and ReduceMean over the last axes.
#include <cmath>

#include "backends/onednn/kernels.h"
#include "backends/onednn/lines.h"

namespace alcedo::onednn {
namespace {

ALCEDO_CLONES float row_mean(const float* x, int64_t num) {
  const double sum = line_sum(
      num, [&](auto width, int64_t i) __attribute__((always_inline)) { return load<decltype(width)::value>(x + i); });
  return static_cast<float>(sum / static_cast<double>(num));
}

// 1 / standard deviation.
ALCEDO_INLINE float row_inverse(const float* x, int64_t num, float mean, float epsilon) {
  const double square = line_sum(
      num, [&](auto width, int64_t i) __attribute__((always_inline)) {
        const auto d = load<decltype(width)::value>(x + i) - mean;
        return d * d;
      });
  return static_cast<float>(1 / std::sqrt(square / static_cast<double>(num) + static_cast<double>(epsilon)));
}

// bias may be nullptr.
ALCEDO_CLONES void normalize_row(const float* x, int64_t num, const float* scale, const float* bias, float epsilon,
                                 float* y) {
  const float mean = row_mean(x, num), inverse = row_inverse(x, num, mean, epsilon);
  line_loop(
      num, [&](auto width, int64_t i) __attribute__((always_inline)) {
        constexpr int W = decltype(width)::value;
        const Vec<W> v = (load<W>(x + i) - mean) * inverse * load<W>(scale + i);
        store<W>(y + i, bias ? v + load<W>(bias + i) : v);
      });
}

// dx = (s - (sum of s + n * sum of s * n) / num) / deviation, with s = scale * g and the normalised row n
ALCEDO_CLONES void normalize_row_backward(const float* x, int64_t num, const float* scale, float epsilon,
                                          const float* g, float* dx) {
  const float mean = row_mean(x, num), inverse = row_inverse(x, num, mean, epsilon);
  const double sum = line_sum(
      num, [&](auto width, int64_t i) __attribute__((always_inline)) {
        constexpr int W = decltype(width)::value;
        return load<W>(g + i) * load<W>(scale + i);
      });
  const double dot = line_sum(
      num, [&](auto width, int64_t i) __attribute__((always_inline)) {
        constexpr int W = decltype(width)::value;
        return load<W>(g + i) * load<W>(scale + i) * ((load<W>(x + i) - mean) * inverse);
      });
  const float a = static_cast<float>(sum / static_cast<double>(num)),
              b = static_cast<float>(dot / static_cast<double>(num));
  line_loop(
      num, [&](auto width, int64_t i) __attribute__((always_inline)) {
        constexpr int W = decltype(width)::value;
        const Vec<W> n = (load<W>(x + i) - mean) * inverse;
        store<W>(dx + i, (load<W>(g + i) * load<W>(scale + i) - a - n * b) * inverse);
      });
}

class RowKernel : public Kernel {
 public:
  RowKernel(const KernelRequest& request, size_t axis) : Kernel(request) {
    const Shape& shape = request.src[0].shape;
    for (size_t a = 0; a < shape.size(); ++a) (a < axis ? rows_ : size_) *= shape[a];
    src[0] = {DType::f32, shape, 1};
    dst[0] = {DType::f32, request.dst[0].shape, 1};
  }

 protected:
  // f(row)
  template <class F>
  void for_rows(F f) const {
    parallel_for(rows_, 1 + 4096 / size_, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) f(row);
    });
  }

  int64_t rows_ = 1, size_ = 1;
};

class LayerNormKernel final : public RowKernel {
 public:
  LayerNormKernel(const KernelRequest& request, size_t axis)
      : RowKernel(request, axis), epsilon_(request.node->attributes.real("epsilon", 1e-5F)) {
    name = "own:layer_norm";
    inplace_src = 0;
    backward_src[0] = true;
  }

  void forward(const KernelArgs& args) override {
    const auto* x = static_cast<const float*>(args.src[0]);
    auto* y = static_cast<float*>(args.dst[0]);
    for_rows([&](int64_t row) {
      const int64_t at = row * size_;
      normalize_row(x + at, size_, scale(args), bias(args), epsilon_, y + at);
    });
  }

  void backward(const KernelArgs& args) override {
    if (!args.diff_src[0]) return;
    const auto *x = static_cast<const float*>(args.src[0]), *g = static_cast<const float*>(args.diff_dst[0]);
    auto* dx = static_cast<float*>(args.diff_src[0]);
    for_rows([&](int64_t row) {
      const int64_t at = row * size_;
      normalize_row_backward(x + at, size_, scale(args), epsilon_, g + at, dx + at);
    });
  }

 private:
  static const float* scale(const KernelArgs& args) { return static_cast<const float*>(args.parameters[1]); }
  static const float* bias(const KernelArgs& args) {
    return args.parameters.size() > 2 ? static_cast<const float*>(args.parameters[2]) : nullptr;
  }

  float epsilon_;
};

class RowMeanKernel final : public RowKernel {
 public:
  RowMeanKernel(const KernelRequest& request, size_t axis) : RowKernel(request, axis) { name = "own:row_mean"; }

  void forward(const KernelArgs& args) override {
    const auto* x = static_cast<const float*>(args.src[0]);
    auto* y = static_cast<float*>(args.dst[0]);
    for_rows([&](int64_t row) { y[row] = row_mean(x + row * size_, size_); });
  }

  void backward(const KernelArgs& args) override {
    if (!args.diff_src[0]) return;
    const auto* g = static_cast<const float*>(args.diff_dst[0]);
    auto* dx = static_cast<float*>(args.diff_src[0]);
    const float factor = 1.F / static_cast<float>(size_);
    for_rows([&](int64_t row) { std::fill_n(dx + row * size_, size_, g[row] * factor); });
  }
};

bool fits(const KernelRequest& request) {
  return !request.bf16 && !request.activation && !request.residual && request.is_data(0) &&
         request.src[0].dtype == DType::f32 && num_elements(request.src[0].shape) > 0;
}

}  // namespace

std::unique_ptr<Kernel> create_layer_norm(const KernelRequest& request) {
  if (!fits(request) || request.weight_gradients || request.parameter.size() < 2 || !request.parameter[1])
    return nullptr;
  if (request.src.size() > 2 && request.src[2].dtype != DType::undefined && !request.parameter[2]) return nullptr;
  for (size_t i = 1; i < request.dst.size(); ++i) {
    if (request.dst[i].dtype != DType::undefined) return nullptr;  // mean and deviation are asked for
  }
  const auto rank = static_cast<int64_t>(request.src[0].shape.size());
  const int64_t axis = request.node->attributes.integer("axis", -1);
  return std::make_unique<LayerNormKernel>(request, static_cast<size_t>(axis < 0 ? axis + rank : axis));
}

std::unique_ptr<Kernel> create_row_mean(const KernelRequest& request, size_t axis) {
  if (!fits(request)) return nullptr;
  return std::make_unique<RowMeanKernel>(request, axis);
}

}  // namespace alcedo::onednn
