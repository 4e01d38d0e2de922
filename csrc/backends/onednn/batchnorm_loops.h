// Loops of BatchNormalization over one slab.
#pragma once

#include "backends/activation.h"
#include "backends/onednn/slab.h"

namespace alcedo::onednn {

// Mean over the slab and sum of squared differences from it, per lane (one lane: plain).
void slab_moments(int lanes, int64_t size, const float* src, float* mean, float* square);

// dst = act(src * scale + shift + residual); residual may be nullptr.
template <class T>
void slab_scale(int lanes, int64_t size, const Activation& act, const T* src, const float* scale, const float* shift,
                const T* residual, T* dst);

// Its gradients: g = act'(dst) * diff_dst to diff_residual and g * scale to diff_src, where these are given.
template <class T>
void slab_scale_diff(int lanes, int64_t size, const Activation& act, const T* dst, const T* diff_dst,
                     const float* scale, T* diff_residual, T* diff_src);

// What the derivative of the activation is taken from: the result, or (dst nullptr) src * scale + shift.
struct DiffSource {
  const float *src, *dst, *scale, *shift;
};

// g = act' * diff_dst, written to diff_residual if given; sums of g and of g * (src - mean) per lane.
void slab_diff_sums(int lanes, int64_t size, const Activation& act, const DiffSource& from, const float* diff_dst,
                    const float* mean, float* diff_residual, float* sum, float* dot);

// diff_src = a * g + b * src + c, with g as above (act none: diff_dst is g already).
void slab_diff_apply(int lanes, int64_t size, const Activation& act, const DiffSource& from, const float* diff_dst,
                     const float* a, const float* b, const float* c, float* diff_src);

}  // namespace alcedo::onednn
