// Shape: the dims of a value. It passes sizes only, so it leaves the value's channels free; readers of the numbers
// are mended after a cut.
#include <algorithm>
#include <cstring>

#include "layers/support.h"

namespace alcedo {
namespace {

std::vector<int64_t> dims(const Node& node, const Shape& shape) {
  const int64_t rank = static_cast<int64_t>(shape.size());
  const auto place = [&](int64_t v) { return std::min(std::max<int64_t>(v < 0 ? v + rank : v, 0), rank); };
  const int64_t start = place(node.attributes.integer("start", 0)), end = place(node.attributes.integer("end", rank));
  return start < end ? std::vector<int64_t>(shape.begin() + start, shape.begin() + end) : std::vector<int64_t>{};
}

void infer(InferArgs& args) {
  const std::vector<int64_t> values = dims(args.node, need_src(args, 0).shape);
  set_dst(args, 0, DType::i64, {static_cast<int64_t>(values.size())});
  if (!args.dst.empty()) args.dst[0].constant = Tensor::of<int64_t>(args.dst[0].shape, values);
}

void channels(ChannelRuleArgs& args) {
  for (int axis = 0; axis < rank_of(args.src[0]); ++axis) leave_free(args, src_axis(0, axis));
  freeze(args, dst_axis(0, 0), "holds one entry per axis");
}

void forward(const ForwardArgs& args) {
  const std::vector<int64_t> values = dims(args.node, args.src[0]->shape());
  std::memcpy(args.dst[0]->raw(), values.data(), values.size() * sizeof(int64_t));
}

}  // namespace

extern const Layer shape_layer{"Shape", {InputRole::data}, infer, channels, forward, nullptr};

}  // namespace alcedo
