// BatchNormalization with the residual sum and a cheap activation behind it, in any format. Training: statistics per
// slab, joined in a fixed order; evaluation: a scale and a shift per channel.
#include <cmath>

#include "backends/onednn/activation_math.h"
#include "backends/onednn/batchnorm_loops.h"
#include "backends/onednn/kernels.h"

namespace alcedo::onednn {
namespace {

class BatchnormKernel : public Kernel {
 public:
  explicit BatchnormKernel(const KernelRequest& request)
      : Kernel(request),
        format_(request.at_hand[0]),
        act_(request.activation),
        epsilon_(request.node->attributes.real("epsilon", 1e-5f)) {
    if (request.bf16) format_.dtype = DType::bf16;
    slabs_ = slabs_of(format_);
    width_ = slabs_.blocks * slabs_.lanes;
    src[0] = dst[0] = format_;
    if (request.residual) residual_ = static_cast<int>(request.src.size());
    if (residual_ >= 0) src[residual_] = format_;
  }

  size_t parameter_bytes(size_t) const override { return static_cast<size_t>(width_) * sizeof(float); }
  void pack(size_t, const Tensor& plain, void* packed) const override {
    std::fill_n(static_cast<float*>(packed), width_, 0.f);
    std::copy_n(plain.data<float>(), plain.size(), static_cast<float*>(packed));
  }

 protected:
  static float* floats(void* p) { return static_cast<float*>(p); }
  static const float* floats(const void* p) { return static_cast<const float*>(p); }

  template <class T>
  void scale_all(const KernelArgs& args, const float* scale, const float* shift) {
    const T* src = static_cast<const T*>(args.src[0]);
    const T* residual = residual_ >= 0 ? static_cast<const T*>(args.src[residual_]) : nullptr;
    T* dst = static_cast<T*>(args.dst[0]);
    const int64_t size = slabs_.size();
    parallel_for(slabs_.num(), slab_grain(slabs_), [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const int64_t c = i % slabs_.blocks * slabs_.lanes;
        slab_scale<T>(slabs_.lanes, size, act_, src + i * size, scale + c, shift + c,
                      residual ? residual + i * size : nullptr, dst + i * size);
      }
    });
    if (act_.moves_zero()) clear_padding(slabs_, dst);
  }

  // reduce(slab), join(first channel, end), apply(slab). Where the channels suffice for all threads each finishes one
  // block of them before the next, with what it has just read still in its cache; the order of sums is the same.
  template <class Reduce, class Join, class Apply>
  void in_two_passes(const Reduce& reduce, const Join& join, const Apply& apply) const {
    const int64_t blocks = slabs_.blocks, lanes = slabs_.lanes, threads = thread_num();
    if (slabs_.size() >= 16 && (blocks >= 4 * threads || blocks % threads == 0)) {
      parallel_for(blocks, 1 + 16384 / (slabs_.batch * slabs_.size()), [&](int64_t begin, int64_t end) {
        for (int64_t c = begin; c < end; ++c) {
          for (int64_t n = 0; n < slabs_.batch; ++n) reduce(n * blocks + c);
          join(c * lanes, (c + 1) * lanes);
          for (int64_t n = slabs_.batch; n-- > 0;) apply(n * blocks + c);
        }
      });
      return;
    }
    parallel_for(slabs_.num(), slab_grain(slabs_), [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) reduce(i);
    });
    join(0, width_);
    parallel_for(slabs_.num(), slab_grain(slabs_), [&](int64_t begin, int64_t end) {
      for (int64_t i = end; i-- > begin;) apply(i);
    });
  }

  MemoryDesc format_;
  Activation act_;
  float epsilon_;
  Slabs slabs_;
  int64_t width_;  // channels with padding
  int residual_ = -1;
};

class EvaluationKernel final : public BatchnormKernel {
 public:
  explicit EvaluationKernel(const KernelRequest& request) : BatchnormKernel(request) {
    name = "own:scale";
    state_bytes = 2 * width_ * sizeof(float);
    inplace_src = 0;
    if (request.backward) backward_dst[0] = static_cast<bool>(act_);
    recomputable = true;
    if (residual_ >= 0) diff_rule[residual_] = DiffRule::own;
    inplace_diff = residual_ >= 0 ? residual_ : 0;
    fused_activation_backward = true;
  }

  void prepare(const KernelArgs& args, const std::vector<const Tensor*>&) override {
    const float *gamma = floats(args.parameters[1]), *beta = floats(args.parameters[2]),
                *mean = floats(args.parameters[3]), *var = floats(args.parameters[4]);
    float *scale = floats(args.state), *shift = scale + width_;
    for (int64_t c = 0; c < width_; ++c) {
      scale[c] = gamma[c] / std::sqrt(var[c] + epsilon_);
      shift[c] = beta[c] - mean[c] * scale[c];
    }
  }

  void forward(const KernelArgs& args) override {
    const float* scale = floats(args.state);
    if (format_.dtype == DType::bf16) {
      scale_all<bf16_t>(args, scale, scale + width_);
    } else {
      scale_all<float>(args, scale, scale + width_);
    }
  }

  void backward(const KernelArgs& args) override {
    format_.dtype == DType::bf16 ? backward_all<bf16_t>(args) : backward_all<float>(args);
  }

 private:
  template <class T>
  void backward_all(const KernelArgs& args) {
    const T *dst = static_cast<const T*>(args.dst[0]), *diff = static_cast<const T*>(args.diff_dst[0]);
    T* diff_residual = residual_ >= 0 ? static_cast<T*>(args.diff_src[residual_]) : nullptr;
    T* diff_src = static_cast<T*>(args.diff_src[0]);
    const float* scale = floats(args.state);
    const int64_t size = slabs_.size();
    parallel_for(slabs_.num(), slab_grain(slabs_), [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const int64_t at = i * size;
        slab_scale_diff<T>(slabs_.lanes, size, act_, dst ? dst + at : nullptr, diff + at,
                           scale + i % slabs_.blocks * slabs_.lanes, diff_residual ? diff_residual + at : nullptr,
                           diff_src ? diff_src + at : nullptr);
      }
    });
  }
};

class TrainingKernel final : public BatchnormKernel {
 public:
  explicit TrainingKernel(const KernelRequest& request)
      : BatchnormKernel(request), momentum_(request.node->attributes.real("momentum", 0.9f)) {
    name = "own:batchnorm";
    saved_bytes = 4 * width_ * sizeof(float);
    scratch_bytes = (2 * slabs_.batch + 4) * width_ * sizeof(float);
    backward_src[0] = true;
    backward_dst[0] = act_ && residual_ >= 0;
    recomputable = true;
    inplace_diff = residual_ >= 0 ? residual_ : 0;
    fused_activation_backward = true;
  }

  void recompute(const KernelArgs& args) override {
    const float* scale = floats(args.saved) + 2 * width_;
    scale_all<float>(args, scale, scale + width_);
  }

  void forward(const KernelArgs& args) override {
    const float* src = floats(args.src[0]);
    float *means = floats(args.scratch), *squares = means + slabs_.batch * width_;
    const float *gamma = floats(args.parameters[1]), *beta = floats(args.parameters[2]);
    float *running_mean = floats(args.parameters[3]), *running_var = floats(args.parameters[4]);
    float *mean = floats(args.saved), *inv = mean + width_, *scale = inv + width_, *shift = scale + width_;
    const double count = static_cast<double>(slabs_.batch) * static_cast<double>(slabs_.spatial);
    const auto join = [&](int64_t first, int64_t last) {
      for (int64_t c = first; c < last; ++c) {
        double sum = 0, square = 0;
        for (int64_t n = 0; n < slabs_.batch; ++n) sum += means[n * width_ + c];
        const double m = sum / static_cast<double>(slabs_.batch);
        for (int64_t n = 0; n < slabs_.batch; ++n) {
          const double d = means[n * width_ + c] - m;
          square += squares[n * width_ + c] + d * d * static_cast<double>(slabs_.spatial);
        }
        const double var = square / count;
        mean[c] = static_cast<float>(m);
        inv[c] = static_cast<float>(1 / std::sqrt(var + epsilon_));
        scale[c] = gamma[c] * inv[c];
        shift[c] = beta[c] - mean[c] * scale[c];
        if (c >= slabs_.channels) continue;
        // The stored variance is the unbiased one, as the layer's reference has it.
        const double unbiased = count > 1 ? square / (count - 1) : var;
        running_mean[c] = static_cast<float>(running_mean[c] * momentum_ + m * (1 - momentum_));
        running_var[c] = static_cast<float>(running_var[c] * momentum_ + unbiased * (1 - momentum_));
      }
    };
    const int64_t size = slabs_.size();
    const auto reduce = [&](int64_t i) {
      slab_moments(slabs_.lanes, size, src + i * size, means + i * slabs_.lanes, squares + i * slabs_.lanes);
    };
    const float* residual = residual_ >= 0 ? floats(args.src[residual_]) : nullptr;
    float* out = floats(args.dst[0]);
    const auto apply = [&](int64_t i) {
      const int64_t at = i * size, c = i % slabs_.blocks * slabs_.lanes;
      slab_scale<float>(slabs_.lanes, size, act_, src + at, scale + c, shift + c, residual ? residual + at : nullptr,
                        out + at);
    };
    in_two_passes(reduce, join, apply);
    if (act_.moves_zero()) clear_padding(slabs_, out);
  }

  void backward(const KernelArgs& args) override {
    const float *src = floats(args.src[0]), *diff = floats(args.diff_dst[0]);
    const float* dst = backward_dst[0] ? floats(args.dst[0]) : nullptr;
    const float *mean = floats(args.saved), *inv = mean + width_, *scale = inv + width_, *shift = scale + width_;
    const auto source = [&](int64_t at, int64_t k) {
      return DiffSource{src + at, dst ? dst + at : nullptr, scale + k, shift + k};
    };
    float *sums = floats(args.scratch), *dots = sums + slabs_.batch * width_;
    float *a = dots + slabs_.batch * width_, *b = a + width_, *c = b + width_;
    float* diff_residual = residual_ >= 0 ? floats(args.diff_src[residual_]) : nullptr;
    const int64_t size = slabs_.size();
    const auto reduce = [&](int64_t i) {
      const int64_t at = i * size, k = i % slabs_.blocks * slabs_.lanes;
      slab_diff_sums(slabs_.lanes, size, act_, source(at, k), diff + at, mean + k,
                     diff_residual ? diff_residual + at : nullptr, sums + i * slabs_.lanes, dots + i * slabs_.lanes);
    };
    float *diff_gamma = floats(args.diff_parameters[1]), *diff_beta = floats(args.diff_parameters[2]);
    const double count = static_cast<double>(slabs_.batch) * static_cast<double>(slabs_.spatial);
    const auto join = [&](int64_t first, int64_t last) {
      for (int64_t k = first; k < last; ++k) {
        double sum = 0, dot = 0;
        for (int64_t n = 0; n < slabs_.batch; ++n) {
          sum += sums[n * width_ + k];
          dot += dots[n * width_ + k];
        }
        if (diff_beta) diff_beta[k] = k < slabs_.channels ? static_cast<float>(sum) : 0.f;
        if (diff_gamma) diff_gamma[k] = k < slabs_.channels ? static_cast<float>(dot * inv[k]) : 0.f;
        // diff_src = scale * (g - sum/count - (x - mean) * inv^2 * dot/count)
        const double slope = -scale[k] * inv[k] * inv[k] * dot / count;
        a[k] = scale[k];
        b[k] = static_cast<float>(slope);
        c[k] = static_cast<float>(-scale[k] * sum / count - slope * mean[k]);
      }
    };
    float* out = floats(args.diff_src[0]);
    const float* g = diff_residual ? diff_residual : diff;
    const Activation act = diff_residual ? Activation{} : act_;
    const auto apply = [&](int64_t i) {
      if (!out) return;
      const int64_t at = i * size, k = i % slabs_.blocks * slabs_.lanes;
      slab_diff_apply(slabs_.lanes, size, act, source(at, k), g + at, a + k, b + k, c + k, out + at);
    };
    in_two_passes(reduce, join, apply);
  }

 private:
  double momentum_;
};

}  // namespace

std::unique_ptr<Kernel> create_batchnorm(const KernelRequest& request) {
  if (request.src.size() != 5 || !request.is_data(0) || request.src[0].dtype != DType::f32) return nullptr;
  if (request.dst.size() > 1 && request.dst[1].dtype != DType::undefined) return nullptr;
  if (request.node->attributes.integer("training_mode", 0) != 0) return nullptr;
  if (request.src[0].shape.size() < 2 || num_elements(request.src[0].shape) == 0) return nullptr;
  for (size_t i = 1; i < 5; ++i) {
    if (!request.parameter[i] || request.src[i].dtype != DType::f32) return nullptr;
  }
  if (!is_linear_piecewise(request.activation.kind)) return nullptr;
  if (request.training) {
    if (request.bf16) return nullptr;
    return std::make_unique<TrainingKernel>(request);
  }
  if (request.weight_gradients) return nullptr;
  return std::make_unique<EvaluationKernel>(request);
}

}  // namespace alcedo::onednn
