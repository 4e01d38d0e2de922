// Activations on vectors: the function, and its derivative from the result (hard_swish: from the argument).
#pragma once

#include "backends/activation.h"
#include "backends/onednn/slab.h"

namespace alcedo::onednn {

using Act = Activation::Kind;

// Comparisons by the sign of a difference and choices by bits: GCC takes comparisons of vectors apart before it inlines
// them into the code of a wider instruction set.
template <int L>
ALCEDO_INLINE IntVec<L> above(Vec<L> a, Vec<L> b) {
  return (IntVec<L>)(b - a) >> 31;
}
template <int L>
ALCEDO_INLINE Vec<L> choose(IntVec<L> mask, Vec<L> a, Vec<L> b) {
  return (Vec<L>)((mask & (IntVec<L>)a) | (~mask & (IntVec<L>)b));
}
template <int L>
ALCEDO_INLINE Vec<L> only(IntVec<L> mask, Vec<L> a) {
  return (Vec<L>)(mask & (IntVec<L>)a);
}

// An activation's numbers as vectors in memory: GCC builds a vector from a variable one element at a time where the
// loop is inlined into the code of a wider instruction set.
struct ActivationNumbers {
  alignas(64) float alpha[16];
  alignas(64) float beta[16];
  explicit ALCEDO_INLINE ActivationNumbers(const Activation& a) {
    for (int l = 0; l < 16; ++l) {
      alpha[l] = a.alpha;
      beta[l] = a.beta;
    }
  }
};

template <int L>
ALCEDO_INLINE Vec<L> limit(Vec<L> x, Vec<L> lowest, Vec<L> highest) {
  x = choose<L>(above<L>(lowest, x), lowest, x);
  return choose<L>(above<L>(x, highest), highest, x);
}

template <int L>
ALCEDO_INLINE Vec<L> exp_of(Vec<L> x) {
  x = limit<L>(x, splat<L>(-87.3f), splat<L>(88.3f));
  const Vec<L> shifted = x * 1.44269504f + 12582912.f;  // rounds to an integer in the low bits
  const Vec<L> n = shifted - 12582912.f;
  const Vec<L> r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  Vec<L> p = splat<L>(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.f;
  const IntVec<L> scale = (__builtin_convertvector(n, IntVec<L>) + 127) << 23;
  return p * (Vec<L>)scale;
}

template <Act K, int L>
ALCEDO_INLINE Vec<L> activate(Vec<L> x, const ActivationNumbers& numbers) {
  const Vec<L> alpha = load<L>(numbers.alpha), beta = load<L>(numbers.beta);
  if constexpr (K == Act::relu) return only<L>(above<L>(x, Vec<L>{}), x);
  if constexpr (K == Act::leaky_relu) return choose<L>(above<L>(x, Vec<L>{}), x, x * alpha);
  if constexpr (K == Act::clip) return limit<L>(x, alpha, beta);
  if constexpr (K == Act::sigmoid) return 1.f / (1.f + exp_of<L>(-x));
  if constexpr (K == Act::tanh) {
    const Vec<L> y = 1.f - 2.f / (exp_of<L>(2.f * x) + 1.f);
    const Vec<L> square = x * x;
    return choose<L>(above<L>(splat<L>(0.01f), square), x * (1.f - square * (0.333333333f - square * 0.133333333f)), y);
  }
  if constexpr (K == Act::hard_sigmoid) return limit<L>(x * alpha + beta, Vec<L>{}, splat<L>(1.f));
  if constexpr (K == Act::linear) return x * alpha + beta;
  if constexpr (K == Act::hard_swish) return x * limit<L>(x * (1.f / 6) + 0.5f, Vec<L>{}, splat<L>(1.f));
  return x;
}

// `y`: the result; hard_swish: the argument.
template <Act K, int L>
ALCEDO_INLINE Vec<L> derive(Vec<L> g, Vec<L> y, const ActivationNumbers& numbers) {
  const Vec<L> alpha = load<L>(numbers.alpha), beta = load<L>(numbers.beta);
  if constexpr (K == Act::relu) return only<L>(above<L>(y, Vec<L>{}), g);
  if constexpr (K == Act::leaky_relu) return choose<L>(above<L>(y, Vec<L>{}), g, g * alpha);
  if constexpr (K == Act::clip) {
    return only<L>(above<L>(y, alpha) & above<L>(beta, y), g);
  }
  if constexpr (K == Act::linear) return g * alpha;
  if constexpr (K == Act::sigmoid) return g * y * (1.f - y);
  if constexpr (K == Act::tanh) return g * (1.f - y * y);
  if constexpr (K == Act::hard_sigmoid) {
    return only<L>(above<L>(y, Vec<L>{}) & above<L>(splat<L>(1.f), y), g * alpha);
  }
  if constexpr (K == Act::hard_swish) {
    const Vec<L> inner = choose<L>(above<L>(splat<L>(3.f), y), g * (y * (1.f / 3) + 0.5f), g);
    return only<L>(above<L>(y, splat<L>(-3.f)), inner);
  }
  return g;
}

template <Act K>
struct ActTag {
  static constexpr Act value = K;
};

template <class F>
ALCEDO_INLINE void with_activation(Act kind, F f) {
  switch (kind) {
    case Act::none:
      return f(ActTag<Act::none>{});
    case Act::relu:
      return f(ActTag<Act::relu>{});
    case Act::leaky_relu:
      return f(ActTag<Act::leaky_relu>{});
    case Act::clip:
      return f(ActTag<Act::clip>{});
    case Act::sigmoid:
      return f(ActTag<Act::sigmoid>{});
    case Act::tanh:
      return f(ActTag<Act::tanh>{});
    case Act::hard_sigmoid:
      return f(ActTag<Act::hard_sigmoid>{});
    case Act::hard_swish:
      return f(ActTag<Act::hard_swish>{});
    case Act::linear:
      return f(ActTag<Act::linear>{});
  }
}

// The cheap ones, which other kernels take along.
inline bool is_linear_piecewise(Act kind) {
  return kind == Act::none || kind == Act::relu || kind == Act::leaky_relu || kind == Act::clip;
}
template <class F>
ALCEDO_INLINE void with_cheap_activation(Act kind, F f) {
  switch (kind) {
    case Act::relu:
      return f(ActTag<Act::relu>{});
    case Act::leaky_relu:
      return f(ActTag<Act::leaky_relu>{});
    case Act::clip:
      return f(ActTag<Act::clip>{});
    default:
      return f(ActTag<Act::none>{});
  }
}

}  // namespace alcedo::onednn
