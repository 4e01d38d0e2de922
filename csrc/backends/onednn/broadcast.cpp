#include "backends/onednn/broadcast.h"

namespace alcedo::onednn {
namespace {

// Dims and strides in memory order: [N][C/b][space...][b].
std::vector<int64_t> dims_of(const MemoryDesc& d, int block) {
  std::vector<int64_t> dims = d.shape;
  if (block == 1) return dims;
  dims[1] = d.block == 1 ? dims[1] : d.channel_blocks();
  dims.push_back(d.block);
  return dims;
}

std::vector<int64_t> strides_along(const MemoryDesc& operand, const MemoryDesc& dst) {
  std::vector<int64_t> dims = dims_of(operand, dst.block), strides(dims.size(), 0);
  int64_t stride = 1;
  for (size_t i = dims.size(); i-- > 0;) {
    if (dims[i] != 1) strides[i] = stride;
    stride *= dims[i];
  }
  return strides;
}

}  // namespace

BroadcastWalk::BroadcastWalk(const MemoryDesc& a, const MemoryDesc& b, const MemoryDesc& dst) {
  const std::vector<int64_t> dims = dims_of(dst, dst.block), sa = strides_along(a, dst), sb = strides_along(b, dst);
  for (size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] == 1) continue;
    const Axis axis{dims[i], sa[i], sb[i]};
    if (!axes.empty() && axes.back().a == axis.a * axis.size && axes.back().b == axis.b * axis.size) {
      axes.back() = {axes.back().size * axis.size, axis.a, axis.b};
    } else {
      axes.push_back(axis);
    }
  }
  // A single loop is cut into rows, for the threads.
  if (axes.size() == 1 && axes[0].size > 4096 && axes[0].size % 1024 == 0) {
    const Axis all = axes[0];
    axes = {{all.size / 1024, all.a * 1024, all.b * 1024}, {1024, all.a, all.b}};
  }
  while (axes.size() < 2) axes.insert(axes.begin(), {1, 0, 0});
}

int64_t BroadcastWalk::rows() const {
  int64_t rows = 1;
  for (size_t i = 0; i + 1 < axes.size(); ++i) rows *= axes[i].size;
  return rows;
}

}  // namespace alcedo::onednn
