// GroupNormalization: groups of channels are normalised together, over space. Scale and bias hold one number per
// channel (opset 21) or per group (opset 18).
#include "layers/normalize.h"

namespace alcedo {
namespace {

int64_t groups_of(const Node& node) { return node.attributes.integer("num_groups", 1); }

void infer(InferArgs& args) {
  infer_same(args);
  need_one_dtype(args, 3);
  const Shape& src = args.src[0].shape;
  const int64_t groups = groups_of(args.node);
  node_require(args.node, src.size() >= 2, "src has shape ", to_string(src), ", [N,C,...] is needed");
  node_require(args.node, groups >= 1 && groups <= src[1] && src[1] % groups == 0, "num_groups is ", groups,
               ", src has ", src[1], " channels");
  for (size_t i = 1; i < 3; ++i) {
    const Shape& shape = need_src(args, i).shape;
    node_require(args.node, shape == Shape{src[1]} || shape == Shape{groups}, "input ", i, " has shape ",
                 to_string(shape), ", src has ", src[1], " channels in ", groups, " groups");
  }
}

// A channel's share in the mean cannot go on its own: whole groups leave.
void channels(ChannelRuleArgs& args) {
  pooling_channels(args, "normalises over");
  const int64_t channels = args.src[0].shape[1], groups = groups_of(args.node), size = channels / groups;
  std::vector<int64_t> index, first, group;
  for (int64_t c = 0; c < channels; ++c) {
    index.push_back(c);
    first.push_back(c / size * size);
    group.push_back(c / size);
  }
  if (groups == 1) {
    freeze(args, src_axis(0, 1), "normalises over all channels");
  } else if (size > 1) {
    args.pairs(src_axis(0, 1), src_axis(0, 1), index, first);
  }
  for (int port = 1; port < 3; ++port) {
    if (args.src[port].shape[0] == channels) {
      args.same(src_axis(port, 0), dst_axis(0, 1));
    } else {
      args.pairs(dst_axis(0, 1), src_axis(port, 0), index, group);
    }
  }
}

struct Extent {
  NormalizeSets sets;
  int64_t channels, space, params;

  Extent(const Node& node, const Tensor& src, const Tensor& scale)
      : channels(src.dim(1)), space(product(src.shape(), 2, src.shape().size())), params(scale.size()) {
    const int64_t groups = groups_of(node);
    sets = {src.dim(0) * groups, channels / groups * space, node.attributes.real("epsilon", 1e-5f)};
  }
  int64_t param(int64_t i) const { return i / space % channels / (channels / params); }
};

void forward(const ForwardArgs& args) {
  const Tensor& src = *args.src[0];
  for_floats(args, src.dtype(), forward, [&](auto type) {
    using T = typename decltype(type)::type;
    const Extent e(args.node, src, *args.src[1]);
    e.sets.forward(raw_data<T>(&src), raw_data<T>(args.src[1]), raw_data<T>(args.src[2]), raw_data<T>(args.dst[0]),
                   [&](int64_t i) { return e.param(i); });
  });
}

void backward(const BackwardArgs& args) {
  if (!args.diff_dst[0]) {
    for (Tensor* diff : args.diff_src) fill_zero(diff);
    return;
  }
  const Tensor& src = *args.src[0];
  for_floats(args, src.dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    const Extent e(args.node, src, *args.src[1]);
    e.sets.backward(raw_data<T>(&src), raw_data<T>(args.src[1]), raw_data<T>(args.diff_dst[0]),
                    raw_or_null<T>(args.diff_src[0]), raw_or_null<T>(args.diff_src[1]),
                    raw_or_null<T>(args.diff_src[2]), e.params, [&](int64_t i) { return e.param(i); });
  });
}

void rewrite(RewriteArgs& args) {
  const int64_t size = args.src_before[0].shape[1] / groups_of(args.node);
  args.node.attributes.set("num_groups", args.kept_num(dst_axis(0, 1)) / size);
}

}  // namespace

extern const Layer group_normalization_layer{"GroupNormalization",
                                             {InputRole::data, InputRole::weight, InputRole::bias},
                                             infer,
                                             channels,
                                             forward,
                                             backward,
                                             nullptr,
                                             rewrite};

}  // namespace alcedo
