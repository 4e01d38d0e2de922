// Slice: a range with a step along some axes (starts, ends, axes and steps as inputs, or attributes before opset 10).
#include <algorithm>

#include "layers/axis_map.h"
#include "layers/target.h"

namespace alcedo {
namespace {

struct Settings {
  std::vector<int64_t> starts, ends, axes, steps;
};

// `at(i, name)`: the integers of input i, or of the attribute.
template <class At>
Settings settings(const Node& node, int rank, At at) {
  Settings s{at(1, "starts"), at(2, "ends"), at(3, "axes"), at(4, nullptr)};
  if (s.axes.empty()) s.axes = identity_map(static_cast<int64_t>(s.starts.size()));
  if (s.steps.empty()) s.steps.assign(s.starts.size(), 1);
  node_require(
      node, s.ends.size() == s.starts.size() && s.axes.size() == s.starts.size() && s.steps.size() == s.starts.size(),
      "starts, ends, axes and steps have different lengths");
  for (size_t i = 0; i < s.axes.size(); ++i) {
    node_require(node, rank > 0, "a scalar cannot be sliced");
    s.axes[i] = normal_axis(node, s.axes[i], rank);
    node_require(node, s.steps[i] != 0, "a step is 0");
  }
  return s;
}

AxisMaps maps_of(const Shape& shape, const Settings& s) {
  AxisMaps maps;
  for (int64_t dim : shape) maps.push_back(identity_map(dim));
  for (size_t i = 0; i < s.axes.size(); ++i) {
    const int64_t dim = shape[s.axes[i]], step = s.steps[i];
    const auto place = [&](int64_t v) { return v < 0 ? (v < -dim ? -1 : v + dim) : v; };
    int64_t start = place(s.starts[i]), end = place(s.ends[i]);
    if (step > 0) {
      start = std::min(std::max<int64_t>(start, 0), dim);
      end = std::min(std::max<int64_t>(end, 0), dim);
    } else {
      start = std::min(start, dim - 1);
      end = std::min(end, dim - 1);
    }
    std::vector<int64_t> map;
    for (int64_t v = start; step > 0 ? v < end : v > end; v += step) {
      map.push_back(v);
      if (step > dim || step < -dim) break;
    }
    maps[s.axes[i]] = std::move(map);
  }
  return maps;
}

AxisMaps maps_of(const Node& node, const std::vector<TensorInfo>& src) {
  return maps_of(src[0].shape, settings(node, rank_of(src[0]), [&](size_t i, const char* name) {
                   if (present(src, i)) {
                     node_require(node, src[i].known(), "input ", i, " is not known before the network runs");
                     return src[i].constant.to_ints();
                   }
                   return name ? node.attributes.integers(name) : std::vector<int64_t>{};
                 }));
}

AxisMaps maps_of(const Node& node, const std::vector<const Tensor*>& src) {
  return maps_of(src[0]->shape(), settings(node, src[0]->rank(),
                                           [&](size_t i, const char* name) { return ints_of(node, src, i, name); }));
}

void infer(InferArgs& args) {
  const TensorInfo& src = need_src(args, 0);
  Shape dst;
  for (const auto& map : maps_of(args.node, args.src)) dst.push_back(static_cast<int64_t>(map.size()));
  set_dst(args, 0, src.dtype, dst);
}

// A regular range stays one after a cut if the step is 1 or -1.
bool irregular(const std::vector<int64_t>& map) {
  for (size_t i = 1; i < map.size(); ++i) {
    if (map[i] - map[i - 1] > 1 || map[i] - map[i - 1] < -1) return true;
  }
  return false;
}

void channels(ChannelRuleArgs& args) {
  const AxisMaps maps = maps_of(args.node, args.src);
  map_channels(args, maps);
  for (int axis = 0; axis < static_cast<int>(maps.size()); ++axis) {
    if (irregular(maps[axis])) freeze(args, src_axis(0, axis), "takes every n-th index of axis ", axis);
  }
  for (int port = 1; port < static_cast<int>(args.src.size()); ++port) {
    if (present(args.src, port)) freeze_all_axes(args, false, port, "holds one entry per axis");
  }
}

void forward(const ForwardArgs& args) { map_forward(*args.src[0], *args.dst[0], maps_of(args.node, args.src)); }

void backward(const BackwardArgs& args) {
  for (size_t i = 1; i < args.diff_src.size(); ++i) fill_zero(args.diff_src[i]);
  map_backward(args, args.diff_dst[0], args.diff_src[0], maps_of(args.node, args.src));
}

// The new range holds the places, in the new numbering, of the old range's indices that stay.
void rewrite(RewriteArgs& args) {
  const Shape& shape = args.src_before[0].shape;
  const bool inputs = present(args.src_before, 1);
  const auto at = [&](size_t i, const char* name) {
    if (present(args.src_before, i)) return args.src_before[i].constant.to_ints();
    return name ? args.node.attributes.integers(name) : std::vector<int64_t>{};
  };
  const Settings s = settings(args.node, rank_of(args.src_before[0]), at);
  const AxisMaps maps = maps_of(shape, s);
  std::vector<int64_t> starts = s.starts, ends = s.ends;
  for (size_t i = 0; i < s.axes.size(); ++i) {
    const int axis = static_cast<int>(s.axes[i]);
    if (!axis_changed(args, src_axis(0, axis))) continue;
    const std::vector<int64_t>& kept = args.kept_indices(src_axis(0, axis));
    const std::vector<int64_t>& map = maps[axis];
    const int64_t low = map.empty() ? 0 : std::min(map.front(), map.back());
    const int64_t high = map.empty() ? 0 : std::max(map.front(), map.back()) + 1;
    const int64_t first = std::lower_bound(kept.begin(), kept.end(), low) - kept.begin();
    const int64_t last = std::lower_bound(kept.begin(), kept.end(), high) - kept.begin();
    if (s.steps[i] > 0) {
      starts[i] = first;
      ends[i] = last;
    } else {
      starts[i] = last - 1;
      ends[i] = first > 0 ? first - 1 : -static_cast<int64_t>(kept.size()) - 1;
    }
  }
  if (inputs) {
    rewrite_target(args, 1, s.starts, starts);
    rewrite_target(args, 2, s.ends, ends);
  } else {
    args.node.attributes.set("starts", starts);
    args.node.attributes.set("ends", ends);
  }
}

}  // namespace

extern const Layer slice_layer{
    "Slice", {InputRole::data, InputRole::setting}, infer, channels, forward, backward, nullptr, rewrite};

}  // namespace alcedo
