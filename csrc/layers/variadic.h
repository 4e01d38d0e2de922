// Element-wise layers with broadcasting over any number of inputs (two, for most). An operator has
//   template <class T> static T value(T a, T b);
//   template <class T> static void slopes(T a, T b, T y, T* da, T* db);   (partial derivatives)
// and is applied from left to right.
#pragma once

#include "layers/support.h"

namespace alcedo {

inline void infer_broadcast(InferArgs& args) {
  const TensorInfo& first = need_src(args, 0);
  Shape shape = first.shape;
  for (size_t i = 1; i < args.src.size(); ++i) {
    if (!has_src(args, i)) continue;
    shape = broadcast_shape(args.node, shape, args.src[i].shape);
    node_require(args.node, args.src[i].dtype == first.dtype, "inputs of type ", name_of(first.dtype), " and ",
                 name_of(args.src[i].dtype));
  }
  set_dst(args, 0, first.dtype, shape);
}

template <class T, class F>
void broadcast_loop(const Tensor& a, const Tensor& b, const Shape& shape, F body) {
  nd_loop<3>(shape, {broadcast_strides(a.shape(), shape), broadcast_strides(b.shape(), shape), strides_of(shape)},
             body);
}

// result = op(a, b) with the shape of the broadcast
template <class Op, class T>
void apply(const Tensor& a, const Tensor& b, Tensor& dst) {
  const T *x = raw_data<T>(&a), *y = raw_data<T>(&b);
  T* z = raw_data<T>(&dst);
  if (a.shape() == b.shape()) {
    for (int64_t i = 0, n = a.size(); i < n; ++i) z[i] = Op::template value<T>(x[i], y[i]);
    return;
  }
  broadcast_loop<T>(a, b, dst.shape(), [&](const auto& at) { z[at[2]] = Op::template value<T>(x[at[0]], y[at[1]]); });
}

template <class Op>
void variadic_forward(const ForwardArgs& args) {
  for_numbers(args, args.src[0]->dtype(), variadic_forward<Op>, [&](auto type) {
    using T = typename decltype(type)::type;
    Tensor& dst = *args.dst[0];
    if (args.src.size() == 1) {
      for (int64_t i = 0; i < dst.size(); ++i) raw_data<T>(&dst)[i] = raw_data<T>(args.src[0])[i];
      return;
    }
    Tensor left = *args.src[0];
    for (size_t i = 1; i < args.src.size(); ++i) {
      Tensor result = i + 1 == args.src.size() ? dst : Tensor(dst.dtype(), dst.shape());
      apply<Op, T>(left, *args.src[i], result);
      left = result;
    }
  });
}

template <class Op>
void variadic_backward(const BackwardArgs& args) {
  for (Tensor* diff : args.diff_src) fill_zero(diff);
  if (!args.diff_dst[0]) return;
  for_floats(args, args.src[0]->dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    const Shape& shape = args.dst[0]->shape();
    const size_t num = args.src.size();
    // The partial results again; then the gradient runs back from the last to the first.
    std::vector<Tensor> partial{*args.src[0]};
    for (size_t i = 1; i < num; ++i) {
      partial.emplace_back(args.dst[0]->dtype(), shape);
      apply<Op, T>(partial[i - 1], *args.src[i], partial[i]);
    }
    std::vector<double> diff(args.dst[0]->size());
    for (size_t i = 0; i < diff.size(); ++i) diff[i] = raw_data<T>(args.diff_dst[0])[i];
    const auto put = [](const std::vector<double>& from, Tensor* to) {
      if (!to) return;
      for (int64_t i = 0; i < to->size(); ++i) raw_data<T>(to)[i] = static_cast<T>(from[i]);
    };
    for (size_t i = num - 1; i >= 1; --i) {
      const Tensor &a = partial[i - 1], &b = *args.src[i], &y = partial[i];
      std::vector<double> diff_a(a.size(), 0.0), diff_b(b.size(), 0.0);
      broadcast_loop<T>(a, b, shape, [&](const auto& at) {
        T da = 0, db = 0;
        Op::template slopes<T>(raw_data<T>(&a)[at[0]], raw_data<T>(&b)[at[1]], raw_data<T>(&y)[at[2]], &da, &db);
        diff_a[at[0]] += diff[at[2]] * da;
        diff_b[at[1]] += diff[at[2]] * db;
      });
      put(diff_b, args.diff_src[i]);
      diff = std::move(diff_a);
    }
    put(diff, args.diff_src[0]);
  });
}

template <class Op>
Layer variadic_layer(const char* type, InputRole role = InputRole::data) {
  return {type, {role}, infer_broadcast, broadcast_channels, variadic_forward<Op>, variadic_backward<Op>};
}

}  // namespace alcedo
