// Comparisons and logical operators: two inputs, broadcasting, a boolean result, no gradient.
#pragma once

#include "layers/variadic.h"

namespace alcedo {

inline void infer_compare(InferArgs& args) {
  need_src(args, 1);
  infer_broadcast(args);
  set_dst(args, 0, DType::boolean, args.dst[0].shape);
}

template <class Op, class T>
void compare_loop(const ForwardArgs& args) {
  const Tensor &a = *args.src[0], &b = *args.src[1];
  broadcast_loop<T>(a, b, args.dst[0]->shape(), [&](const auto& at) {
    raw_data<uint8_t>(args.dst[0])[at[2]] = Op::template value<T>(raw_data<T>(&a)[at[0]], raw_data<T>(&b)[at[1]]);
  });
}

template <class Op>
void compare_forward(const ForwardArgs& args) {
  if (args.src[0]->dtype() == DType::boolean) return compare_loop<Op, uint8_t>(args);
  for_numbers(args, args.src[0]->dtype(), compare_forward<Op>,
              [&](auto type) { compare_loop<Op, typename decltype(type)::type>(args); });
}

template <class Op>
void logical_forward(const ForwardArgs& args) {
  if (args.src[0]->dtype() != DType::boolean) bad_dtype(args.node, args.src[0]->dtype());
  compare_loop<Op, uint8_t>(args);
}

template <class Op>
Layer compare_layer(const char* type) {
  return {type, {InputRole::data}, infer_compare, broadcast_channels, compare_forward<Op>, nullptr};
}

template <class Op>
Layer logical_layer(const char* type) {
  return {type, {InputRole::data}, infer_compare, broadcast_channels, logical_forward<Op>, nullptr};
}

}  // namespace alcedo
