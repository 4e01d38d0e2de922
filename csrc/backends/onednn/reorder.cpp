// Between plain and blocked memory and between float32 and bfloat16. Padding channels become zero.
#include <immintrin.h>

#include <algorithm>

#include "backends/onednn/kernels.h"
#include "backends/onednn/slab.h"
#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo {
namespace onednn {
namespace {

ALCEDO_INLINE float read(const float* p) { return *p; }
ALCEDO_INLINE float read(const bf16_t* p) { return load<1>(p)[0]; }
ALCEDO_INLINE void write(float* p, float v) { *p = v; }
ALCEDO_INLINE void write(bf16_t* p, float v) { store<1>(p, splat<1>(v)); }

template <class A, class B>
ALCEDO_INLINE void convert(const A* src, B* dst, int64_t size) {
  slab_loop<Layout<16, true>>(
      size, [&](auto width, int64_t i) __attribute__((always_inline)) {
        constexpr int W = decltype(width)::value;
        store<W>(dst + i, load<W>(src + i));
      });
}
ALCEDO_CLONES void convert_range(const float* src, bf16_t* dst, int64_t size) { convert(src, dst, size); }
ALCEDO_CLONES void convert_range(const bf16_t* src, float* dst, int64_t size) { convert(src, dst, size); }
ALCEDO_CLONES void convert_range(const float* src, float* dst, int64_t size) { convert(src, dst, size); }
ALCEDO_CLONES void convert_range(const bf16_t* src, bf16_t* dst, int64_t size) { convert(src, dst, size); }

// A tile is 16 positions of a slab, so that both sides see whole cache lines; these loops take the tiles of one slab.
template <class A, class B, int L>
ALCEDO_INLINE void block_lanes(const A* src, B* dst, int64_t spatial, int64_t real, int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; i += 16) {
    const int64_t n = std::min<int64_t>(16, end - i);
    for (int64_t l = 0; l < L; ++l) {
      if (l < real) {
        for (int64_t k = 0; k < n; ++k) write(dst + (i + k) * L + l, read(src + l * spatial + i + k));
      } else {
        for (int64_t k = 0; k < n; ++k) write(dst + (i + k) * L + l, 0.f);
      }
    }
  }
}
template <class A, class B, int L>
ALCEDO_INLINE void unblock_lanes(const A* src, B* dst, int64_t spatial, int64_t real, int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; i += 16) {
    const int64_t n = std::min<int64_t>(16, end - i);
    for (int64_t l = 0; l < real; ++l) {
      for (int64_t k = 0; k < n; ++k) write(dst + l * spatial + i + k, read(src + (i + k) * L + l));
    }
  }
}

// The same with tiles of 16 lanes as transposed registers.
struct Tile {
  __m512 row[16];
};
ALCEDO_AVX512 inline void transpose(Tile& t) {
  __m512 u[16];
  for (int i = 0; i < 16; i += 2) {
    u[i] = _mm512_unpacklo_ps(t.row[i], t.row[i + 1]);
    u[i + 1] = _mm512_unpackhi_ps(t.row[i], t.row[i + 1]);
  }
  for (int i = 0; i < 16; i += 4) {
    for (int k = 0; k < 2; ++k) {
      const __m512d a = _mm512_castps_pd(u[i + k]), b = _mm512_castps_pd(u[i + 2 + k]);
      t.row[i + 2 * k] = _mm512_castpd_ps(_mm512_unpacklo_pd(a, b));
      t.row[i + 2 * k + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(a, b));
    }
  }
  for (int i = 0; i < 16; i += 8) {
    for (int k = 0; k < 4; ++k) {
      u[i + k] = _mm512_shuffle_f32x4(t.row[i + k], t.row[i + 4 + k], 0x88);
      u[i + 4 + k] = _mm512_shuffle_f32x4(t.row[i + k], t.row[i + 4 + k], 0xdd);
    }
  }
  for (int k = 0; k < 8; ++k) {
    t.row[k] = _mm512_shuffle_f32x4(u[k], u[8 + k], 0x88);
    t.row[8 + k] = _mm512_shuffle_f32x4(u[k], u[8 + k], 0xdd);
  }
}
ALCEDO_AVX512 void block_tiles(const float* src, float* dst, int64_t spatial, int64_t real, int64_t begin,
                               int64_t end) {
  for (int64_t i = begin; i < end; i += 16) {
    const int64_t n = std::min<int64_t>(16, end - i);
    const auto mask = static_cast<__mmask16>((1U << n) - 1);
    Tile t;
    for (int64_t l = 0; l < 16; ++l) {
      // 16 streams are more than the processor follows by itself.
      if (l < real) _mm_prefetch(reinterpret_cast<const char*>(src + l * spatial + i + 128), _MM_HINT_T0);
      t.row[l] = l < real ? _mm512_maskz_loadu_ps(mask, src + l * spatial + i) : _mm512_setzero_ps();
    }
    transpose(t);
    for (int64_t k = 0; k < n; ++k) _mm512_storeu_ps(dst + (i + k) * 16, t.row[k]);
  }
}
ALCEDO_AVX512 void unblock_tiles(const float* src, float* dst, int64_t spatial, int64_t real, int64_t begin,
                                 int64_t end) {
  for (int64_t i = begin; i < end; i += 16) {
    const int64_t n = std::min<int64_t>(16, end - i);
    const auto mask = static_cast<__mmask16>((1U << n) - 1);
    Tile t;
    for (int64_t k = 0; k < 16; ++k) t.row[k] = k < n ? _mm512_loadu_ps(src + (i + k) * 16) : _mm512_setzero_ps();
    transpose(t);
    for (int64_t l = 0; l < real; ++l) _mm512_mask_storeu_ps(dst + l * spatial + i, mask, t.row[l]);
  }
}

// Positions [begin, end) of a slab.
void block_part(const float* src, float* dst, const Slabs& s, int64_t real, int64_t begin, int64_t end) {
  if (s.lanes == 16) return block_tiles(src, dst, s.spatial, real, begin, end);
  block_lanes<float, float, 8>(src, dst, s.spatial, real, begin, end);
}
void unblock_part(const float* src, float* dst, const Slabs& s, int64_t real, int64_t begin, int64_t end) {
  if (s.lanes == 16) return unblock_tiles(src, dst, s.spatial, real, begin, end);
  unblock_lanes<float, float, 8>(src, dst, s.spatial, real, begin, end);
}
template <class A, class B>
void block_part(const A* src, B* dst, const Slabs& s, int64_t real, int64_t begin, int64_t end) {
  s.lanes == 16 ? block_lanes<A, B, 16>(src, dst, s.spatial, real, begin, end)
                : block_lanes<A, B, 8>(src, dst, s.spatial, real, begin, end);
}
template <class A, class B>
void unblock_part(const A* src, B* dst, const Slabs& s, int64_t real, int64_t begin, int64_t end) {
  s.lanes == 16 ? unblock_lanes<A, B, 16>(src, dst, s.spatial, real, begin, end)
                : unblock_lanes<A, B, 8>(src, dst, s.spatial, real, begin, end);
}

template <class A, class B>
class ReorderKernel final : public Kernel {
 public:
  ReorderKernel(const KernelRequest& request, const MemoryDesc& from, const MemoryDesc& to) : Kernel(request) {
    src[0] = from;
    dst[0] = to;
    name = "own:reorder";
  }
  void forward(const KernelArgs& args) override {
    run<A, B>(src[0], static_cast<const A*>(args.src[0]), dst[0], static_cast<B*>(args.dst[0]));
  }
  void backward(const KernelArgs& args) override {
    if (!args.diff_src[0]) return;
    run<B, A>(dst[0], static_cast<const B*>(args.diff_dst[0]), src[0], static_cast<A*>(args.diff_src[0]));
  }

 private:
  template <class From, class To>
  static void run(const MemoryDesc& from, const From* a, const MemoryDesc& to, To* b) {
    if (from.block == to.block) {
      parallel_for(from.elements(), 1 << 15,
                   [&](int64_t begin, int64_t end) { convert_range(a + begin, b + begin, end - begin); });
      return;
    }
    const bool blocking = to.block > 1;
    const Slabs s = slabs_of(blocking ? to : from);
    const int64_t tiles = (s.spatial + 15) / 16;
    parallel_for(s.num() * tiles, 64, [&](int64_t begin, int64_t end) {
      for (int64_t t = begin; t < end;) {
        const int64_t i = t / tiles, first = t % tiles, last = std::min(tiles, first + end - t);
        const int64_t n = i / s.blocks, c = i % s.blocks * s.lanes;
        const int64_t real = std::min<int64_t>(s.lanes, s.channels - c);
        const int64_t plain = (n * s.channels + c) * s.spatial, blocked = i * s.size();
        const int64_t from_position = first * 16, to_position = std::min(last * 16, s.spatial);
        if (blocking) {
          block_part(a + plain, b + blocked, s, real, from_position, to_position);
        } else {
          unblock_part(a + blocked, b + plain, s, real, from_position, to_position);
        }
        t += last - first;
      }
    });
  }
};

}  // namespace
}  // namespace onednn

std::unique_ptr<Kernel> create_reorder(const MemoryDesc& from, const MemoryDesc& to) {
  using namespace onednn;
  require(from.shape == to.shape, error::kInternal, "reorder between shapes ", to_string(from.shape), " and ",
          to_string(to.shape));
  KernelRequest request;
  request.src.resize(1);
  request.dst.resize(1);
  const auto is = [](const MemoryDesc& d, DType t) { return d.dtype == t; };
  if (is(from, DType::f32) && is(to, DType::f32))
    return std::make_unique<ReorderKernel<float, float>>(request, from, to);
  if (is(from, DType::f32) && is(to, DType::bf16))
    return std::make_unique<ReorderKernel<float, bf16_t>>(request, from, to);
  if (is(from, DType::bf16) && is(to, DType::f32))
    return std::make_unique<ReorderKernel<bf16_t, float>>(request, from, to);
  if (is(from, DType::bf16) && is(to, DType::bf16))
    return std::make_unique<ReorderKernel<bf16_t, bf16_t>>(request, from, to);
  fail(error::kInternal, "reorder from ", to_string(from), " to ", to_string(to));
}

int channel_block() {
  static const int block = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") ? 16 : 8;
  return block;
}

bool has_bf16() { return __builtin_cpu_supports("avx512bf16"); }

}  // namespace alcedo
