// A convolution as oneDNN sees it: padded channel counts, descriptors, and the choice of algorithms.
#pragma once

#include <cstring>

#include "backends/onednn/tuning.h"

namespace alcedo::onednn {

struct ConvShape {
  Shape src_shape, dst_shape;
  int64_t groups = 1;
  bool bias = false;
  bool depthwise = false;
  bool pad_channels = false;  // channel counts are rounded up to whole blocks
  bool plain_src = false;     // few channels, src as it comes
  int block = 1;              // 1: oneDNN has no blocked kernel for these groups
  DType dtype = DType::f32;   // of activations
  memory::dims kernel, stride, dilation, pad_begin, pad_end;

  bool set(const KernelRequest& request);  // false: not for these kernels

  int64_t ic() const { return src_shape[1]; }
  int64_t oc() const { return dst_shape[1]; }
  int64_t padded(int64_t channels) const { return pad_channels ? (channels + block - 1) / block * block : channels; }
  int64_t padded_ic() const { return plain_src ? ic() : padded(ic()); }
  int64_t padded_oc() const { return padded(oc()); }
  Shape padded_weights() const;        // [O,I,k..] or [G,O/G,I/G,k..]
  memory::desc plain_weights() const;  // float32, of padded_weights
  // Between the layer's own weights and padded plain ones.
  void copy_weights(float* padded, float* plain, bool to_padded) const;

  MemoryDesc src_format(int block) const { return {dtype, src_shape, block}; }
  MemoryDesc dst_format(int block) const { return {dtype, dst_shape, block}; }
  memory::desc src_desc() const;
  memory::desc dst_desc() const;
  memory::desc weights_desc() const;  // any
  memory::desc bias_desc() const;
  double flops() const;
  std::string key() const;
};

struct ConvChoice {
  dnnl::convolution_forward::primitive_desc forward;
  dnnl::convolution_backward_data::primitive_desc backward_data;
  dnnl::convolution_backward_weights::primitive_desc backward_weights;
  bool has_backward_data = false;
  std::string name;
};

ConvChoice choose_conv(const ConvShape& shape, const KernelRequest& request);

// Few samples tell which algorithm is faster.
ConvShape trial_of(const ConvShape& shape);
// What choices depend on beside the shape: what is fused to the convolution.
std::string forward_key(const KernelRequest& request);
Trial forward_trial(const ConvShape& shape, const dnnl::convolution_forward::primitive_desc& pd);
// Whether the kernel reads the residual as an argument of its own; else it adds to what lies in dst.
bool adds_residual(const dnnl::convolution_forward::primitive_desc& pd);
constexpr int kResidualArgument = DNNL_ARG_ATTR_MULTIPLE_POST_OP(0) | DNNL_ARG_SRC_1;

// The activation and the tail of a request.
void append_activations(dnnl::post_ops& ops, const KernelRequest& request);

}  // namespace alcedo::onednn
