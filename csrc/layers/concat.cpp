// Concat: inputs behind each other along one axis.
#include <algorithm>
#include <cstring>

#include "layers/support.h"

namespace alcedo {
namespace {

int axis_of(const Node& node, int rank) { return normal_axis(node, node.attributes.integer("axis", 1), rank); }

void infer(InferArgs& args) {
  Shape dst = need_src(args, 0).shape;
  const int axis = axis_of(args.node, static_cast<int>(dst.size()));
  node_require(args.node, !dst.empty(), "scalars cannot be joined");
  for (size_t i = 1; i < args.src.size(); ++i) {
    Shape shape = need_src(args, i).shape;
    node_require(args.node, shape.size() == dst.size() && args.src[i].dtype == args.src[0].dtype, "input ", i, " is ",
                 name_of(args.src[i].dtype), " ", to_string(shape), ", input 0 is ", name_of(args.src[0].dtype), " ",
                 to_string(args.src[0].shape));
    const int64_t own = shape[axis];
    shape[axis] = dst[axis];
    node_require(args.node, shape == dst, "input ", i, " has shape ", to_string(args.src[i].shape),
                 ", which does not fit ", to_string(args.src[0].shape), " along axis ", axis);
    dst[axis] += own;
  }
  set_dst(args, 0, args.src[0].dtype, dst);
}

void channels(ChannelRuleArgs& args) {
  const int rank = rank_of(args.dst[0]), joined = axis_of(args.node, rank);
  int64_t offset = 0;
  for (int port = 0; port < static_cast<int>(args.src.size()); ++port) {
    for (int axis = 0; axis < rank; ++axis) {
      if (axis == joined) {
        args.shift(src_axis(port, axis), dst_axis(0, axis), offset);
      } else {
        args.same(src_axis(port, axis), dst_axis(0, axis));
      }
    }
    offset += args.src[port].shape[joined];
  }
}

// copy(block of dst, block of input `port`, bytes) for every contiguous piece
template <class Copy>
void pieces(const Node& node, const Tensor& dst, const std::vector<const Tensor*>& src, Copy copy) {
  const int axis = axis_of(node, dst.rank());
  const int64_t outer = product(dst.shape(), 0, axis);
  const size_t step = dst.bytes() / std::max<int64_t>(outer, 1);
  size_t offset = 0;
  for (size_t port = 0; port < src.size(); ++port) {
    const size_t bytes = product(src[port]->shape(), axis, src[port]->shape().size()) * size_of(dst.dtype());
    for (int64_t o = 0; o < outer; ++o) copy(o * step + offset, port, o * bytes, bytes);
    offset += bytes;
  }
}

void forward(const ForwardArgs& args) {
  char* dst = raw_data<char>(args.dst[0]);
  pieces(args.node, *args.dst[0], args.src, [&](size_t to, size_t port, size_t from, size_t bytes) {
    if (bytes > 0) std::memcpy(dst + to, raw_data<char>(args.src[port]) + from, bytes);
  });
}

void backward(const BackwardArgs& args) {
  if (!args.diff_dst[0]) {
    for (Tensor* diff : args.diff_src) fill_zero(diff);
    return;
  }
  const char* diff = raw_data<char>(args.diff_dst[0]);
  pieces(args.node, *args.diff_dst[0], args.src, [&](size_t from, size_t port, size_t to, size_t bytes) {
    if (args.diff_src[port] && bytes > 0) std::memcpy(raw_data<char>(args.diff_src[port]) + to, diff + from, bytes);
  });
}

}  // namespace

extern const Layer concat_layer{"Concat", {InputRole::data}, infer, channels, forward, backward};

}  // namespace alcedo
