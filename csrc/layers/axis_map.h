// Layers whose result is dst[i0,i1,...] = src[map0[i0], map1[i1], ...]: one list of source indices per axis, -1 for
// elements that come from nowhere (Slice, Pad, Tile, Expand, Split, Resize by the nearest element).
#pragma once

#include "layers/support.h"

namespace alcedo {

using AxisMaps = std::vector<std::vector<int64_t>>;

// An axis that is mapped index by index is no longer: a few bytes of a file can declare any size.
constexpr int64_t kLongestAxis = int64_t{1} << 24;

std::vector<int64_t> identity_map(int64_t size);
bool is_identity(const std::vector<int64_t>& map, int64_t src_size);

// `fill`: one element, for index -1; nullptr: zero.
void map_forward(const Tensor& src, Tensor& dst, const AxisMaps& maps, const void* fill = nullptr);
// diff_src[map[i]] += diff_dst[i], from zero; diff_dst nullptr: zero.
void map_backward(const BackwardArgs& args, const Tensor* diff_dst, Tensor* diff_src, const AxisMaps& maps);
// The statements that follow: same for whole axes, pairs for the others. What comes from nowhere stays.
void map_channels(ChannelRuleArgs& args, const AxisMaps& maps, int dst_port = 0);

}  // namespace alcedo
