// Tile: repeats the tensor along each axis.
#include "layers/axis_map.h"

namespace alcedo {
namespace {

AxisMaps maps_of(const Node& node, const Shape& shape, const std::vector<int64_t>& repeats) {
  node_require(node, repeats.size() == shape.size(), "repeats ", to_string(repeats), " do not fit ", to_string(shape));
  AxisMaps maps(shape.size());
  for (size_t a = 0; a < shape.size(); ++a) {
    node_require(node, repeats[a] >= 0 && repeats[a] < (int64_t{1} << 31), "repeats ", to_string(repeats),
                 " is out of range");
    num_elements({shape[a], repeats[a]});
    for (int64_t r = 0; r < repeats[a]; ++r) {
      for (int64_t i = 0; i < shape[a]; ++i) maps[a].push_back(i);
    }
  }
  return maps;
}

void infer(InferArgs& args) {
  const TensorInfo& src = need_src(args, 0);
  Shape dst = src.shape;
  const std::vector<int64_t> repeats = known_ints(args, 1, nullptr);
  node_require(args.node, repeats.size() == dst.size(), "repeats ", to_string(repeats), " do not fit ",
               to_string(src.shape));
  for (size_t a = 0; a < dst.size(); ++a) {
    node_require(args.node, repeats[a] >= 0 && repeats[a] < (int64_t{1} << 31), "repeats are out of range");
    dst[a] *= repeats[a];
  }
  set_dst(args, 0, src.dtype, dst);
}

void channels(ChannelRuleArgs& args) {
  map_channels(args, maps_of(args.node, args.src[0].shape, args.src[1].constant.to_ints()));
  freeze_all_axes(args, false, 1, "holds one entry per axis");
}

void forward(const ForwardArgs& args) {
  map_forward(*args.src[0], *args.dst[0], maps_of(args.node, args.src[0]->shape(), args.src[1]->to_ints()));
}

void backward(const BackwardArgs& args) {
  for (size_t i = 1; i < args.diff_src.size(); ++i) fill_zero(args.diff_src[i]);
  map_backward(args, args.diff_dst[0], args.diff_src[0],
               maps_of(args.node, args.src[0]->shape(), args.src[1]->to_ints()));
}

}  // namespace

extern const Layer tile_layer{"Tile", {InputRole::data, InputRole::setting}, infer, channels, forward, backward};

}  // namespace alcedo
