// Split: pieces along one axis; their sizes are an input, an attribute, or all equal.
#include <algorithm>
#include <numeric>

#include "layers/axis_map.h"

namespace alcedo {
namespace {

int axis_of(const Node& node, int rank) { return normal_axis(node, node.attributes.integer("axis", 0), rank); }

std::vector<int64_t> sizes_of(const Node& node, int64_t dim, std::vector<int64_t> sizes) {
  const int64_t num = static_cast<int64_t>(node.outputs.size());
  if (sizes.empty()) {
    const bool uneven = node.attributes.has("num_outputs");
    node_require(node, num > 0 && (uneven || dim % num == 0), "axis of size ", dim, " cannot be split into ", num);
    const int64_t piece = (dim + num - 1) / num;
    for (int64_t i = 0; i < num; ++i) sizes.push_back(std::min(piece, std::max<int64_t>(dim - i * piece, 0)));
  }
  for (int64_t size : sizes) node_require(node, size >= 0, "split ", to_string(sizes), " has a negative size");
  node_require(
      node, static_cast<int64_t>(sizes.size()) == num && std::accumulate(sizes.begin(), sizes.end(), int64_t{0}) == dim,
      "split ", to_string(sizes), " does not fit an axis of size ", dim, " and ", num, " outputs");
  return sizes;
}

void infer(InferArgs& args) {
  const TensorInfo& src = need_src(args, 0);
  const int axis = axis_of(args.node, rank_of(src));
  node_require(args.node, rank_of(src) > 0, "a scalar cannot be split");
  const std::vector<int64_t> sizes = sizes_of(args.node, src.shape[axis], known_ints(args, 1, "split"));
  for (size_t i = 0; i < args.dst.size(); ++i) {
    Shape dst = src.shape;
    dst[axis] = sizes[i];
    set_dst(args, i, src.dtype, dst);
  }
}

void channels(ChannelRuleArgs& args) {
  const int rank = rank_of(args.src[0]), split = axis_of(args.node, rank);
  int64_t offset = 0;
  for (int port = 0; port < static_cast<int>(args.dst.size()); ++port) {
    const int64_t size = args.dst[port].shape.empty() ? 0 : args.dst[port].shape[split];
    for (int axis = 0; axis < rank && args.node.outputs[port] != kNone; ++axis) {
      if (axis == split) {
        args.shift(dst_axis(port, axis), src_axis(0, axis), offset);
      } else {
        args.same(dst_axis(port, axis), src_axis(0, axis));
      }
    }
    offset += size;
  }
  if (present(args.src, 1)) freeze_all_axes(args, false, 1, "holds one entry per piece");
}

AxisMaps maps_of(const Node& node, const Tensor& src, const std::vector<int64_t>& sizes, size_t piece) {
  const int axis = axis_of(node, src.rank());
  AxisMaps maps;
  for (int64_t dim : src.shape()) maps.push_back(identity_map(dim));
  maps[axis] = identity_map(sizes[piece]);
  const int64_t offset = std::accumulate(sizes.begin(), sizes.begin() + piece, int64_t{0});
  for (int64_t& i : maps[axis]) i += offset;
  return maps;
}

void forward(const ForwardArgs& args) {
  const Tensor& src = *args.src[0];
  const int axis = axis_of(args.node, src.rank());
  const std::vector<int64_t> sizes = sizes_of(args.node, src.dim(axis), ints_of(args.node, args.src, 1, "split"));
  for (size_t i = 0; i < args.dst.size(); ++i) {
    if (args.dst[i]) map_forward(src, *args.dst[i], maps_of(args.node, src, sizes, i));
  }
}

void backward(const BackwardArgs& args) {
  for (Tensor* diff : args.diff_src) fill_zero(diff);
  if (!args.diff_src[0]) return;
  const Tensor& src = *args.src[0];
  const int axis = axis_of(args.node, src.rank());
  const std::vector<int64_t> sizes = sizes_of(args.node, src.dim(axis), ints_of(args.node, args.src, 1, "split"));
  for_floats(args, src.dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    Tensor part(src.dtype(), src.shape());
    for (size_t i = 0; i < args.diff_dst.size(); ++i) {
      if (!args.diff_dst[i]) continue;
      map_backward(args, args.diff_dst[i], &part, maps_of(args.node, src, sizes, i));
      for (int64_t k = 0; k < src.size(); ++k) raw_data<T>(args.diff_src[0])[k] += raw_data<T>(&part)[k];
    }
  });
}

void rewrite(RewriteArgs& args) {
  const int axis = axis_of(args.node, rank_of(args.src_before[0]));
  if (!axis_changed(args, src_axis(0, axis))) return;
  const bool attribute = args.node.attributes.has("split");
  std::vector<int64_t> before, after;
  int64_t offset = 0;
  if (present(args.src_before, 1)) {
    before = args.src_before[1].constant.to_ints();
  } else {
    before = sizes_of(args.node, args.src_before[0].shape[axis], args.node.attributes.integers("split"));
  }
  // Counted on src: a piece that nobody reads has no axis of its own.
  const std::vector<int64_t>& kept = args.kept_indices(src_axis(0, axis));
  for (int64_t size : before) {
    int64_t left = 0;
    for (int64_t k : kept) left += k >= offset && k < offset + size;
    after.push_back(left);
    offset += size;
  }
  if (attribute) {
    args.node.attributes.set("split", after);
  } else {
    args.node.attributes.erase("num_outputs");
    args.set_constant(1, Tensor::of<int64_t>({static_cast<int64_t>(after.size())}, after));
  }
}

}  // namespace

extern const Layer split_layer{
    "Split", {InputRole::data, InputRole::setting}, infer, channels, forward, backward, nullptr, rewrite};

}  // namespace alcedo
