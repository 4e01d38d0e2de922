// Ridge regression on dense rows, by Cholesky factors.
#pragma once

#include <cstdint>
#include <vector>

namespace alcedo {

// Lower Cholesky factor of a symmetric positive definite matrix [n,n], in place (the upper part is left alone). False
// if it is not positive definite.
bool cholesky(std::vector<double>& matrix, int64_t n);
// Solves L L^T X = B for B [n,m] row-major, in place.
void cholesky_solve(const std::vector<double>& factor, int64_t n, std::vector<double>& rhs, int64_t m);

// Weights W [columns, outputs] that minimize |X W - R|^2 / rows + lambda |W|^2, X [rows, columns] and R [rows, outputs]
// row-major. Works on the smaller of the two Gram matrices, which is kept for further lambdas.
class Ridge {
 public:
  Ridge(std::vector<float> x, std::vector<float> r, int64_t rows, int64_t columns, int64_t outputs);
  double mean_diagonal() const;  // of X^T X / rows: the natural size of lambda
  // Empty if the matrix is not positive definite.
  std::vector<double> solve(double lambda) const;

 private:
  bool dual() const { return rows_ < columns_; }
  std::vector<float> x_, r_;
  int64_t rows_, columns_, outputs_;
  std::vector<double> gram_, right_;  // X^T X and X^T R, or X X^T and R; divided by rows
};

}  // namespace alcedo
