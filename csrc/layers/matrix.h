// Products of strided matrices for Gemm, MatMul and the recurrent layers: plain loops, sums in double.
#pragma once

#include "base/parallel.h"

namespace alcedo {

template <class T>
struct Matrix {
  T* data;
  int64_t row, column;  // strides
  T& at(int64_t r, int64_t c) const { return data[r * row + c * column]; }
  Matrix transposed() const { return {data, column, row}; }
};

// out[m,n] = factor * sum over k of a[m,k] * b[k,n]   (+= if `add`)
template <class T>
void multiply(int64_t m, int64_t n, int64_t k, Matrix<const T> a, Matrix<const T> b, Matrix<T> out, double factor = 1,
              bool add = false) {
  parallel_for(m * n, 64, [&](int64_t begin, int64_t end) {
    for (int64_t at = begin; at < end; ++at) {
      const int64_t r = at / n, c = at % n;
      double sum = 0;
      for (int64_t i = 0; i < k; ++i) sum += double(a.at(r, i)) * double(b.at(i, c));
      T& to = out.at(r, c);
      to = static_cast<T>(add ? to + factor * sum : factor * sum);
    }
  });
}

}  // namespace alcedo
