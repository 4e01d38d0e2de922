#include "backends/onednn/reduce.h"

#include <algorithm>

#include "backends/backend.h"
#include "backends/onednn/slab.h"
#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo {
namespace onednn {
namespace {

template <class Y, class T>
ALCEDO_INLINE void slab_sum(int64_t size, const T* a, const T* b, float* out) {
  constexpr int L = Y::lanes;
  Vec<L> s0{}, s1{};
  const int64_t steps = size / L;
  int64_t k = 0;
  if (b) {
    for (; k + 2 <= steps; k += 2) {
      s0 += load<L>(a + k * L) * load<L>(b + k * L);
      s1 += load<L>(a + k * L + L) * load<L>(b + k * L + L);
    }
    for (; k < steps; ++k) s0 += load<L>(a + k * L) * load<L>(b + k * L);
  } else {
    for (; k + 2 <= steps; k += 2) {
      s0 += load<L>(a + k * L);
      s1 += load<L>(a + k * L + L);
    }
    for (; k < steps; ++k) s0 += load<L>(a + k * L);
  }
  s0 += s1;
  if constexpr (!Y::plain) {
    store<L>(out, s0);
    return;
  }
  float sum = 0;
  for (int l = 0; l < L; ++l) sum += s0[l];
  for (int64_t i = steps * L; i < size; ++i) sum += b ? load<1>(a + i)[0] * load<1>(b + i)[0] : load<1>(a + i)[0];
  *out = sum;
}

ALCEDO_CLONES void sum(int lanes, int64_t size, const float* a, const float* b, float* out) {
  with_layout(
      lanes, [&](auto y) __attribute__((always_inline)) { slab_sum<decltype(y)>(size, a, b, out); });
}
ALCEDO_CLONES void sum(int lanes, int64_t size, const bf16_t* a, const bf16_t* b, float* out) {
  with_layout(
      lanes, [&](auto y) __attribute__((always_inline)) { slab_sum<decltype(y)>(size, a, b, out); });
}

template <class T>
void sums(const Slabs& s, const T* a, const T* b, float* out) {
  const int64_t size = s.size();
  parallel_for(s.num(), slab_grain(s), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t n = i / s.blocks, c = i % s.blocks * s.lanes;
      float lanes[16];
      sum(s.lanes, size, a + i * size, b ? b + i * size : nullptr, lanes);
      std::copy_n(lanes, std::min<int64_t>(s.lanes, s.channels - c), out + n * s.channels + c);
    }
  });
}

}  // namespace

void channel_sums(const MemoryDesc& desc, const void* a, const void* b, float* out) {
  if (desc.dtype == DType::bf16) {
    sums(slabs_of(desc), static_cast<const bf16_t*>(a), static_cast<const bf16_t*>(b), out);
  } else {
    require(desc.dtype == DType::f32, error::kInternal, "sums over ", name_of(desc.dtype), " are not supported");
    sums(slabs_of(desc), static_cast<const float*>(a), static_cast<const float*>(b), out);
  }
}

}  // namespace onednn

namespace {
// f(pointer to `items` adjacent elements) for every piece of a channel: a plane, or single lanes.
template <class F>
void channel_pieces(const MemoryDesc& desc, void* data, int64_t channel, F f) {
  const size_t item = size_of(desc.dtype);
  const int64_t lane = channel % desc.block, spatial = desc.spatial();
  for (int64_t n = 0; n < desc.batch(); ++n) {
    const int64_t slab = (n * desc.channel_blocks() + channel / desc.block) * spatial * desc.block;
    char* at = static_cast<char*>(data) + static_cast<size_t>(slab) * item;
    if (desc.block == 1) {
      f(at, static_cast<size_t>(spatial) * item);
      continue;
    }
    for (int64_t i = 0; i < spatial; ++i) f(at + static_cast<size_t>(i * desc.block + lane) * item, item);
  }
}
}  // namespace

void clear_channel(const MemoryDesc& desc, void* data, int64_t channel) {
  channel_pieces(desc, data, channel, [](char* at, size_t bytes) { std::memset(at, 0, bytes); });
}

size_t channel_bytes(const MemoryDesc& desc) {
  return static_cast<size_t>(desc.batch() * desc.spatial()) * size_of(desc.dtype);
}

void copy_channel(const MemoryDesc& desc, void* data, int64_t channel, void* dense, bool out) {
  char* to = static_cast<char*>(dense);
  channel_pieces(desc, data, channel, [&](char* at, size_t bytes) {
    out ? std::memcpy(to, at, bytes) : std::memcpy(at, to, bytes);
    to += bytes;
  });
}

}  // namespace alcedo
