#include "backends/onednn/conv_tiles.h"

#include <immintrin.h>

#include <algorithm>

#include "backends/onednn/slab.h"
#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo::onednn {
namespace {

// GCC 12 warns about what the forms without a mask leave undefined.
constexpr __mmask16 kAll = 0xffff;
constexpr int kPositions = 8;

ALCEDO_AVX512 inline __m512 two_steps(const float* p) {
  double both;
  std::memcpy(&both, p, sizeof both);
  return _mm512_castpd_ps(_mm512_set1_pd(both));
}

// V eights of channels.
template <int V>
ALCEDO_AVX512 ALCEDO_INLINE void sum_up(const TileCall& c, const float* const (&p)[kPositions],
                                        __m512 (&sums)[V][kPositions]) {
#pragma GCC unroll 8
  for (int j = 0; j < kPositions; ++j) {
#pragma GCC unroll 3
    for (int v = 0; v < V; ++v) sums[v][j] = _mm512_setzero_ps();
  }
  const float* w = c.weights;
  for (int64_t r = 0; r < c.num_runs; ++r) {
    const int64_t begin = c.run_at[r], end = begin + c.run_length[r];
    for (int64_t i = begin; i < end; i += 2, w += V * 16) {
      __m512 weights[V];
#pragma GCC unroll 3
      for (int v = 0; v < V; ++v) weights[v] = _mm512_loadu_ps(w + v * 16);
#pragma GCC unroll 8
      for (int j = 0; j < kPositions; ++j) {
        const __m512 x = two_steps(p[j] + i);
#pragma GCC unroll 3
        for (int v = 0; v < V; ++v) sums[v][j] = _mm512_fmadd_ps(x, weights[v], sums[v][j]);
      }
    }
  }
}

template <int V>
ALCEDO_AVX512 void tiles(const TileCall& c) {
  const __m512 lowest = _mm512_set1_ps(c.lowest), highest = _mm512_set1_ps(c.highest);
  const __m512i even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  const __m512i odd = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
  for (int64_t first = 0; first < c.num; first += kPositions) {
    const int64_t num = std::min<int64_t>(kPositions, c.num - first);
    const float* p[kPositions];
#pragma GCC unroll 8
    for (int64_t j = 0; j < kPositions; ++j) p[j] = c.src + c.src_at[first + std::min(j, num - 1)];
    __m512 sums[V][kPositions];
    sum_up<V>(c, p, sums);
#pragma GCC unroll 8
    for (int j = 0; j < kPositions; ++j) {
      if (j >= num) break;
#pragma GCC unroll 2
      for (int v = 0; v < V; v += 2) {
        const bool whole = v + 1 < V;
        const auto mask = static_cast<__mmask16>(whole ? 0xffff : 0xff);
        const __m512 a = sums[v][j], b = whole ? sums[v + 1][j] : _mm512_setzero_ps();
        __m512 sum = _mm512_add_ps(_mm512_permutex2var_ps(a, even, b), _mm512_permutex2var_ps(a, odd, b));
        if (c.bias) sum = _mm512_add_ps(sum, _mm512_maskz_loadu_ps(mask, c.bias + v * 8));
        const int64_t at = c.dst_at[first + j] + v / 2 * c.block_stride;
        if (c.residual) sum = _mm512_add_ps(sum, _mm512_loadu_ps(c.residual + at));
        sum = _mm512_maskz_min_ps(kAll, highest, _mm512_maskz_max_ps(kAll, lowest, sum));
        _mm512_storeu_ps(c.dst + at, sum);
      }
    }
  }
}

}  // namespace

void run_tiles(const TileCall& call) {
  switch (call.eights) {
    case 1:
      return tiles<1>(call);
    case 2:
      return tiles<2>(call);
    case 3:
      return tiles<3>(call);
    default:
      fail(error::kInternal, "no tiles of ", call.eights, " eights");
  }
}

}  // namespace alcedo::onednn
