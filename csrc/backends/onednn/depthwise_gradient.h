// The gradient of a depthwise convolution's weights, where oneDNN has only its reference loop: 5 x 5 kernels, and maps
// of a few rows.
#pragma once

#include "backends/onednn/conv.h"

namespace alcedo::onednn {

class DepthwiseGradient {
 public:
  // Whether oneDNN would run its reference loop, and the formats are those that ours knows.
  static bool wanted(const dnnl::convolution_backward_weights::primitive_desc& pd, const ConvShape& shape);

  DepthwiseGradient() = default;
  DepthwiseGradient(const ConvShape& shape, int block) : shape_(shape), block_(block) {}
  explicit operator bool() const { return block_ > 0; }

  // The whole batch, blocked floats; sums are in the same order for every number of threads. `bias` may be null.
  void run(const float* src, const float* diff_dst, float* weights, float* bias) const;

 private:
  ConvShape shape_;
  int block_ = 0;
};

}  // namespace alcedo::onednn
