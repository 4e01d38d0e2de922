// Loops over the windows of MaxPool and AveragePool, in three spatial axes.
#pragma once

#include <algorithm>

#include "layers/support.h"
#include "layers/window.h"

namespace alcedo {

inline void infer_pool(InferArgs& args) {
  const TensorInfo& src = need_src(args, 0);
  const Window w = window_of(args.node, src.shape);
  Shape dst{src.shape[0], src.shape[1]};
  dst.insert(dst.end(), w.out.begin(), w.out.end());
  set_dst(args, 0, src.dtype, dst);
  set_dst(args, 1, DType::i64, dst);
}

inline void window_channels(ChannelRuleArgs& args) {
  pooling_channels(args, "pools over");
  if (args.dst.size() > 1 && present(args.dst, 1)) {
    freeze_all_axes(args, true, 1, "the indices of the largest elements count over all channels");
    freeze(args, src_axis(0, 1), "the indices of the largest elements count over all channels");
  }
}

// For one plane: body(position in dst, position in src) for every element that a window sees; windows in order.
template <class Body>
void window_loop(const Window& w, Body body) {
  int64_t o = 0;
  for (int64_t x = 0; x < w.out[0]; ++x) {
    for (int64_t y = 0; y < w.out[1]; ++y) {
      for (int64_t z = 0; z < w.out[2]; ++z, ++o) {
        for (int64_t a = 0; a < w.kernel[0]; ++a) {
          const int64_t i = x * w.stride[0] + a * w.dilation[0] - w.pad_begin[0];
          if (i < 0 || i >= w.in[0]) continue;
          for (int64_t b = 0; b < w.kernel[1]; ++b) {
            const int64_t j = y * w.stride[1] + b * w.dilation[1] - w.pad_begin[1];
            if (j < 0 || j >= w.in[1]) continue;
            for (int64_t c = 0; c < w.kernel[2]; ++c) {
              const int64_t k = z * w.stride[2] + c * w.dilation[2] - w.pad_begin[2];
              if (k >= 0 && k < w.in[2]) body(o, (i * w.in[1] + j) * w.in[2] + k);
            }
          }
        }
      }
    }
  }
}

}  // namespace alcedo
