// What single input channels contribute to a convolution: the output without them is the output with them minus a
// rank-1 term per channel, far cheaper than the whole convolution. float32, blocked output, no groups.
#pragma once

#include <vector>

#include "backends/backend.h"

namespace alcedo {

class ConvSlice {
 public:
  static bool fits(const KernelRequest& request, const MemoryDesc& src, const MemoryDesc& dst);

  // `weights`: plain [O,I,kh,kw], as the kernel behind `request` uses them.
  ConvSlice(const KernelRequest& request, const MemoryDesc& src, const MemoryDesc& dst, const Tensor& weights);

  struct Row {
    const void* src;      // one sample
    const float* before;  // its output in front of the activation, with all channels
    const int64_t* channels;
    int64_t num_channels;
    void* dst;
  };
  // dst = activation(before - what the channels contribute), row by row.
  void run(const std::vector<Row>& rows) const;

 private:
  template <int L>
  void run_row(const Row& row, std::vector<float>& planes) const;

  MemoryDesc src_, dst_;  // one sample each
  Activation activation_;
  int64_t kernel_[2], stride_[2], dilation_[2], pad_begin_[2], plane_[2];
  int64_t oc_;                  // padded
  std::vector<float> weights_;  // [I][kh][kw][padded O]
};

}  // namespace alcedo
