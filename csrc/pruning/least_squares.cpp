#include "pruning/least_squares.h"

#include <cmath>

#include "base/parallel.h"

namespace alcedo {

bool cholesky(std::vector<double>& matrix, int64_t n) {
  double* a = matrix.data();
  for (int64_t k = 0; k < n; ++k) {
    double* row = a + k * n;
    double pivot = row[k];
    for (int64_t i = 0; i < k; ++i) pivot -= row[i] * row[i];
    if (!(pivot > 0.0)) return false;
    row[k] = std::sqrt(pivot);
    const double inverse = 1.0 / row[k];
    parallel_for(n - k - 1, 32, [&](int64_t begin, int64_t end) {
      for (int64_t j = begin; j < end; ++j) {
        double* other = a + (k + 1 + j) * n;
        double sum = other[k];
        for (int64_t i = 0; i < k; ++i) sum -= other[i] * row[i];
        other[k] = sum * inverse;
      }
    });
  }
  return true;
}

void cholesky_solve(const std::vector<double>& factor, int64_t n, std::vector<double>& rhs, int64_t m) {
  const double* l = factor.data();
  const auto subtract = [&](int64_t to, int64_t from, double factor_entry, int64_t begin, int64_t end) {
    double* x = rhs.data() + to * m;
    const double* y = rhs.data() + from * m;
    for (int64_t c = begin; c < end; ++c) x[c] -= factor_entry * y[c];
  };
  parallel_for(m, 8, [&](int64_t begin, int64_t end) {
    for (int64_t i = 0; i < n; ++i) {
      for (int64_t k = 0; k < i; ++k) subtract(i, k, l[i * n + k], begin, end);
      for (int64_t c = begin; c < end; ++c) rhs[i * m + c] /= l[i * n + i];
    }
    for (int64_t i = n; i-- > 0;) {
      for (int64_t k = i + 1; k < n; ++k) subtract(i, k, l[k * n + i], begin, end);
      for (int64_t c = begin; c < end; ++c) rhs[i * m + c] /= l[i * n + i];
    }
  });
}

Ridge::Ridge(std::vector<float> x, std::vector<float> r, int64_t rows, int64_t columns, int64_t outputs)
    : x_(std::move(x)), r_(std::move(r)), rows_(rows), columns_(columns), outputs_(outputs) {
  const double share = 1.0 / static_cast<double>(rows);
  const int64_t n = dual() ? rows : columns;
  gram_.assign(n * n, 0.0);
  if (dual()) {
    parallel_for(n, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const float* a = x_.data() + i * columns_;
        for (int64_t j = 0; j <= i; ++j) {
          const float* b = x_.data() + j * columns_;
          double sum = 0.0;
          for (int64_t c = 0; c < columns_; ++c) sum += double{a[c]} * b[c];
          gram_[i * n + j] = sum * share;
        }
      }
    });
    right_.resize(r_.size());
    for (size_t i = 0; i < r_.size(); ++i) right_[i] = r_[i] * share;
    return;
  }
  right_.assign(n * outputs_, 0.0);
  parallel_for(n, 1, [&](int64_t begin, int64_t end) {
    for (int64_t row = 0; row < rows_; ++row) {
      const float* a = x_.data() + row * columns_;
      const float* b = r_.data() + row * outputs_;
      for (int64_t i = begin; i < end; ++i) {
        const double value = a[i] * share;
        if (value == 0.0) continue;
        double* to = gram_.data() + i * n;
        for (int64_t j = 0; j <= i; ++j) to[j] += value * a[j];
        double* out = right_.data() + i * outputs_;
        for (int64_t o = 0; o < outputs_; ++o) out[o] += value * b[o];
      }
    }
  });
}

double Ridge::mean_diagonal() const {
  const int64_t n = dual() ? rows_ : columns_;
  double sum = 0.0;
  for (int64_t i = 0; i < n; ++i) sum += gram_[i * n + i];
  return sum / static_cast<double>(columns_);
}

std::vector<double> Ridge::solve(double lambda) const {
  const int64_t n = dual() ? rows_ : columns_;
  std::vector<double> factor = gram_, solution = right_;
  for (int64_t i = 0; i < n; ++i) factor[i * n + i] += lambda;
  if (!cholesky(factor, n)) return {};
  cholesky_solve(factor, n, solution, outputs_);
  if (!dual()) return solution;
  std::vector<double> weights(columns_ * outputs_, 0.0);
  parallel_for(columns_, 8, [&](int64_t begin, int64_t end) {
    for (int64_t row = 0; row < rows_; ++row) {
      const double* s = solution.data() + row * outputs_;
      for (int64_t c = begin; c < end; ++c) {
        const double value = x_[row * columns_ + c];
        for (int64_t o = 0; o < outputs_; ++o) weights[c * outputs_ + o] += value * s[o];
      }
    }
  });
  return weights;
}

}  // namespace alcedo
