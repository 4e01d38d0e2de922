// Few rows times a matrix as the graph has it, [O,K]: one pass over the matrix, which is what takes the time. oneDNN's
// kernels for this form run at a fraction of the memory's speed.
#pragma once

#include <cstdint>

namespace alcedo::onednn {

bool has_few_rows(int64_t rows);  // on this processor
// y[r][o] = sum over k of x[r][k] * w[o][k]
void few_rows_product(int64_t rows, int64_t ic, int64_t oc, const float* x, const float* w, float* y);

}  // namespace alcedo::onednn
