// Softmax and LogSoftmax along one axis (opset 13 semantics: the axis alone, default the last).
#pragma once

#include <algorithm>
#include <cmath>

#include "layers/support.h"

namespace alcedo {

inline void infer_softmax(InferArgs& args) {
  infer_same(args);
  normal_axis(args.node, args.node.attributes.integer("axis", -1), rank_of(args.src[0]));
}

inline void softmax_channels(ChannelRuleArgs& args) {
  pointwise_channels(args);
  const int rank = rank_of(args.src[0]);
  if (rank == 0) return;
  const int axis = normal_axis(args.node, args.node.attributes.integer("axis", -1), rank);
  freeze(args, src_axis(0, axis), "normalises over axis ", axis, ": every index counts in the sum");
}

// body(first element, stride, number) for every line along the axis
template <class Body>
void axis_lines(const Node& node, const Tensor& tensor, Body body) {
  if (tensor.size() == 0) return;
  if (tensor.rank() == 0) return body(int64_t{0}, int64_t{1}, int64_t{1});
  const int axis = normal_axis(node, node.attributes.integer("axis", -1), tensor.rank());
  const int64_t num = tensor.dim(axis), inner = product(tensor.shape(), axis + 1, tensor.shape().size());
  for (int64_t o = 0; o < tensor.size() / (num * inner); ++o) {
    for (int64_t i = 0; i < inner; ++i) body(o * num * inner + i, inner, num);
  }
}

}  // namespace alcedo
