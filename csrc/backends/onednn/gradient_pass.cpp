// The engine's pass over one value's gradient: one loop that reads every operand once.
#include <algorithm>

#include "backends/backend.h"
#include "backends/onednn/activation_math.h"
#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo {
namespace onednn {
namespace {

// Of one slab. Absent operands are nullptr.
template <class T>
struct Operands {
  const T *a, *b, *value, *residual;
  T* out;
};

// Sums per lane (one lane: plain), which vectors of every width add to.
template <class Y>
struct LaneSums {
  Vec<Y::lanes> wide{};
  float single = 0;
  template <int W>
  ALCEDO_INLINE void add(Vec<W> products) {
    if constexpr (W == Y::lanes) {
      wide += products;
    } else {
      single += products[0];
    }
  }
  ALCEDO_INLINE void store_to(float* out) const {
    if constexpr (Y::plain) {
      float sum = single;
      for (int l = 0; l < Y::lanes; ++l) sum += wide[l];
      *out = sum;
    } else {
      store<Y::lanes>(out, wide);
    }
  }
};

template <class Y, Act K, class T>
ALCEDO_INLINE void pass_range(const Operands<T>& o, const ActivationNumbers& numbers, int64_t size, float* products,
                              float* in_front) {
  LaneSums<Y> sums, front_sums;
  slab_loop<Y>(
      size, [&](auto width, int64_t i) __attribute__((always_inline)) {
        constexpr int W = decltype(width)::value;
        Vec<W> g = load<W>(o.a + i);
        if (o.b) g += load<W>(o.b + i);
        Vec<W> value{};
        if (o.value) value = load<W>(o.value + i);
        if (products) sums.template add<W>(value * g);
        g = derive<K, W>(g, value, numbers);
        if (in_front) {
          if (o.residual) value -= load<W>(o.residual + i);
          front_sums.template add<W>(value * g);
        }
        if (o.out) store<W>(o.out + i, g);
      });
  if (products) sums.store_to(products);
  if (in_front) front_sums.store_to(in_front);
}

template <class T>
ALCEDO_INLINE void pass_with(int lanes, const Activation& act, const Operands<T>& o, int64_t size, float* products,
                             float* in_front) {
  const ActivationNumbers numbers(act);
  with_layout(
      lanes, [&](auto y) __attribute__((always_inline)) {
        with_activation(
            act.kind, [&](auto kind) __attribute__((always_inline)) {
              pass_range<decltype(y), decltype(kind)::value>(o, numbers, size, products, in_front);
            });
      });
}
ALCEDO_CLONES void pass(int lanes, const Activation& act, const Operands<float>& o, int64_t size, float* products,
                        float* in_front) {
  pass_with(lanes, act, o, size, products, in_front);
}
ALCEDO_CLONES void pass(int lanes, const Activation& act, const Operands<bf16_t>& o, int64_t size, float* products,
                        float* in_front) {
  pass_with(lanes, act, o, size, products, in_front);
}

template <class T>
void run(const GradientPass& how, const Operands<T>& o) {
  const Slabs s = slabs_of(how.desc);
  const int64_t size = s.size();
  const float factor = 1.f / static_cast<float>(std::max<int64_t>(s.spatial, 1));
  const auto from = [](auto* operand, int64_t at) { return operand ? operand + at : operand; };
  parallel_for(s.num(), slab_grain(s), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t at = i * size;
      alignas(64) float products[16], in_front[16];
      pass(s.lanes, how.activation, {o.a + at, from(o.b, at), from(o.value, at), from(o.residual, at), from(o.out, at)},
           size, how.products ? products : nullptr, how.products_in_front ? in_front : nullptr);
      const int64_t c = i % s.blocks * s.lanes, channels = std::min<int64_t>(s.lanes, s.channels - c);
      for (int64_t l = 0, row = i / s.blocks * s.channels + c; l < channels; ++l) {
        if (how.products) how.products[row + l] = products[l] * factor;
        if (how.products_in_front) how.products_in_front[row + l] = in_front[l] * factor;
      }
    }
  });
}

}  // namespace
}  // namespace onednn

void run_gradient_pass(const GradientPass& pass, const void* a, const void* b, const void* value, const void* residual,
                       void* out) {
  const auto run_as = [&](auto type) {
    using T = decltype(type);
    onednn::run<T>(pass, {static_cast<const T*>(a), static_cast<const T*>(b), static_cast<const T*>(value),
                          static_cast<const T*>(residual), static_cast<T*>(out)});
  };
  if (pass.desc.dtype == DType::bf16) return run_as(onednn::bf16_t{});
  require(pass.desc.dtype == DType::f32, error::kOperatorUnsupported, "gradients of type ", name_of(pass.desc.dtype),
          " are not supported");
  run_as(float{});
}

}  // namespace alcedo
