// Between plain and blocked memory and between float32 and bfloat16. Padding channels become zero.
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

// Positions are taken 16 at a time, so that both sides see whole cache lines.
template <class A, class B, int L>
ALCEDO_INLINE void block_lanes(const A* src, B* dst, int64_t spatial, int64_t real) {
  for (int64_t i = 0; i < spatial; i += 16) {
    const int64_t n = std::min<int64_t>(16, spatial - i);
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
ALCEDO_INLINE void unblock_lanes(const A* src, B* dst, int64_t spatial, int64_t real) {
  for (int64_t i = 0; i < spatial; i += 16) {
    const int64_t n = std::min<int64_t>(16, spatial - i);
    for (int64_t l = 0; l < real; ++l) {
      for (int64_t k = 0; k < n; ++k) write(dst + l * spatial + i + k, read(src + (i + k) * L + l));
    }
  }
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
    parallel_for(s.num(), slab_grain(s), [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const int64_t n = i / s.blocks, c = i % s.blocks * s.lanes;
        const int64_t real = std::min<int64_t>(s.lanes, s.channels - c);
        const int64_t plain = (n * s.channels + c) * s.spatial, blocked = i * s.size();
        if (blocking) {
          s.lanes == 16 ? block_lanes<From, To, 16>(a + plain, b + blocked, s.spatial, real)
                        : block_lanes<From, To, 8>(a + plain, b + blocked, s.spatial, real);
        } else {
          s.lanes == 16 ? unblock_lanes<From, To, 16>(a + blocked, b + plain, s.spatial, real)
                        : unblock_lanes<From, To, 8>(a + blocked, b + plain, s.spatial, real);
        }
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
