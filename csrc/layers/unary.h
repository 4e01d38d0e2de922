// Layers y = f(x), element by element. An operator is a small class made from the node:
//   T value(T x) const;  T slope(T x, T y) const;  (slope: dy/dx, may use the result)
#pragma once

#include "layers/support.h"

namespace alcedo {

template <class Op, class T>
void unary_loop(const ForwardArgs& args) {
  const Op op(args.node);
  const T* x = raw_data<T>(args.src[0]);
  T* y = raw_data<T>(args.dst[0]);
  for (int64_t i = 0, n = args.src[0]->size(); i < n; ++i) y[i] = op.value(x[i]);
}

template <class Op>
void unary_forward(const ForwardArgs& args) {
  for_floats(args, args.src[0]->dtype(), unary_forward<Op>,
             [&](auto type) { unary_loop<Op, typename decltype(type)::type>(args); });
}

template <class Op>
void unary_number_forward(const ForwardArgs& args) {
  for_numbers(args, args.src[0]->dtype(), unary_number_forward<Op>,
              [&](auto type) { unary_loop<Op, typename decltype(type)::type>(args); });
}

template <class Op>
void unary_backward(const BackwardArgs& args) {
  if (!args.diff_src[0]) return;
  if (!args.diff_dst[0]) return fill_zero(args.diff_src[0]);
  for_floats(args, args.src[0]->dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    const Op op(args.node);
    const T* x = raw_data<T>(args.src[0]);
    const T* y = raw_data<T>(args.dst[0]);
    const T* dy = raw_data<T>(args.diff_dst[0]);
    T* dx = raw_data<T>(args.diff_src[0]);
    for (int64_t i = 0, n = args.src[0]->size(); i < n; ++i) dx[i] = dy[i] * op.slope(x[i], y[i]);
  });
}

// float types only
template <class Op>
Layer unary_layer(const char* type) {
  return {type, {InputRole::data}, infer_same, pointwise_channels, unary_forward<Op>, unary_backward<Op>};
}

// integers too
template <class Op>
Layer unary_number_layer(const char* type) {
  return {type, {InputRole::data}, infer_same, pointwise_channels, unary_number_forward<Op>, unary_backward<Op>};
}

}  // namespace alcedo
