// The gradient of a convolution's weights, by threads or by a rule that does not know them.
#pragma once

#include "backends/onednn/depthwise_gradient.h"

namespace alcedo::onednn {

// oneDNN adds up this gradient in as many parts as there are threads, so its last digits depend on their number. Where
// they must not (autotune off), the batch is cut into parts by its length and the number of cores alone: a
// single-threaded primitive each, whose results are added in order.
int64_t gradient_parts(const ConvShape& shape, bool autotune);

class WeightGradient {
 public:
  WeightGradient() = default;
  // `pd` is made for one part of the batch.
  WeightGradient(const dnnl::convolution_backward_weights::primitive_desc& pd, int64_t parts, const ConvShape& shape);

  size_t scratch_bytes() const;
  // All floats in oneDNN's formats; `diff_bias` is null without a bias.
  void run(const void* src, const void* diff_dst, void* diff_weights, void* diff_bias, void* scratch);

 private:
  // Bytes of one part.
  size_t src_ = 0, dst_ = 0, weights_ = 0, bias_ = 0, pad_ = 0;
  int64_t weight_floats_ = 0, bias_floats_ = 0;
  std::vector<Primitive> parts_;
  DepthwiseGradient depthwise_;  // in place of them
};

}  // namespace alcedo::onednn
