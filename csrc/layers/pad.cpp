// Pad: elements added before and behind each axis (or taken away, for negative numbers); modes constant, reflect,
// edge, wrap.
#include <algorithm>

#include "layers/axis_map.h"

namespace alcedo {
namespace {

// Numbers before and behind each axis, from the `pads` and `axes` lists.
std::vector<int64_t> full_pads(const Node& node, size_t rank, const std::vector<int64_t>& pads,
                               std::vector<int64_t> axes) {
  if (axes.empty()) axes = identity_map(static_cast<int64_t>(rank));
  node_require(node, pads.size() == 2 * axes.size(), "pads has ", pads.size(), " entries, ", 2 * axes.size(),
               " are needed");
  std::vector<int64_t> full(2 * rank, 0);
  for (size_t i = 0; i < axes.size(); ++i) {
    const int axis = normal_axis(node, axes[i], static_cast<int>(rank));
    full[axis] = pads[i];
    full[axis + rank] = pads[i + axes.size()];
  }
  for (int64_t p : full) {
    node_require(node, p > -(int64_t{1} << 31) && p < (int64_t{1} << 31), "pads ", to_string(pads), " is out of range");
  }
  return full;
}

int64_t source(const std::string& mode, int64_t i, int64_t dim) {
  if (i >= 0 && i < dim) return i;
  if (mode == "edge") return i < 0 ? 0 : dim - 1;
  if (mode == "wrap") return (i % dim + dim) % dim;
  if (mode == "reflect") {
    const int64_t period = std::max<int64_t>(2 * (dim - 1), 1), m = (i % period + period) % period;
    return dim == 1 ? 0 : m < dim ? m : period - m;
  }
  return -1;
}

AxisMaps maps_of(const Node& node, const Shape& shape, const std::vector<int64_t>& pads,
                 const std::vector<int64_t>& axes) {
  const std::string mode = node.attributes.string("mode", "constant");
  node_require(node, mode == "constant" || mode == "edge" || mode == "wrap" || mode == "reflect", "mode ", mode,
               " is unknown");
  const size_t rank = shape.size();
  const std::vector<int64_t> full = full_pads(node, rank, pads, axes);
  AxisMaps maps(rank);
  for (size_t a = 0; a < rank; ++a) {
    const int64_t size = shape[a] + full[a] + full[a + rank];
    node_require(node, size >= 0 && (shape[a] > 0 || size == 0 || mode == "constant"), "pads ", to_string(pads),
                 " do not fit ", to_string(shape));
    node_require(node, size <= kLongestAxis, "pads ", to_string(pads), " make an axis of size ", size);
    for (int64_t i = 0; i < size; ++i) maps[a].push_back(source(mode, i - full[a], shape[a]));
  }
  return maps;
}

AxisMaps maps_of(const Node& node, const std::vector<TensorInfo>& src) {
  const auto ints = [&](size_t i, const char* name) {
    if (present(src, i)) {
      node_require(node, src[i].known(), "input ", i, " is not known before the network runs");
      return src[i].constant.to_ints();
    }
    return name ? node.attributes.integers(name) : std::vector<int64_t>{};
  };
  return maps_of(node, src[0].shape, ints(1, "pads"), ints(3, nullptr));
}

AxisMaps maps_of(const Node& node, const std::vector<const Tensor*>& src) {
  return maps_of(node, src[0]->shape(), ints_of(node, src, 1, "pads"), ints_of(node, src, 3, nullptr));
}

void infer(InferArgs& args) {
  const TensorInfo& src = need_src(args, 0);
  const size_t rank = src.shape.size();
  node_require(args.node, !has_src(args, 2) || args.src[2].dtype == src.dtype, "the value is of another type than src");
  const std::vector<int64_t> full =
      full_pads(args.node, rank, known_ints(args, 1, "pads"), known_ints(args, 3, nullptr));
  Shape dst;
  for (size_t a = 0; a < rank; ++a) dst.push_back(src.shape[a] + full[a] + full[a + rank]);
  set_dst(args, 0, src.dtype, dst);
}

void channels(ChannelRuleArgs& args) {
  const AxisMaps maps = maps_of(args.node, args.src);
  map_channels(args, maps);
  const std::string mode = args.node.attributes.string("mode", "constant");
  for (int axis = 0; axis < static_cast<int>(maps.size()); ++axis) {
    if (mode != "constant" && !is_identity(maps[axis], args.src[0].shape[axis])) {
      freeze(args, src_axis(0, axis), "repeats indices of axis ", axis);
    }
  }
  for (int port = 1; port < static_cast<int>(args.src.size()); ++port) {
    if (present(args.src, port)) freeze_all_axes(args, false, port, "holds settings");
  }
}

void forward(const ForwardArgs& args) {
  const Tensor* value = tensor_at(args.src, 2);
  Tensor own;
  if (value && value->size() == 0) value = nullptr;
  if (!value && args.node.attributes.has("value")) {
    own = Tensor::scalar<float>(args.node.attributes.real("value", 0)).cast(args.src[0]->dtype());
    value = &own;
  }
  map_forward(*args.src[0], *args.dst[0], maps_of(args.node, args.src), value ? value->raw() : nullptr);
}

void backward(const BackwardArgs& args) {
  for (size_t i = 1; i < args.diff_src.size(); ++i) fill_zero(args.diff_src[i]);
  map_backward(args, args.diff_dst[0], args.diff_src[0], maps_of(args.node, args.src));
}

// Only what is cropped changes: as many indices as are left of the cropped ones.
void rewrite(RewriteArgs& args) {
  const bool inputs = present(args.src_before, 1);
  const std::vector<int64_t> before =
      inputs ? args.src_before[1].constant.to_ints() : args.node.attributes.integers("pads");
  const Shape& shape = args.src_before[0].shape;
  std::vector<int64_t> axes;
  if (present(args.src_before, 3)) axes = args.src_before[3].constant.to_ints();
  if (axes.empty()) axes = identity_map(static_cast<int64_t>(shape.size()));
  std::vector<int64_t> after = before;
  for (size_t i = 0; i < axes.size(); ++i) {
    const int axis = normal_axis(args.node, axes[i], static_cast<int>(shape.size()));
    const std::vector<int64_t>& kept = args.kept_indices(src_axis(0, axis));
    int64_t& begin = after[i];
    int64_t& end = after[i + axes.size()];
    if (begin < 0) begin = -(std::lower_bound(kept.begin(), kept.end(), -begin) - kept.begin());
    if (end < 0) end = -(kept.end() - std::lower_bound(kept.begin(), kept.end(), shape[axis] + end));
  }
  if (inputs) {
    rewrite_ints(args, 1, before, after);
  } else {
    args.node.attributes.set("pads", after);
  }
}

}  // namespace

extern const Layer pad_layer{"Pad",  {InputRole::data, InputRole::setting}, infer, channels, forward, backward, nullptr,
                             rewrite};

}  // namespace alcedo
