// Dropout: in training each element is zeroed with probability `ratio` and the rest scaled by 1 / (1 - ratio).
// The mask follows from the seed, the node's name and the element's position alone.
#include "layers/support.h"

namespace alcedo {
namespace {

double ratio_of(const Node& node, const std::vector<const Tensor*>& src) {
  const Tensor* ratio = tensor_at(src, 1);
  return ratio ? ratio->to_floats()[0] : node.attributes.real("ratio", 0.5f);
}

uint64_t mix(uint64_t x) {  // splitmix64
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

struct Mask {
  uint64_t start;
  double ratio;

  Mask(const Node& node, uint64_t seed, double ratio_in) : start(mix(seed)), ratio(ratio_in) {
    for (char c : node.name) start = mix(start ^ static_cast<unsigned char>(c));
  }
  bool keeps(int64_t i) const {
    return static_cast<double>(mix(start + static_cast<uint64_t>(i)) >> 11) * 0x1p-53 >= ratio;
  }
};

void infer(InferArgs& args) {
  infer_same(args);
  node_require(args.node, !has_src(args, 1) || num_elements(args.src[1].shape) == 1, "ratio is not one number");
  set_dst(args, 1, DType::boolean, args.src[0].shape);
}

void channels(ChannelRuleArgs& args) {
  pointwise_channels(args);
  if (!present(args.dst, 1)) return;
  for (int axis = 0; axis < rank_of(args.src[0]); ++axis) args.same(src_axis(0, axis), dst_axis(1, axis));
}

void forward(const ForwardArgs& args) {
  const double ratio = args.training ? ratio_of(args.node, args.src) : 0;
  const Mask mask(args.node, args.seed, ratio);
  for_floats(args, args.src[0]->dtype(), forward, [&](auto type) {
    using T = typename decltype(type)::type;
    const T* x = raw_data<T>(args.src[0]);
    Tensor* kept = tensor_at(args.dst, 1);
    for (int64_t i = 0; i < args.src[0]->size(); ++i) {
      const bool keep = ratio <= 0 || mask.keeps(i);
      if (args.dst[0]) raw_data<T>(args.dst[0])[i] = keep ? static_cast<T>(x[i] / (1 - ratio)) : T(0);
      if (kept) raw_data<uint8_t>(kept)[i] = keep;
    }
  });
}

void backward(const BackwardArgs& args) {
  for (size_t i = 1; i < args.diff_src.size(); ++i) fill_zero(args.diff_src[i]);
  if (!args.diff_src[0]) return;
  if (!args.diff_dst[0]) return fill_zero(args.diff_src[0]);
  const double ratio = args.training ? ratio_of(args.node, args.src) : 0;
  const Mask mask(args.node, args.seed, ratio);
  for_floats(args, args.src[0]->dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    const T* dy = raw_data<T>(args.diff_dst[0]);
    T* dx = raw_data<T>(args.diff_src[0]);
    for (int64_t i = 0; i < args.src[0]->size(); ++i) {
      dx[i] = ratio <= 0 || mask.keeps(i) ? static_cast<T>(dy[i] / (1 - ratio)) : T(0);
    }
  });
}

}  // namespace

extern const Layer dropout_layer{"Dropout", {InputRole::data, InputRole::setting}, infer, channels, forward, backward};

}  // namespace alcedo
