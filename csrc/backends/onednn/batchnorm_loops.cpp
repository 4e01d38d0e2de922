#include "backends/onednn/batchnorm_loops.h"

#include "backends/onednn/activation_math.h"

namespace alcedo::onednn {
namespace {

// Sum of the lanes into out: all of them for plain slabs.
template <class Y, int L>
ALCEDO_INLINE void put_sum(Vec<L> v, float tail, float* out) {
  if constexpr (Y::plain) {
    float sum = 0;
    for (int l = 0; l < L; ++l) sum += v[l];
    *out = sum + tail;
  } else {
    store<L>(out, v);
  }
}

// One pass with differences from the slab's first position, which keeps the digits of a small variance; two
// accumulators each hide the latency of the additions.
template <class Y>
ALCEDO_INLINE void moments(int64_t size, const float* src, float* mean, float* square) {
  constexpr int L = Y::lanes;
  const int64_t steps = size / L;
  const Vec<L> origin = channel<Y, L>(src);
  Vec<L> s0{}, s1{}, q0{}, q1{};
  int64_t k = 0;
  for (; k + 2 <= steps; k += 2) {
    const Vec<L> a = load<L>(src + k * L) - origin, b = load<L>(src + k * L + L) - origin;
    s0 += a;
    s1 += b;
    q0 += a * a;
    q1 += b * b;
  }
  for (; k < steps; ++k) {
    const Vec<L> a = load<L>(src + k * L) - origin;
    s0 += a;
    q0 += a * a;
  }
  float ts = 0, tq = 0;
  for (int64_t i = steps * L; i < size; ++i) {
    ts += src[i] - src[0];
    tq += (src[i] - src[0]) * (src[i] - src[0]);
  }
  put_sum<Y, L>(s0 + s1, ts, mean);
  put_sum<Y, L>(q0 + q1, tq, square);
  const int n = Y::plain ? 1 : L;
  const float count = static_cast<float>(Y::plain ? size : steps);
  for (int l = 0; l < n; ++l) {
    const float sum = mean[l];
    mean[l] = src[l] + sum / count;
    const float rest = square[l] - sum * (sum / count);
    square[l] = rest > 0 ? rest : 0;
  }
}

template <class T>
ALCEDO_INLINE void scale(int lanes, int64_t size, const Activation& act, const T* src, const float* scale,
                         const float* shift, const T* residual, T* dst) {
  const ActivationNumbers numbers(act);
  with_layout(
      lanes, [&](auto layout) __attribute__((always_inline)) {
        using Y = decltype(layout);
        with_cheap_activation(
            act.kind, [&](auto kind) __attribute__((always_inline)) {
              constexpr Act K = decltype(kind)::value;
              if (residual) {
                slab_loop<Y>(
                    size, [&](auto width, int64_t i) __attribute__((always_inline)) {
                      constexpr int W = decltype(width)::value;
                      const Vec<W> y =
                          load<W>(src + i) * channel<Y, W>(scale) + channel<Y, W>(shift) + load<W>(residual + i);
                      store<W>(dst + i, activate<K, W>(y, numbers));
                    });
              } else {
                slab_loop<Y>(
                    size, [&](auto width, int64_t i) __attribute__((always_inline)) {
                      constexpr int W = decltype(width)::value;
                      const Vec<W> y = load<W>(src + i) * channel<Y, W>(scale) + channel<Y, W>(shift);
                      store<W>(dst + i, activate<K, W>(y, numbers));
                    });
              }
            });
      });
}

// The gradient in front of the activation.
template <class Y, Act K, int W, bool FromDst>
ALCEDO_INLINE Vec<W> behind(const ActivationNumbers& numbers, const DiffSource& from, const float* diff_dst,
                            int64_t i) {
  const Vec<W> g = load<W>(diff_dst + i);
  if constexpr (K == Act::none) return g;
  if constexpr (FromDst) return derive<K, W>(g, load<W>(from.dst + i), numbers);
  const Vec<W> z = load<W>(from.src + i) * channel<Y, W>(from.scale) + channel<Y, W>(from.shift);
  return derive<K, W>(g, z, numbers);
}

template <class Y, Act K, bool FromDst>
ALCEDO_INLINE void diff_sums(int64_t size, const ActivationNumbers& numbers, const DiffSource& from,
                             const float* diff_dst, const float* mean, float* diff_residual, float* sum, float* dot) {
  constexpr int L = Y::lanes;
  const Vec<L> m = channel<Y, L>(mean);
  Vec<L> s0{}, s1{}, d0{}, d1{};
  const auto add = [&](int64_t i, Vec<L> & s, Vec<L> & d) __attribute__((always_inline)) {
    const Vec<L> g = behind<Y, K, L, FromDst>(numbers, from, diff_dst, i);
    if (diff_residual) store<L>(diff_residual + i, g);
    s += g;
    d += g * (load<L>(from.src + i) - m);
  };
  const int64_t whole = size / L * L;
  int64_t at = 0;
  for (; at + 2 * L <= whole; at += 2 * L) {
    add(at, s0, d0);
    add(at + L, s1, d1);
  }
  if (at < whole) add(at, s0, d0);
  float ts = 0, td = 0;
  for (int64_t i = whole; i < size; ++i) {
    const Vec<1> g = behind<Y, K, 1, FromDst>(numbers, from, diff_dst, i);
    if (diff_residual) store<1>(diff_residual + i, g);
    ts += g[0];
    td += g[0] * (from.src[i] - *mean);
  }
  put_sum<Y, L>(s0 + s1, ts, sum);
  put_sum<Y, L>(d0 + d1, td, dot);
}

template <class T>
ALCEDO_INLINE void scale_diff(int lanes, int64_t size, const Activation& act, const T* dst, const T* diff_dst,
                              const float* scale, T* diff_residual, T* diff_src) {
  const ActivationNumbers numbers(act);
  with_layout(
      lanes, [&](auto layout) __attribute__((always_inline)) {
        using Y = decltype(layout);
        with_cheap_activation(
            act.kind, [&](auto kind) __attribute__((always_inline)) {
              constexpr Act K = decltype(kind)::value;
              slab_loop<Y>(
                  size, [&](auto width, int64_t i) __attribute__((always_inline)) {
                    constexpr int W = decltype(width)::value;
                    Vec<W> g = load<W>(diff_dst + i);
                    if constexpr (K != Act::none) g = derive<K, W>(g, load<W>(dst + i), numbers);
                    if (diff_residual) store<W>(diff_residual + i, g);
                    if (diff_src) store<W>(diff_src + i, g * channel<Y, W>(scale));
                  });
            });
      });
}

template <class Y, Act K, bool FromDst>
ALCEDO_INLINE void diff_apply(int64_t size, const ActivationNumbers& numbers, const DiffSource& from,
                              const float* diff_dst, const float* a, const float* b, const float* c, float* diff_src) {
  slab_loop<Y>(
      size, [&](auto width, int64_t i) __attribute__((always_inline)) {
        constexpr int W = decltype(width)::value;
        const Vec<W> g = behind<Y, K, W, FromDst>(numbers, from, diff_dst, i);
        store<W>(diff_src + i, g * channel<Y, W>(a) + load<W>(from.src + i) * channel<Y, W>(b) + channel<Y, W>(c));
      });
}

}  // namespace

ALCEDO_CLONES void slab_moments(int lanes, int64_t size, const float* src, float* mean, float* square) {
  with_layout(
      lanes, [&](auto layout) __attribute__((always_inline)) { moments<decltype(layout)>(size, src, mean, square); });
}

namespace {
ALCEDO_CLONES void scale_f32(int lanes, int64_t size, const Activation& act, const float* src, const float* factor,
                             const float* shift, const float* residual, float* dst) {
  scale(lanes, size, act, src, factor, shift, residual, dst);
}
ALCEDO_CLONES void scale_bf16(int lanes, int64_t size, const Activation& act, const bf16_t* src, const float* factor,
                              const float* shift, const bf16_t* residual, bf16_t* dst) {
  scale(lanes, size, act, src, factor, shift, residual, dst);
}
}  // namespace

template <>
void slab_scale<float>(int lanes, int64_t size, const Activation& act, const float* src, const float* factor,
                       const float* shift, const float* residual, float* dst) {
  scale_f32(lanes, size, act, src, factor, shift, residual, dst);
}
template <>
void slab_scale<bf16_t>(int lanes, int64_t size, const Activation& act, const bf16_t* src, const float* factor,
                        const float* shift, const bf16_t* residual, bf16_t* dst) {
  scale_bf16(lanes, size, act, src, factor, shift, residual, dst);
}

namespace {
ALCEDO_CLONES void scale_diff_f32(int lanes, int64_t size, const Activation& act, const float* dst,
                                  const float* diff_dst, const float* factor, float* diff_residual, float* diff_src) {
  scale_diff(lanes, size, act, dst, diff_dst, factor, diff_residual, diff_src);
}
ALCEDO_CLONES void scale_diff_bf16(int lanes, int64_t size, const Activation& act, const bf16_t* dst,
                                   const bf16_t* diff_dst, const float* factor, bf16_t* diff_residual,
                                   bf16_t* diff_src) {
  scale_diff(lanes, size, act, dst, diff_dst, factor, diff_residual, diff_src);
}
}  // namespace

template <>
void slab_scale_diff<float>(int lanes, int64_t size, const Activation& act, const float* dst, const float* diff_dst,
                            const float* factor, float* diff_residual, float* diff_src) {
  scale_diff_f32(lanes, size, act, dst, diff_dst, factor, diff_residual, diff_src);
}
template <>
void slab_scale_diff<bf16_t>(int lanes, int64_t size, const Activation& act, const bf16_t* dst, const bf16_t* diff_dst,
                             const float* factor, bf16_t* diff_residual, bf16_t* diff_src) {
  scale_diff_bf16(lanes, size, act, dst, diff_dst, factor, diff_residual, diff_src);
}

ALCEDO_CLONES void slab_diff_sums(int lanes, int64_t size, const Activation& act, const DiffSource& from,
                                  const float* diff_dst, const float* mean, float* diff_residual, float* sum,
                                  float* dot) {
  const ActivationNumbers numbers(act);
  with_layout(
      lanes, [&](auto layout) __attribute__((always_inline)) {
        using Y = decltype(layout);
        with_cheap_activation(
            act.kind, [&](auto kind) __attribute__((always_inline)) {
              constexpr Act K = decltype(kind)::value;
              if (from.dst || K == Act::none) {
                diff_sums<Y, K, true>(size, numbers, from, diff_dst, mean, diff_residual, sum, dot);
              } else {
                diff_sums<Y, K, false>(size, numbers, from, diff_dst, mean, diff_residual, sum, dot);
              }
            });
      });
}

ALCEDO_CLONES void slab_diff_apply(int lanes, int64_t size, const Activation& act, const DiffSource& from,
                                   const float* diff_dst, const float* a, const float* b, const float* c,
                                   float* diff_src) {
  const ActivationNumbers numbers(act);
  with_layout(
      lanes, [&](auto layout) __attribute__((always_inline)) {
        using Y = decltype(layout);
        with_cheap_activation(
            act.kind, [&](auto kind) __attribute__((always_inline)) {
              constexpr Act K = decltype(kind)::value;
              if (from.dst || K == Act::none) {
                diff_apply<Y, K, true>(size, numbers, from, diff_dst, a, b, c, diff_src);
              } else {
                diff_apply<Y, K, false>(size, numbers, from, diff_dst, a, b, c, diff_src);
              }
            });
      });
}

}  // namespace alcedo::onednn
