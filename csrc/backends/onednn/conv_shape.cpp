#include <algorithm>

#include "backends/onednn/conv.h"
#include "layers/window.h"

namespace alcedo::onednn {

bool ConvShape::set(const KernelRequest& request) {
  const auto& src = request.src;
  if (src.size() < 2 || request.parameter.size() < 2 || request.parameter[0] || !request.parameter[1]) return false;
  if (src[0].dtype != DType::f32 || src[1].dtype != DType::f32) return false;
  src_shape = src[0].shape;
  dst_shape = request.dst[0].shape;
  const size_t rank = src_shape.size();
  if (rank < 3 || rank > 5 || num_elements(dst_shape) == 0 || num_elements(src_shape) == 0) return false;
  groups = request.node->attributes.integer("group", 1);
  bias = src.size() > 2 && src[2].dtype != DType::undefined;
  if (bias && !request.parameter[2]) return false;
  const Shape& weights = src[1].shape;
  const Window window = window_of(*request.node, src_shape, Shape(weights.begin() + 2, weights.end()));
  for (size_t i = 0; i < window.kernel.size(); ++i) {
    kernel.push_back(window.kernel[i]);
    stride.push_back(window.stride[i]);
    dilation.push_back(window.dilation[i] - 1);
    pad_begin.push_back(window.pad_begin[i]);
    // What oneDNN derives from the sizes must be the same: the end padding may be smaller than the attribute says.
    const int64_t extent = (window.kernel[i] - 1) * window.dilation[i] + 1;
    pad_end.push_back((window.out[i] - 1) * window.stride[i] + extent - window.in[i] - window.pad_begin[i]);
  }
  dtype = request.bf16 ? DType::bf16 : DType::f32;
  depthwise = groups > 1 && groups == ic() && groups == oc();
  const int b = channel_block();
  if (groups == 1) {
    block = b;
    pad_channels = true;
    const bool diff = request.backward && !request.diff_wanted.empty() && request.diff_wanted[0];
    plain_src = ic() < b && !diff && request.at_hand[0].block == 1;
  } else if (depthwise) {
    block = b;
    pad_channels = true;
  } else if (ic() / groups % b == 0 && oc() / groups % b == 0) {
    block = b;
  } else {
    block = 1;
  }
  return true;
}

Shape ConvShape::padded_weights() const {
  Shape shape;
  if (groups == 1) {
    shape = {padded_oc(), padded_ic()};
  } else if (depthwise) {
    shape = {padded_oc(), 1, 1};
  } else {
    shape = {groups, oc() / groups, ic() / groups};
  }
  shape.insert(shape.end(), kernel.begin(), kernel.end());
  return shape;
}

memory::desc ConvShape::plain_weights() const { return plain_desc(DType::f32, padded_weights()); }

void ConvShape::copy_weights(float* padded, float* plain, bool to_padded) const {
  int64_t taps = 1;
  for (int64_t k : kernel) taps *= k;
  const int64_t rows = oc(), row = ic() / groups * taps;
  const int64_t padded_row = groups == 1 ? padded_ic() * taps : row;
  for (int64_t o = 0; o < rows; ++o) {
    float *p = padded + o * padded_row, *q = plain + o * row;
    if (to_padded) {
      std::copy_n(q, row, p);
    } else {
      std::copy_n(p, row, q);
    }
  }
}

memory::desc ConvShape::src_desc() const { return desc_of({dtype, src_shape, plain_src ? 1 : block}); }
memory::desc ConvShape::dst_desc() const { return desc_of({dtype, dst_shape, block}); }
memory::desc ConvShape::weights_desc() const { return any_desc(dtype, padded_weights()); }

memory::desc ConvShape::bias_desc() const {
  if (!bias) return memory::desc();
  return memory::desc({padded_oc()}, memory::data_type::f32, memory::format_tag::x);
}

double ConvShape::flops() const {
  const int64_t ic_per_group = ic() / groups;
  double n = 2.0 * static_cast<double>(num_elements(dst_shape)) * static_cast<double>(ic_per_group);
  for (int64_t k : kernel) n *= static_cast<double>(k);
  return n;
}

std::string ConvShape::key() const {
  std::string key = to_string(src_shape) + to_string(dst_shape) + std::to_string(groups) + ',' + std::to_string(block) +
                    (plain_src ? "p" : "b") + (bias ? "1" : "0") + name_of(dtype);
  for (const auto* list : {&kernel, &stride, &dilation, &pad_begin})
    key += to_string(Shape(list->begin(), list->end()));
  return key;
}

namespace {
void append_activation(dnnl::post_ops& ops, const Activation& activation) {
  using A = dnnl::algorithm;
  switch (activation.kind) {
    case Activation::Kind::none:
      return;
    case Activation::Kind::relu:
      return ops.append_eltwise(1.f, A::eltwise_relu, 0.f, 0.f);
    case Activation::Kind::leaky_relu:
      return ops.append_eltwise(1.f, A::eltwise_relu, activation.alpha, 0.f);
    case Activation::Kind::clip:
      return ops.append_eltwise(1.f, A::eltwise_clip, activation.alpha, activation.beta);
    case Activation::Kind::sigmoid:
      return ops.append_eltwise(1.f, A::eltwise_logistic, 0.f, 0.f);
    case Activation::Kind::tanh:
      return ops.append_eltwise(1.f, A::eltwise_tanh, 0.f, 0.f);
    case Activation::Kind::hard_swish:
      return ops.append_eltwise(1.f, A::eltwise_hardswish, 0.f, 0.f);
    case Activation::Kind::hard_sigmoid:
      ops.append_eltwise(1.f, A::eltwise_linear, activation.alpha, activation.beta);
      return ops.append_eltwise(1.f, A::eltwise_clip, 0.f, 1.f);
    case Activation::Kind::linear:
      return ops.append_eltwise(1.f, A::eltwise_linear, activation.alpha, activation.beta);
  }
}
}  // namespace

void append_activations(dnnl::post_ops& ops, const KernelRequest& request) {
  append_activation(ops, request.activation);
  for (const Activation& activation : request.tail) append_activation(ops, activation);
}

}  // namespace alcedo::onednn
