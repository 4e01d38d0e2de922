// Cast: another element type.
#include <cstring>

#include "layers/support.h"

namespace alcedo {
namespace {

DType target(const Node& node) {
  const auto type = static_cast<DType>(node.attributes.integer("to", 0));
  node_require(node, type != DType::undefined && type != DType::string, "casts to type ",
               node.attributes.integer("to", 0), ", which is not supported");
  size_of(type);
  return type;
}

bool is_float(DType type) { return type == DType::f32 || type == DType::f64 || is_half(type); }

void infer(InferArgs& args) { set_dst(args, 0, target(args.node), need_src(args, 0).shape); }

void assign(const Tensor& from, Tensor& to) {
  const Tensor result = from.cast(to.dtype());
  if (result.size() > 0) std::memcpy(to.raw(), result.raw(), result.bytes());
}

void forward(const ForwardArgs& args) { assign(*args.src[0], *args.dst[0]); }

void backward(const BackwardArgs& args) {
  if (!args.diff_src[0]) return;
  if (!args.diff_dst[0] || !is_float(args.dst[0]->dtype())) return fill_zero(args.diff_src[0]);
  assign(*args.diff_dst[0], *args.diff_src[0]);
}

}  // namespace

extern const Layer cast_layer{"Cast", {InputRole::data}, infer, pointwise_channels, forward, backward};

}  // namespace alcedo
