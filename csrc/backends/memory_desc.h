// How a value lies in memory: row-major, or with its channels (axis 1) in blocks: [N][C/b][spatial][b], the last block
// padded with zeros.
#pragma once

#include "tensor/tensor.h"

namespace alcedo {

struct MemoryDesc {
  DType dtype = DType::undefined;
  Shape shape;
  int block = 1;

  bool defined() const { return dtype != DType::undefined; }
  bool operator==(const MemoryDesc& other) const {
    return dtype == other.dtype && shape == other.shape && block == other.block;
  }
  bool operator!=(const MemoryDesc& other) const { return !(*this == other); }

  int64_t batch() const { return shape.empty() ? 1 : shape[0]; }
  int64_t channels() const { return shape.size() < 2 ? 1 : shape[1]; }
  int64_t channel_blocks() const { return (channels() + block - 1) / block; }
  int64_t spatial() const {
    int64_t n = 1;
    for (size_t i = 2; i < shape.size(); ++i) n *= shape[i];
    return n;
  }
  int64_t elements() const { return batch() * channel_blocks() * block * spatial(); }
  size_t bytes() const { return static_cast<size_t>(elements()) * size_of(dtype); }
  // The same bytes mean the same in both formats.
  bool same_bytes(const MemoryDesc& other) const {
    if (dtype != other.dtype || shape != other.shape) return false;
    if (block == other.block) return true;
    const int larger = block > other.block ? block : other.block;
    return (block == 1 || other.block == 1) && spatial() == 1 && channels() % larger == 0;
  }
};

inline std::string to_string(const MemoryDesc& desc) {
  std::string name = to_string(desc.shape);
  if (desc.block > 1) name += "c" + std::to_string(desc.block);
  if (desc.dtype != DType::f32) name += std::string(":") + name_of(desc.dtype);
  return name;
}

}  // namespace alcedo
