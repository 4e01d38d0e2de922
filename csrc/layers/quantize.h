// What QuantizeLinear and DequantizeLinear share: one scale and zero point for all, or one per index of an axis.
#pragma once

#include "layers/support.h"

namespace alcedo {

struct Quantization {
  int axis = 0;                // per axis: which
  int64_t num = 1, inner = 1;  // scales; elements behind each index of the axis

  Quantization(const Node& node, const Shape& src, const Shape& scale) {
    node_require(node, node.attributes.integer("block_size", 0) == 0, "block_size is not supported");
    node_require(node, scale.size() <= 1, "scale has shape ", to_string(scale), ", at most one axis is supported");
    num = num_elements(scale);
    if (num == 1) return;
    axis = normal_axis(node, node.attributes.integer("axis", 1), static_cast<int>(src.size()));
    node_require(node, !src.empty() && src[axis] == num, "there are ", num, " scales, axis ", axis, " of ",
                 to_string(src), " needs as many");
    inner = product(src, axis + 1, src.size());
  }
  int64_t at(int64_t element) const { return element / inner % num; }
};

inline void check_quantization(InferArgs& args, DType quantized) {
  const TensorInfo &src = need_src(args, 0), &scale = need_src(args, 1);
  node_require(args.node, scale.dtype == DType::f32, "scale is ", name_of(scale.dtype));
  Quantization(args.node, src.shape, scale.shape);
  const bool known = quantized == DType::u8 || quantized == DType::i8 || quantized == DType::i32 ||
                     quantized == DType::u16 || quantized == DType::i16;
  node_require(args.node, known, "numbers of type ", name_of(quantized), " are not supported");
  if (!has_src(args, 2)) return;
  node_require(args.node, args.src[2].dtype == quantized && args.src[2].shape == scale.shape, "zero point is ",
               name_of(args.src[2].dtype), " ", to_string(args.src[2].shape), ", ", name_of(quantized), " ",
               to_string(scale.shape), " is needed");
}

// Scales per channel leave with their channel.
inline void quantize_channels(ChannelRuleArgs& args) {
  pointwise_channels(args);
  const Quantization q(args.node, args.src[0].shape, args.src[1].shape);
  for (int port = 1; port < 3; ++port) {
    if (!present(args.src, port) || rank_of(args.src[port]) == 0) continue;
    if (q.num == 1) {
      freeze(args, src_axis(port, 0), "has one scale for all");
    } else {
      args.same(src_axis(port, 0), src_axis(0, q.axis));
    }
  }
}

}  // namespace alcedo
