// y = (x - mean) / sqrt(var + epsilon) * scale + bias over sets of elements that lie behind each other: the core of
// InstanceNormalization, GroupNormalization and LayerNormalization.
#pragma once

#include <cmath>

#include "layers/support.h"

namespace alcedo {

struct NormalizeSets {
  int64_t sets, size;
  double epsilon;

  template <class T>
  void moments(const T* x, double* mean, double* inverse) const {
    double sum = 0, square = 0;
    for (int64_t i = 0; i < size; ++i) sum += x[i];
    *mean = sum / static_cast<double>(size);
    for (int64_t i = 0; i < size; ++i) square += (x[i] - *mean) * (x[i] - *mean);
    *inverse = 1 / std::sqrt(square / static_cast<double>(size) + epsilon);
  }

  // `param(i)`: position in scale and bias of the element i. bias, means, inverses may be nullptr.
  template <class T, class Param>
  void forward(const T* x, const T* scale, const T* bias, T* y, Param param, float* means = nullptr,
               float* inverses = nullptr) const {
    for (int64_t s = 0; s < sets; ++s) {
      double mean, inverse;
      moments(x + s * size, &mean, &inverse);
      if (means) means[s] = static_cast<float>(mean);
      if (inverses) inverses[s] = static_cast<float>(inverse);
      for (int64_t i = s * size; i < (s + 1) * size && y; ++i) {
        const int64_t p = param(i);
        y[i] = static_cast<T>((x[i] - mean) * inverse * scale[p] + (bias ? bias[p] : T(0)));
      }
    }
  }

  // Any of the gradients may be nullptr; `params`: length of scale and bias.
  template <class T, class Param>
  void backward(const T* x, const T* scale, const T* dy, T* dx, T* d_scale, T* d_bias, int64_t params,
                Param param) const {
    std::vector<double> sum_scale(params, 0.0), sum_bias(params, 0.0);
    for (int64_t s = 0; s < sets; ++s) {
      double mean, inverse, sum = 0, dot = 0;
      moments(x + s * size, &mean, &inverse);
      for (int64_t i = s * size; i < (s + 1) * size; ++i) {
        const int64_t p = param(i);
        const double normal = (x[i] - mean) * inverse;
        sum_scale[p] += dy[i] * normal;
        sum_bias[p] += dy[i];
        sum += double(dy[i]) * scale[p];
        dot += double(dy[i]) * scale[p] * normal;
      }
      for (int64_t i = s * size; i < (s + 1) * size && dx; ++i) {
        const double normal = (x[i] - mean) * inverse;
        dx[i] = static_cast<T>((double(dy[i]) * scale[param(i)] - (sum + normal * dot) / static_cast<double>(size)) *
                               inverse);
      }
    }
    for (int64_t p = 0; p < params; ++p) {
      if (d_scale) d_scale[p] = static_cast<T>(sum_scale[p]);
      if (d_bias) d_bias[p] = static_cast<T>(sum_bias[p]);
    }
  }
};

template <class T>
T* raw_or_null(Tensor* tensor) {
  return tensor ? raw_data<T>(tensor) : nullptr;
}
template <class T>
const T* raw_or_null(const Tensor* tensor) {
  return tensor ? raw_data<T>(tensor) : nullptr;
}

}  // namespace alcedo
