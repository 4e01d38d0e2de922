// Loops of the kernels that are not oneDNN's: a value as slabs. A slab is one block of channels of one sample,
// contiguous: [spatial][lanes]. Plain memory is the case of one lane. Bodies get vectors of 16, 8 or 1 floats.
#pragma once

#include <cstdint>
#include <cstring>

#include "backends/memory_desc.h"
#include "base/parallel.h"

// One object code per instruction set, chosen when the library is loaded.
#define ALCEDO_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
// Loops of intrinsics, where channel_block() is 16.
#define ALCEDO_AVX512 __attribute__((target("avx512f")))
// Vectors never cross a call: everything below is inlined.
#pragma GCC diagnostic ignored "-Wpsabi"
#define ALCEDO_INLINE inline __attribute__((always_inline))

namespace alcedo::onednn {

template <int L>
struct VectorOf {
  typedef float type __attribute__((vector_size(L * 4)));
  typedef int32_t mask __attribute__((vector_size(L * 4)));
  typedef uint32_t word __attribute__((vector_size(L * 4)));
  typedef uint16_t half __attribute__((vector_size(L * 2)));
};
template <int L>
using Vec = typename VectorOf<L>::type;
template <int L>
using IntVec = typename VectorOf<L>::mask;

template <int L>
ALCEDO_INLINE Vec<L> splat(float x) {
  return x - Vec<L>{};
}

// Storage types: float, and bfloat16 as its upper half.
struct bf16_t {
  uint16_t bits;
};

template <int L>
ALCEDO_INLINE Vec<L> load(const float* p) {
  Vec<L> v;
  std::memcpy(&v, p, sizeof v);
  return v;
}
template <int L>
ALCEDO_INLINE void store(float* p, Vec<L> v) {
  std::memcpy(p, &v, sizeof v);
}
template <int L>
ALCEDO_INLINE Vec<L> load(const bf16_t* p) {
  using Word = typename VectorOf<L>::word;
  typename VectorOf<L>::half h;
  std::memcpy(&h, p, sizeof h);
  return (Vec<L>)(__builtin_convertvector(h, Word) << 16);
}
template <int L>
ALCEDO_INLINE void store(bf16_t* p, Vec<L> v) {
  using Word = typename VectorOf<L>::word;
  using Half = typename VectorOf<L>::half;
  const Word w = (Word)v;
  const Half h = __builtin_convertvector((w + 0x7fffu + ((w >> 16) & 1u)) >> 16, Half);
  std::memcpy(p, &h, sizeof h);
}

// How a slab is walked: vectors of L floats, one per position (blocked) or along space (plain, one channel).
template <int L, bool Plain>
struct Layout {
  static constexpr int lanes = L;
  static constexpr bool plain = Plain;
};
template <int L>
struct Width {
  static constexpr int value = L;
};

// The per-channel parameter at p as a vector of W lanes.
template <class Y, int W>
ALCEDO_INLINE Vec<W> channel(const float* p) {
  if constexpr (Y::plain) {
    return splat<W>(*p);
  } else {
    return load<W>(p);
  }
}

// f(Width, offset) over one slab. Plain slabs may end in single floats.
template <class Y, class F>
ALCEDO_INLINE void slab_loop(int64_t size, F f) {
  int64_t i = 0;
  for (; i + Y::lanes <= size; i += Y::lanes) f(Width<Y::lanes>{}, i);
  if constexpr (Y::plain) {
    for (; i < size; ++i) f(Width<1>{}, i);
  }
}

template <class F>
ALCEDO_INLINE void with_layout(int lanes, F f) {
  if (lanes == 16) {
    f(Layout<16, false>{});
  } else if (lanes == 8) {
    f(Layout<8, false>{});
  } else {
    f(Layout<16, true>{});
  }
}

struct Slabs {
  int64_t batch, blocks, spatial, channels;
  int lanes;
  int64_t num() const { return batch * blocks; }
  int64_t size() const { return spatial * lanes; }  // elements of a slab
};

inline Slabs slabs_of(const MemoryDesc& d) {
  return {d.batch(), d.channel_blocks(), d.spatial(), d.channels(), d.block};
}

// Slabs of at least 16 Ki elements per thread.
inline int64_t slab_grain(const Slabs& s) { return 1 + 16384 / (s.size() + 1); }

// Clears the lanes behind the last channel.
template <class T>
inline void clear_padding(const Slabs& s, T* data) {
  const int64_t tail = s.blocks * s.lanes - s.channels;
  if (tail == 0) return;
  for (int64_t n = 0; n < s.batch; ++n) {
    T* slab = data + (n * s.blocks + s.blocks - 1) * s.size();
    for (int64_t i = 0; i < s.spatial; ++i)
      std::memset(static_cast<void*>(slab + i * s.lanes + s.lanes - tail), 0, tail * sizeof(T));
  }
}

}  // namespace alcedo::onednn
