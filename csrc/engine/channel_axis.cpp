#include "engine/channel_axis.h"

#include <algorithm>
#include <cstring>

#include "backends/backend.h"
#include "base/error.h"
#include "base/error_codes.h"
#include "base/parallel.h"

namespace alcedo {
namespace {

// body(offset of `lanes` adjacent elements, their index along `axis`) for the samples [begin, end); axis >= 2.
template <class Body>
void walk(const MemoryDesc& desc, int axis, int64_t begin, int64_t end, Body body) {
  int64_t inner = 1;
  for (size_t i = static_cast<size_t>(axis) + 1; i < desc.shape.size(); ++i) inner *= desc.shape[i];
  const int64_t size = desc.shape[axis], spatial = desc.spatial(), blocks = desc.channel_blocks(), lanes = desc.block;
  for (int64_t n = begin; n < end; ++n) {
    for (int64_t c = 0; c < blocks; ++c) {
      const int64_t slab = (n * blocks + c) * spatial, used = std::min(lanes, desc.channels() - c * lanes);
      for (int64_t s = 0; s < spatial; ++s) body(n, (slab + s) * lanes, used, s / inner % size);
    }
  }
}

float load(const float* data, int64_t i) { return data[i]; }
float load(const uint16_t* data, int64_t i) {  // bfloat16
  return bfloat16_to_float(data[i]);
}

template <class T>
void products(const MemoryDesc& desc, int axis, const T* a, const T* b, float* out) {
  const int64_t size = desc.shape[axis];
  const auto per_index = static_cast<double>(desc.channels() * desc.spatial() / size);
  parallel_for(desc.batch(), 1, [&](int64_t begin, int64_t end) {
    std::vector<double> sums(static_cast<size_t>((end - begin) * size), 0.0);
    walk(desc, axis, begin, end, [&](int64_t n, int64_t at, int64_t lanes, int64_t index) {
      double sum = 0.0;
      for (int64_t l = 0; l < lanes; ++l) sum += double{load(a, at + l)} * load(b, at + l);
      sums[(n - begin) * size + index] += sum;
    });
    for (size_t i = 0; i < sums.size(); ++i) out[begin * size + i] = static_cast<float>(sums[i] / per_index);
  });
}

// The same for axis 1, whose blocks lie one behind the other.
std::vector<char> nonzero_channels(const MemoryDesc& desc, const void* data, int64_t num) {
  const int64_t channels = desc.channels(), spatial = desc.spatial(), lanes = desc.block;
  const size_t item = size_of(desc.dtype);
  std::vector<char> nonzero(static_cast<size_t>(num * channels), 0);
  static const char zero[8] = {};
  parallel_for(num * desc.channel_blocks(), 1 + 16384 / (spatial * lanes + 1), [&](int64_t begin, int64_t end) {
    for (int64_t slab = begin; slab < end; ++slab) {
      const int64_t first = slab % desc.channel_blocks() * lanes;
      char* flags = nonzero.data() + slab / desc.channel_blocks() * channels + first;
      const char* at = static_cast<const char*>(data) + static_cast<size_t>(slab * spatial * lanes) * item;
      const int64_t used = std::min(lanes, channels - first);
      for (int64_t i = 0; i < spatial; ++i, at += static_cast<size_t>(lanes) * item) {
        for (int64_t l = 0; l < used; ++l) {
          if (!flags[l] && std::memcmp(at + static_cast<size_t>(l) * item, zero, item) != 0) flags[l] = 1;
        }
      }
    }
  });
  return nonzero;
}

}  // namespace

void axis_products(const MemoryDesc& desc, int axis, const void* a, const void* b, float* out) {
  if (desc.dtype == DType::bf16) {
    return products(desc, axis, static_cast<const uint16_t*>(a), static_cast<const uint16_t*>(b), out);
  }
  require(desc.dtype == DType::f32, error::kInternal, "products of ", name_of(desc.dtype), " are not supported");
  products(desc, axis, static_cast<const float*>(a), static_cast<const float*>(b), out);
}

void clear_index(const MemoryDesc& desc, int axis, void* data, int64_t index) {
  if (axis == 1) return clear_channel(desc, data, index);
  const size_t item = size_of(desc.dtype);
  walk(desc, axis, 0, desc.batch(), [&](int64_t, int64_t at, int64_t lanes, int64_t i) {
    if (i == index) std::memset(static_cast<char*>(data) + static_cast<size_t>(at) * item, 0, lanes * item);
  });
}

std::vector<char> find_nonzero(const MemoryDesc& desc, int axis, const void* data, int64_t num) {
  if (axis == 1) return nonzero_channels(desc, data, num);
  const int64_t size = desc.shape[axis];
  const size_t item = size_of(desc.dtype);
  std::vector<char> nonzero(static_cast<size_t>(num * size), 0);
  parallel_for(num, 1, [&](int64_t begin, int64_t end) {
    walk(desc, axis, begin, end, [&](int64_t n, int64_t at, int64_t lanes, int64_t index) {
      const char* bytes = static_cast<const char*>(data) + static_cast<size_t>(at) * item;
      char& flag = nonzero[n * size + index];
      if (!flag) flag = std::any_of(bytes, bytes + lanes * item, [](char byte) { return byte != 0; });
    });
  });
  return nonzero;
}

}  // namespace alcedo
