// The channel rule of grouped convolutions, shared by Conv and ConvTranspose.
#pragma once

#include "layers/support.h"

namespace alcedo {

// Axis 0 of the weights counts all channels of one side (Conv: dst; ConvTranspose: src), axis 1 those of the other
// side within one group.
inline void group_channels(ChannelRuleArgs& args, int64_t groups, bool transposed) {
  const AxisRef src = src_axis(0, 1), dst = dst_axis(0, 1), all = src_axis(1, 0), inner = src_axis(1, 1);
  const int64_t src_num = args.src[0].shape[1], dst_num = args.dst[0].shape[1];
  const int64_t src_group = src_num / groups, dst_group = dst_num / groups;
  const AxisRef own = transposed ? src : dst, other = transposed ? dst : src;
  const int64_t other_num = transposed ? dst_num : src_num, other_group = transposed ? dst_group : src_group;
  args.same(own, all);
  if (groups == 1) return args.same(other, inner);
  if (groups >= src_group) {
    // Whole groups leave: every input and output channel of a group hangs on the group's first output channel.
    std::vector<int64_t> index, first;
    for (int64_t c = 0; c < src_num; ++c) {
      index.push_back(c);
      first.push_back(c / src_group * dst_group);
    }
    args.pairs(src, dst, index, first);
    index.clear();
    first.clear();
    for (int64_t k = 0; k < dst_num; ++k) {
      index.push_back(k);
      first.push_back(k / dst_group * src_group);
    }
    args.pairs(dst, src, index, first);
    freeze(args, inner, "whole groups leave, the channels within a group stay");
    return;
  }
  // The channel at the same place leaves in every group.
  const int64_t own_num = transposed ? src_num : dst_num, own_group = transposed ? src_group : dst_group;
  std::vector<int64_t> index, place;
  for (int64_t c = 0; c < other_num; ++c) {
    index.push_back(c);
    place.push_back(c % other_group);
  }
  args.pairs(other, inner, index, place);
  index.clear();
  place.clear();
  for (int64_t k = 0; k < own_num; ++k) {
    index.push_back(k);
    place.push_back(k % own_group);
  }
  args.pairs(own, own, index, place);
}

}  // namespace alcedo
