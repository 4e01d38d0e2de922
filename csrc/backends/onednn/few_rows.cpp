#include "backends/onednn/few_rows.h"

#include <immintrin.h>

#include <algorithm>

#include "backends/backend.h"
#include "backends/onednn/slab.h"
#include "base/parallel.h"

namespace alcedo::onednn {
namespace {

// Columns of a pass: R rows of x then stay in the cache beside the matrix that streams through it.
constexpr int64_t kColumns = 2048;

struct Part {
  int64_t ic, oc;      // of the whole
  int64_t begin, end;  // columns
};

// O rows of the matrix with R rows of x: all sums stay in registers. The next O rows are fetched meanwhile.
template <int O, int R>
ALCEDO_AVX512 void dot_rows(const Part& part, const float* x, const float* w, float* y) {
  const int64_t size = part.ic;
  __m512 sums[O][R];
#pragma GCC unroll 3
  for (int o = 0; o < O; ++o) {
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) sums[o][r] = _mm512_setzero_ps();
  }
  for (int64_t k = part.begin; k < part.end; k += 16) {
    const int64_t n = std::min<int64_t>(16, part.end - k);
    const auto mask = static_cast<__mmask16>((1U << n) - 1);
    __m512 weights[O];
#pragma GCC unroll 3
    for (int o = 0; o < O; ++o) {
      _mm_prefetch(reinterpret_cast<const char*>(w + (O + o) * size + k), _MM_HINT_T0);
      weights[o] = _mm512_maskz_loadu_ps(mask, w + o * size + k);
    }
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) {
      const __m512 value = _mm512_maskz_loadu_ps(mask, x + r * size + k);
#pragma GCC unroll 3
      for (int o = 0; o < O; ++o) sums[o][r] = _mm512_fmadd_ps(weights[o], value, sums[o][r]);
    }
  }
#pragma GCC unroll 3
  for (int o = 0; o < O; ++o) {
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) {
      float& sum = y[r * part.oc + o];
      sum = _mm512_reduce_add_ps(sums[o][r]) + (part.begin > 0 ? sum : 0.F);
    }
  }
}

// As many rows as there are, at most R.
template <int O, int R = 8>
void dot_some(const Part& part, int64_t rows, const float* x, const float* w, float* y) {
  if constexpr (R > 1) {
    if (rows < R) return dot_some<O, R - 1>(part, rows, x, w, y);
  }
  dot_rows<O, R>(part, x, w, y);
}

}  // namespace

bool has_few_rows(int64_t rows) { return rows <= 16 && channel_block() == 16; }

void few_rows_product(int64_t rows, int64_t ic, int64_t oc, const float* x, const float* w, float* y) {
  const int64_t triples = (oc + 2) / 3;
  parallel_for(triples, 1 + (1 << 18) / (3 * rows * ic + 1), [&](int64_t begin, int64_t end) {
    for (int64_t k = 0; k < ic; k += kColumns) {
      const Part part{ic, oc, k, std::min(ic, k + kColumns)};
      for (int64_t o = 3 * begin; o < std::min(3 * end, oc); o += 3) {
        const int64_t num = std::min<int64_t>(3, oc - o);
        for (int64_t r = 0; r < rows; r += 8) {
          const int64_t some = std::min<int64_t>(8, rows - r);
          const float *from = x + r * ic, *matrix = w + o * ic;
          float* to = y + r * oc + o;
          num == 3   ? dot_some<3>(part, some, from, matrix, to)
          : num == 2 ? dot_some<2>(part, some, from, matrix, to)
                     : dot_some<1>(part, some, from, matrix, to);
        }
      }
    }
  });
}

}  // namespace alcedo::onednn
