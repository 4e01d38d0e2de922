// Add, Sub, Mul and Div in any format: two values of one shape, a value and a gate of one number per sample and
// channel, a value and a constant per channel or for all. Other broadcasts go to the reference.
#include "backends/onednn/activation_math.h"
#include "backends/onednn/batchnorm_loops.h"
#include "backends/onednn/kernels.h"
#include "backends/onednn/reduce.h"

namespace alcedo::onednn {
namespace {

template <class T>
ALCEDO_INLINE void add_loop(const Activation& act, const T* a, const T* b, T* out, int64_t size) {
  const ActivationNumbers numbers(act);
  with_cheap_activation(
      act.kind, [&](auto kind) __attribute__((always_inline)) {
        constexpr Act K = decltype(kind)::value;
        slab_loop<Layout<16, true>>(
            size, [&](auto width, int64_t i) __attribute__((always_inline)) {
              constexpr int W = decltype(width)::value;
              store<W>(out + i, activate<K, W>(load<W>(a + i) + load<W>(b + i), numbers));
            });
      });
}
template <class T>
ALCEDO_INLINE void multiply_loop(const T* a, const T* b, T* out, int64_t size) {
  slab_loop<Layout<16, true>>(
      size, [&](auto width, int64_t i) __attribute__((always_inline)) {
        constexpr int W = decltype(width)::value;
        store<W>(out + i, load<W>(a + i) * load<W>(b + i));
      });
}
ALCEDO_CLONES void add(const Activation& act, const float* a, const float* b, float* out, int64_t n) {
  add_loop(act, a, b, out, n);
}
ALCEDO_CLONES void add(const Activation& act, const bf16_t* a, const bf16_t* b, bf16_t* out, int64_t n) {
  add_loop(act, a, b, out, n);
}
ALCEDO_CLONES void multiply(const float* a, const float* b, float* out, int64_t n) { multiply_loop(a, b, out, n); }
ALCEDO_CLONES void multiply(const bf16_t* a, const bf16_t* b, bf16_t* out, int64_t n) { multiply_loop(a, b, out, n); }

constexpr int64_t kGrain = 1 << 15;

// Both operands have the result's shape.
template <class T>
class SameShapeKernel final : public Kernel {
 public:
  SameShapeKernel(const KernelRequest& request, MemoryDesc format, bool product)
      : Kernel(request), format_(format), act_(request.activation), product_(product) {
    src[0] = src[1] = dst[0] = format;
    name = product ? "own:multiply" : "own:add";
    inplace_src = 0;
    recomputable = true;
    if (product_) {
      backward_src = {true, true};
      return;
    }
    diff_rule = {DiffRule::is_diff_dst, DiffRule::is_diff_dst};  // the engine applies the activation's derivative
  }

  void forward(const KernelArgs& args) override {
    const T *a = static_cast<const T*>(args.src[0]), *b = static_cast<const T*>(args.src[1]);
    T* out = static_cast<T*>(args.dst[0]);
    parallel_for(format_.elements(), kGrain, [&](int64_t begin, int64_t end) {
      if (product_) {
        multiply(a + begin, b + begin, out + begin, end - begin);
      } else {
        add(act_, a + begin, b + begin, out + begin, end - begin);
      }
    });
    if (act_.moves_zero()) clear_padding(slabs_of(format_), out);
  }

  void backward(const KernelArgs& args) override {
    const T* g = static_cast<const T*>(args.diff_dst[0]);
    for (int i = 0; i < 2; ++i) {
      if (!args.diff_src[i]) continue;
      const T* other = static_cast<const T*>(args.src[1 - i]);
      T* out = static_cast<T*>(args.diff_src[i]);
      parallel_for(format_.elements(), kGrain,
                   [&](int64_t begin, int64_t end) { multiply(g + begin, other + begin, out + begin, end - begin); });
    }
  }

 private:
  MemoryDesc format_;
  Activation act_;
  bool product_;
};

// dst = value * gate or value + gate, the gate being [N,C,1,..].
class GateKernel final : public Kernel {
 public:
  GateKernel(const KernelRequest& request, int value, bool product)
      : Kernel(request), format_(request.at_hand[value]), value_(value), product_(product) {
    gate_ = {DType::f32, request.src[1 - value].shape, format_.block};
    src[value_] = dst[0] = format_;
    src[1 - value_] = gate_;
    slabs_ = slabs_of(format_);
    ones_.assign(slabs_.num() * slabs_.lanes, 1.f);
    zeros_.assign(slabs_.num() * slabs_.lanes, 0.f);
    name = product ? "own:gate" : "own:add gate";
    inplace_src = value_;
    if (product_) backward_src = {true, true};
    scratch_bytes = static_cast<size_t>(slabs_.batch * slabs_.channels) * sizeof(float);
  }

  void forward(const KernelArgs& args) override {
    const float* gate = static_cast<const float*>(args.src[1 - value_]);
    scale(args.src[value_], product_ ? gate : ones_.data(), product_ ? zeros_.data() : gate, args.dst[0]);
  }

  void backward(const KernelArgs& args) override {
    if (void* d = args.diff_src[1 - value_]) {
      float* sums = static_cast<float*>(args.scratch);
      channel_sums(format_, args.diff_dst[0], product_ ? args.src[value_] : nullptr, sums);
      float* out = static_cast<float*>(d);
      for (int64_t n = 0; n < slabs_.batch; ++n) {
        float* row = out + n * slabs_.blocks * slabs_.lanes;
        std::fill_n(row, slabs_.blocks * slabs_.lanes, 0.f);
        std::copy_n(sums + n * slabs_.channels, slabs_.channels, row);
      }
    }
    if (void* d = args.diff_src[value_]) {
      const float* gate = static_cast<const float*>(args.src[1 - value_]);
      scale(args.diff_dst[0], product_ ? gate : ones_.data(), zeros_.data(), d);
    }
  }

 private:
  void scale(const void* from, const float* factor, const float* shift, void* to) {
    const int64_t size = slabs_.size();
    parallel_for(slabs_.num(), slab_grain(slabs_), [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        slab_scale<float>(slabs_.lanes, size, {}, static_cast<const float*>(from) + i * size, factor + i * slabs_.lanes,
                          shift + i * slabs_.lanes, nullptr, static_cast<float*>(to) + i * size);
      }
    });
  }

  MemoryDesc format_, gate_;
  Slabs slabs_;
  int value_;
  bool product_;
  std::vector<float> ones_, zeros_;
};

// A value and a constant: one number, or one per channel.
class ConstantKernel final : public Kernel {
 public:
  ConstantKernel(const KernelRequest& request, int value, char operation)
      : Kernel(request), format_(request.at_hand[value]), act_(request.activation), value_(value), op_(operation) {
    slabs_ = slabs_of(format_);
    src[value_] = dst[0] = format_;
    width_ = slabs_.blocks * slabs_.lanes;
    state_bytes = 3 * width_ * sizeof(float);
    name = "own:scale";
    inplace_src = value_;
    inplace_diff = act_ ? -1 : value_;
    backward_dst[0] = static_cast<bool>(act_);
  }

  void prepare(const KernelArgs& args, const std::vector<const Tensor*>&) override {
    const float* constant = static_cast<const float*>(args.parameters[1 - value_]);
    const bool single = num_elements(src_info_[1 - value_].shape) == 1;
    float *scale = static_cast<float*>(args.state), *shift = scale + width_, *zero = shift + width_;
    for (int64_t c = 0; c < width_; ++c) {
      const bool real = c < slabs_.channels;
      const float k = real ? constant[single ? 0 : c] : 0;
      const float sign = value_ == 0 ? 1.f : -1.f;
      scale[c] = !real ? 0 : op_ == '*' ? k : op_ == '/' ? 1 / k : op_ == '-' ? sign : 1;
      shift[c] = !real || op_ == '*' || op_ == '/' ? 0 : op_ == '-' ? -sign * k : k;
      zero[c] = 0;
    }
  }

  void forward(const KernelArgs& args) override {
    const float* scale = static_cast<const float*>(args.state);
    run(act_, args.src[value_], scale, scale + width_, args.dst[0]);
    if (act_.moves_zero()) clear_padding(slabs_, static_cast<float*>(args.dst[0]));
  }
  void backward(const KernelArgs& args) override {
    if (!args.diff_src[value_]) return;
    const float* scale = static_cast<const float*>(args.state);
    run({}, args.diff_dst[0], scale, scale + 2 * width_, args.diff_src[value_]);
  }

 private:
  void run(const Activation& act, const void* from, const float* scale, const float* shift, void* to) {
    const int64_t size = slabs_.size();
    parallel_for(slabs_.num(), slab_grain(slabs_), [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const int64_t c = i % slabs_.blocks * slabs_.lanes;
        slab_scale<float>(slabs_.lanes, size, act, static_cast<const float*>(from) + i * size, scale + c, shift + c,
                          nullptr, static_cast<float*>(to) + i * size);
      }
    });
  }

  MemoryDesc format_;
  Slabs slabs_;
  Activation act_;
  int value_;
  char op_;
  int64_t width_;
};

// [N,C,1,..] beside [N,C,H,..].
bool is_gate(const Shape& gate, const Shape& value) {
  if (gate.size() != value.size() || gate.size() < 3 || gate[0] != value[0] || gate[1] != value[1]) return false;
  return std::all_of(gate.begin() + 2, gate.end(), [](int64_t d) { return d == 1; });
}

// One number, or [C,1,..] / [1,C,1,..] against [N,C,..].
bool is_channel_constant(const Shape& constant, const Shape& value) {
  if (constant.size() > value.size()) return false;
  if (num_elements(constant) == 1) return true;
  const size_t ahead = value.size() - constant.size();
  for (size_t i = 0; i < constant.size(); ++i) {
    if (constant[i] != (i + ahead == 1 ? value[1] : 1)) return false;
  }
  return true;
}

}  // namespace

std::unique_ptr<Kernel> create_binary(const KernelRequest& request) {
  if (request.src.size() != 2 || request.residual || !is_linear_piecewise(request.activation.kind)) return nullptr;
  if (request.src[0].dtype != DType::f32 || request.src[1].dtype != DType::f32) return nullptr;
  const std::string& type = request.node->op_type;
  const Shape& out = request.dst[0].shape;
  if (out.size() < 2 || num_elements(out) == 0) return nullptr;
  const bool data0 = request.is_data(0), data1 = request.is_data(1);
  if (data0 && data1 && request.src[0].shape == out && request.src[1].shape == out) {
    if (type != "Add" && (type != "Mul" || request.activation)) return nullptr;
    MemoryDesc format = request.at_hand[0].block >= request.at_hand[1].block ? request.at_hand[0] : request.at_hand[1];
    if (request.bf16) format.dtype = DType::bf16;
    if (request.bf16) return std::make_unique<SameShapeKernel<bf16_t>>(request, format, type == "Mul");
    return std::make_unique<SameShapeKernel<float>>(request, format, type == "Mul");
  }
  if (request.bf16) return nullptr;
  for (int value = 0; value < 2; ++value) {
    const int other = 1 - value;
    if (!request.is_data(value) || request.src[value].shape != out) continue;
    if (request.is_data(other) && (type == "Mul" || type == "Add") && !request.activation &&
        is_gate(request.src[other].shape, out)) {
      return std::make_unique<GateKernel>(request, value, type == "Mul");
    }
    if (request.parameter[other] && !request.weight_gradients && is_channel_constant(request.src[other].shape, out)) {
      if (type == "Div" && value == 1) return nullptr;
      return std::make_unique<ConstantKernel>(request, value,
                                              type == "Add"   ? '+'
                                              : type == "Sub" ? '-'
                                              : type == "Mul" ? '*'
                                                              : '/');
    }
  }
  return nullptr;
}

}  // namespace alcedo::onednn
