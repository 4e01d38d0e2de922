// What the machine can do at best: multiply-adds in float32 and bfloat16, memory read and copied. No library; prints
// one JSON line. Compiled by the bench with -march=native -fopenmp.
#include <immintrin.h>
#include <omp.h>
#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>

namespace {
double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

// Best of several runs of body(), in seconds.
template <class Body>
double best_of(int runs, const Body& body) {
  double best = 1e30;
  for (int i = 0; i < runs; ++i) {
    const double start = now();
    body();
    best = std::min(best, now() - start);
  }
  return best;
}

volatile float sink;
constexpr int64_t kSteps = 20'000'000;

#if defined(__AVX512F__)
using Vector = __m512;
inline Vector set(float x) { return _mm512_set1_ps(x); }
inline Vector load(const float* x) { return _mm512_loadu_ps(x); }
inline Vector fma(Vector a, Vector b, Vector c) { return _mm512_fmadd_ps(a, b, c); }
#else
using Vector = __m256;
inline Vector set(float x) { return _mm256_set1_ps(x); }
inline Vector load(const float* x) { return _mm256_loadu_ps(x); }
inline Vector fma(Vector a, Vector b, Vector c) { return _mm256_fmadd_ps(a, b, c); }
#endif

constexpr int64_t kLanes = sizeof(Vector) / sizeof(float);

double f32_gflops() {
  constexpr int kChains = 12;
  const double seconds = best_of(5, [] {
#pragma omp parallel
    {
      Vector sum[kChains];
      for (int i = 0; i < kChains; ++i) sum[i] = set(static_cast<float>(i));
      const Vector a = set(0.999F), b = set(1e-3F);
      for (int64_t step = 0; step < kSteps / kChains; ++step) {
#pragma GCC unroll 12
        for (int i = 0; i < kChains; ++i) sum[i] = fma(sum[i], a, b);
      }
      for (int i = 1; i < kChains; ++i) sum[0] = fma(sum[i], a, sum[0]);
      float out[kLanes];
      std::memcpy(out, sum, sizeof out);
      sink = out[0];
    }
  });
  return 2.0 * kLanes * (kSteps / kChains * kChains) * omp_get_max_threads() / seconds * 1e-9;
}

double bf16_gflops() {
#if defined(__AVX512BF16__)
  constexpr int kChains = 12;
  const double seconds = best_of(5, [] {
#pragma omp parallel
    {
      __m512 sum[kChains];
      for (int i = 0; i < kChains; ++i) sum[i] = _mm512_set1_ps(static_cast<float>(i));
      const __m512bh a = _mm512_cvtne2ps_pbh(_mm512_set1_ps(0.999F), _mm512_set1_ps(0.5F));
      for (int64_t step = 0; step < kSteps / kChains; ++step) {
#pragma GCC unroll 12
        for (int i = 0; i < kChains; ++i) sum[i] = _mm512_dpbf16_ps(sum[i], a, a);
      }
      for (int i = 1; i < kChains; ++i) sum[0] = _mm512_add_ps(sum[0], sum[i]);
      sink = _mm512_cvtss_f32(sum[0]);
    }
  });
  return 2.0 * 32 * (kSteps / kChains * kChains) * omp_get_max_threads() / seconds * 1e-9;
#else
  return 0;
#endif
}

constexpr size_t kBytes = size_t{256} << 20;

float* pages() {
  void* memory = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  madvise(memory, kBytes, MADV_HUGEPAGE);
  return static_cast<float*>(memory);
}

double read_gbs(const float* memory) {
  const double seconds = best_of(5, [&] {
#pragma omp parallel for schedule(static)
    for (int64_t block = 0; block < static_cast<int64_t>(kBytes / 65536); ++block) {
      Vector sum[8];
      for (Vector& s : sum) s = set(0);
      const float* at = memory + block * 16384;
      for (int64_t i = 0; i < 16384; i += 8 * kLanes) {
#pragma GCC unroll 8
        for (int64_t k = 0; k < 8; ++k) sum[k] = fma(load(at + i + k * kLanes), set(1), sum[k]);
      }
      for (int k = 1; k < 8; ++k) sum[0] = fma(sum[k], set(1), sum[0]);
      float out[kLanes];
      std::memcpy(out, sum, sizeof out);
      sink = out[0];
    }
  });
  return kBytes / seconds * 1e-9;
}

// Bytes read and written together.
double copy_gbs(const float* from, float* to) {
  const double seconds = best_of(5, [&] {
#pragma omp parallel for schedule(static)
    for (int64_t block = 0; block < static_cast<int64_t>(kBytes / 65536); ++block) {
      std::memcpy(to + block * 16384, from + block * 16384, 65536);
    }
  });
  return 2.0 * kBytes / seconds * 1e-9;
}
}  // namespace

int main() {
  float *from = pages(), *to = pages();
  if (from == nullptr || to == nullptr) return std::puts("no memory"), 1;
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < static_cast<int64_t>(kBytes / 4); ++i) from[i] = to[i] = 1;
  std::printf("{\"threads\":%d,\"f32_gflops\":%.0f,\"bf16_gflops\":%.0f,\"read_gbs\":%.1f,\"copy_gbs\":%.1f}\n",
              omp_get_max_threads(), f32_gflops(), bf16_gflops(), read_gbs(from), copy_gbs(from, to));
  return 0;
}
