// ConvTranspose: the convolution's gradient of src as a layer of its own. Weights are [C, M / group, ...].
#include "layers/conv_loops.h"
#include "layers/group_rule.h"

namespace alcedo {
namespace {

int64_t groups_of(const Node& node) { return node.attributes.integer("group", 1); }

Window window(const Node& node, const Shape& src, const Shape& weights) {
  return transposed_window_of(node, src, Shape(weights.begin() + 2, weights.end()));
}

void infer(InferArgs& args) {
  const TensorInfo &src = need_src(args, 0), &weights = need_src(args, 1);
  const int rank = rank_of(src);
  need_one_dtype(args, 3);
  node_require(args.node, rank >= 3, "src has shape ", to_string(src.shape), ", [N,C,...] is needed");
  need_rank(args.node, weights, rank, "weights");
  const int64_t groups = groups_of(args.node);
  node_require(args.node, src.shape[1] == weights.shape[0], "weights have ", weights.shape[0],
               " input channels, src has ", src.shape[1]);
  node_require(args.node, groups >= 1 && groups <= src.shape[1] && src.shape[1] % groups == 0, "group is ", groups,
               ", src has ", src.shape[1], " channels");
  const int64_t channels = weights.shape[1] * groups;
  if (has_src(args, 2)) {
    node_require(args.node, args.src[2].shape == Shape{channels}, "bias has shape ", to_string(args.src[2].shape),
                 ", [", channels, "] is needed");
  }
  const Window w = window(args.node, src.shape, weights.shape);
  Shape dst{src.shape[0], channels};
  dst.insert(dst.end(), w.out.begin(), w.out.end());
  set_dst(args, 0, src.dtype, dst);
}

void channels(ChannelRuleArgs& args) {
  args.same(src_axis(0, 0), dst_axis(0, 0));
  group_channels(args, groups_of(args.node), true);
  if (present(args.src, 2)) args.same(src_axis(2, 0), dst_axis(0, 1));
  args.kernel(dst_axis(0, 1));
  for (int axis = 2; axis < rank_of(args.src[0]); ++axis) {
    freeze(args, src_axis(0, axis), "convolves over axis ", axis);
    freeze(args, src_axis(1, axis), "convolves over axis ", axis);
    freeze(args, dst_axis(0, axis), "convolves over axis ", axis);
  }
}

// The convolution whose gradient this is: its src is our dst.
ConvLoops loops(const Node& node, const Tensor& src, const Tensor& weights) {
  Window w = three_axes(node, window(node, src.shape(), weights.shape()));
  std::swap(w.in, w.out);
  return {src.dim(0), groups_of(node), weights.dim(1) * groups_of(node), src.dim(1), w};
}

void forward(const ForwardArgs& args) {
  const Tensor &src = *args.src[0], &weights = *args.src[1];
  const Tensor* bias = tensor_at(args.src, 2);
  for_floats(args, src.dtype(), forward, [&](auto type) {
    using T = typename decltype(type)::type;
    const ConvLoops l = loops(args.node, src, weights);
    T* dst = raw_data<T>(args.dst[0]);
    l.backward_src(raw_data<T>(&src), raw_data<T>(&weights), dst);
    if (bias) add_bias(raw_data<T>(bias), dst, l.batch, l.src_channels, l.in_size());
  });
}

void backward(const BackwardArgs& args) {
  if (!args.diff_dst[0]) {
    for (Tensor* diff : args.diff_src) fill_zero(diff);
    return;
  }
  const Tensor &src = *args.src[0], &weights = *args.src[1];
  for_floats(args, src.dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    const ConvLoops l = loops(args.node, src, weights);
    const T* diff = raw_data<T>(args.diff_dst[0]);
    if (Tensor* d = args.diff_src[0]) l.forward(diff, raw_data<T>(&weights), raw_data<T>(d));
    if (Tensor* d = tensor_at(args.diff_src, 1)) l.backward_weights(diff, raw_data<T>(&src), raw_data<T>(d));
    if (Tensor* d = tensor_at(args.diff_src, 2))
      sum_to_bias(diff, raw_data<T>(d), l.batch, l.src_channels, l.in_size());
  });
}

int64_t macs(const CostArgs& args) {
  const Shape& weights = args.src[1].shape;
  return num_elements(args.src[0].shape) * product(weights, 1, weights.size());
}

void rewrite(RewriteArgs& args) {
  const int64_t within = args.kept_num(src_axis(1, 1));
  if (groups_of(args.node) > 1 && within > 0) args.node.attributes.set("group", args.kept_num(dst_axis(0, 1)) / within);
}

}  // namespace

extern const Layer conv_transpose_layer{
    "ConvTranspose", {InputRole::data, InputRole::weight, InputRole::bias}, infer, channels, forward, backward, macs,
    rewrite};

}  // namespace alcedo
