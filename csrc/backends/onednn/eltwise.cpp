// Activations as nodes of their own, in any format; and the engine's element-wise loops.
#include "backends/onednn/activation_math.h"
#include "backends/onednn/kernels.h"
#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo {
namespace onednn {
namespace {

template <class T>
ALCEDO_INLINE void activate_range(const Activation& a, const T* src, T* dst, int64_t size) {
  const ActivationNumbers numbers(a);
  with_activation(
      a.kind, [&](auto kind) __attribute__((always_inline)) {
        constexpr Act K = decltype(kind)::value;
        slab_loop<Layout<16, true>>(
            size, [&](auto width, int64_t i) __attribute__((always_inline)) {
              constexpr int W = decltype(width)::value;
              store<W>(dst + i, activate<K, W>(load<W>(src + i), numbers));
            });
      });
}
template <class T>
ALCEDO_INLINE void derive_range(const Activation& a, const T* y, const T* g, T* out, int64_t size) {
  const ActivationNumbers numbers(a);
  with_activation(
      a.kind, [&](auto kind) __attribute__((always_inline)) {
        constexpr Act K = decltype(kind)::value;
        slab_loop<Layout<16, true>>(
            size, [&](auto width, int64_t i) __attribute__((always_inline)) {
              constexpr int W = decltype(width)::value;
              store<W>(out + i, derive<K, W>(load<W>(g + i), load<W>(y + i), numbers));
            });
      });
}
template <class T>
ALCEDO_INLINE void add_range(const T* a, const T* b, T* out, int64_t size) {
  slab_loop<Layout<16, true>>(
      size, [&](auto width, int64_t i) __attribute__((always_inline)) {
        constexpr int W = decltype(width)::value;
        store<W>(out + i, load<W>(a + i) + load<W>(b + i));
      });
}

ALCEDO_CLONES void activate_f32(const Activation& a, const float* src, float* dst, int64_t size) {
  activate_range(a, src, dst, size);
}
ALCEDO_CLONES void activate_bf16(const Activation& a, const bf16_t* src, bf16_t* dst, int64_t size) {
  activate_range(a, src, dst, size);
}
ALCEDO_CLONES void derive_f32(const Activation& a, const float* y, const float* g, float* out, int64_t size) {
  derive_range(a, y, g, out, size);
}
ALCEDO_CLONES void derive_bf16(const Activation& a, const bf16_t* y, const bf16_t* g, bf16_t* out, int64_t size) {
  derive_range(a, y, g, out, size);
}
ALCEDO_CLONES void add_f32(const float* a, const float* b, float* out, int64_t size) { add_range(a, b, out, size); }
ALCEDO_CLONES void add_bf16(const bf16_t* a, const bf16_t* b, bf16_t* out, int64_t size) { add_range(a, b, out, size); }

constexpr int64_t kGrain = 1 << 15;

class EltwiseKernel final : public Kernel {
 public:
  EltwiseKernel(const KernelRequest& request, Activation activation)
      : Kernel(request), activation_(activation), format_(request.at_hand[0]) {
    if (request.bf16) format_.dtype = DType::bf16;
    src[0] = dst[0] = format_;
    name = "own:eltwise";
    inplace_src = 0;
    inplace_diff = 0;
    recomputable = true;
    if (activation.backward_from_dst()) {
      backward_dst[0] = true;
    } else {
      backward_src[0] = true;
    }
  }

  void forward(const KernelArgs& args) override {
    parallel_for(format_.elements(), kGrain, [&](int64_t begin, int64_t end) {
      if (format_.dtype == DType::bf16) {
        activate_bf16(activation_, static_cast<const bf16_t*>(args.src[0]) + begin,
                      static_cast<bf16_t*>(args.dst[0]) + begin, end - begin);
      } else {
        activate_f32(activation_, static_cast<const float*>(args.src[0]) + begin,
                     static_cast<float*>(args.dst[0]) + begin, end - begin);
      }
    });
    if (!activation_.moves_zero()) return;
    if (format_.dtype == DType::bf16) {
      clear_padding(slabs_of(format_), static_cast<bf16_t*>(args.dst[0]));
    } else {
      clear_padding(slabs_of(format_), static_cast<float*>(args.dst[0]));
    }
  }

  void backward(const KernelArgs& args) override {
    if (!args.diff_src[0]) return;
    const void* y = activation_.backward_from_dst() ? args.dst[0] : args.src[0];
    parallel_for(format_.elements(), kGrain, [&](int64_t begin, int64_t end) {
      if (format_.dtype == DType::bf16) {
        derive_bf16(activation_, static_cast<const bf16_t*>(y) + begin,
                    static_cast<const bf16_t*>(args.diff_dst[0]) + begin,
                    static_cast<bf16_t*>(args.diff_src[0]) + begin, end - begin);
      } else {
        derive_f32(activation_, static_cast<const float*>(y) + begin,
                   static_cast<const float*>(args.diff_dst[0]) + begin, static_cast<float*>(args.diff_src[0]) + begin,
                   end - begin);
      }
    });
  }

 private:
  Activation activation_;
  MemoryDesc format_;
};

}  // namespace

std::unique_ptr<Kernel> create_eltwise(const KernelRequest& request) {
  if (request.activation || request.residual || !request.is_data(0)) return nullptr;
  if (request.src[0].dtype != DType::f32) return nullptr;
  const Tensor* bounds[2] = {nullptr, nullptr};
  for (size_t i = 1; i < request.src.size() && i < 3; ++i) {
    if (request.src[i].dtype == DType::undefined) continue;
    if (!request.src[i].known()) return nullptr;
    bounds[i - 1] = &request.src[i].constant;
  }
  const Activation activation = activation_of(*request.node, bounds[0], bounds[1]);
  if (!activation) return nullptr;
  return std::make_unique<EltwiseKernel>(request, activation);
}

}  // namespace onednn

void accumulate(const MemoryDesc& desc, const void* a, const void* b, void* out) {
  using namespace onednn;
  require(desc.dtype == DType::f32 || desc.dtype == DType::bf16, error::kOperatorUnsupported, "gradients of type ",
          name_of(desc.dtype), " are not supported");
  parallel_for(desc.elements(), kGrain, [&](int64_t begin, int64_t end) {
    if (desc.dtype == DType::bf16) {
      add_bf16(static_cast<const bf16_t*>(a) + begin, static_cast<const bf16_t*>(b) + begin,
               static_cast<bf16_t*>(out) + begin, end - begin);
    } else {
      add_f32(static_cast<const float*>(a) + begin, static_cast<const float*>(b) + begin,
              static_cast<float*>(out) + begin, end - begin);
    }
  });
}

}  // namespace alcedo
