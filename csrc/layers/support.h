// Small helpers that the layer files share: messages with the node in brackets, axes, strides, loops over n-d
// index spaces, and the choice of the element type.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/error_codes.h"
#include "layers/layer.h"

namespace alcedo {

// "[Conv conv3] "
std::string label(const Node& node);

template <class... Parts>
[[noreturn]] void node_fail(const Node& node, const Parts&... parts) {
  fail(error::kInvalidGraph, label(node), parts...);
}
template <class... Parts>
void node_require(const Node& node, bool condition, const Parts&... parts) {
  if (!condition) node_fail(node, parts...);
}

// ---- shapes ----
int normal_axis(const Node& node, int64_t axis, int rank);  // -rank .. rank-1 -> 0 .. rank-1
Shape strides_of(const Shape& shape);                       // row-major, in elements
Shape broadcast_shape(const Node& node, const Shape& a, const Shape& b);
// Strides that walk a tensor of shape `from` along the index space `to` (0 along broadcast axes).
Shape broadcast_strides(const Shape& from, const Shape& to);
int64_t product(const Shape& shape, size_t begin, size_t end);

// ---- inputs and outputs of infer ----
inline bool has_src(const InferArgs& args, size_t i) {
  return i < args.src.size() && args.src[i].dtype != DType::undefined;
}
const TensorInfo& need_src(const InferArgs& args, size_t i);
void need_rank(const Node& node, const TensorInfo& info, int rank, const char* what);
void set_dst(InferArgs& args, size_t i, DType dtype, Shape shape);  // nothing if the node has no such output
// The integers of a known input, or of the attribute of that name, or `fallback`. Throws if the input is unknown.
std::vector<int64_t> known_ints(const InferArgs& args, size_t input, const char* attribute,
                                std::vector<int64_t> fallback = {});
std::vector<int64_t> ints_of(const Node& node, const std::vector<const Tensor*>& src, size_t input,
                             const char* attribute, std::vector<int64_t> fallback = {});
inline const Tensor* tensor_at(const std::vector<const Tensor*>& list, size_t i) {
  return i < list.size() ? list[i] : nullptr;
}
inline Tensor* tensor_at(const std::vector<Tensor*>& list, size_t i) { return i < list.size() ? list[i] : nullptr; }

void need_one_dtype(const InferArgs& args, size_t inputs);  // the first `inputs` inputs agree in type
void infer_same(InferArgs& args);                           // dst 0 like src 0

// ---- loops ----
// Calls body(offsets) for every index of `shape` in row-major order; offsets[k] walks with strides[k].
template <size_t K, class Body>
void nd_loop(const Shape& shape, const std::array<Shape, K>& strides, Body body) {
  const size_t rank = shape.size();
  for (int64_t dim : shape) {
    if (dim == 0) return;
  }
  std::array<int64_t, K> at{};
  if (rank == 0) {
    body(at);
    return;
  }
  Shape index(rank, 0);
  const int64_t inner = shape[rank - 1];
  for (;;) {
    std::array<int64_t, K> run = at;
    for (int64_t i = 0; i < inner; ++i) {
      body(run);
      for (size_t k = 0; k < K; ++k) run[k] += strides[k][rank - 1];
    }
    int axis = static_cast<int>(rank) - 2;
    for (; axis >= 0; --axis) {
      for (size_t k = 0; k < K; ++k) at[k] += strides[k][axis];
      if (++index[axis] < shape[axis]) break;
      for (size_t k = 0; k < K; ++k) at[k] -= strides[k][axis] * shape[axis];
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}

// ---- element types ----
template <class T>
struct Type {
  using type = T;
};

// Runs `self` on float32 copies of float16 and bfloat16 tensors and rounds the results.
void run_widened(const ForwardArgs& args, void (*self)(const ForwardArgs&));
bool is_half(DType dtype);

[[noreturn]] void bad_dtype(const Node& node, DType dtype);

// body(Type<T>{}) for float32 and float64; 16-bit floats go through float32 copies.
template <class Body>
void for_floats(const ForwardArgs& args, DType dtype, void (*self)(const ForwardArgs&), Body body) {
  if (dtype == DType::f32) return body(Type<float>{});
  if (dtype == DType::f64) return body(Type<double>{});
  if (is_half(dtype)) return run_widened(args, self);
  bad_dtype(args.node, dtype);
}

template <class Body>
void for_floats(const BackwardArgs& args, DType dtype, Body body) {
  if (dtype == DType::f32) return body(Type<float>{});
  if (dtype == DType::f64) return body(Type<double>{});
  bad_dtype(args.node, dtype);
}

// body(Type<T>{}) for every integer type.
template <class Body>
bool for_integers(DType dtype, Body body) {
  switch (dtype) {
    case DType::u8:
      body(Type<uint8_t>{});
      return true;
    case DType::i8:
      body(Type<int8_t>{});
      return true;
    case DType::u16:
      body(Type<uint16_t>{});
      return true;
    case DType::i16:
      body(Type<int16_t>{});
      return true;
    case DType::i32:
      body(Type<int32_t>{});
      return true;
    case DType::i64:
      body(Type<int64_t>{});
      return true;
    case DType::u32:
      body(Type<uint32_t>{});
      return true;
    case DType::u64:
      body(Type<uint64_t>{});
      return true;
    default:
      return false;
  }
}

template <class Body>
void for_numbers(const ForwardArgs& args, DType dtype, void (*self)(const ForwardArgs&), Body body) {
  if (!for_integers(dtype, body)) for_floats(args, dtype, self, body);
}

// body(Type<T>{}) with an unsigned type of the element's size: for layers that only move elements.
template <class Body>
void for_sizes(DType dtype, Body body) {
  switch (size_of(dtype)) {
    case 1:
      return body(Type<uint8_t>{});
    case 2:
      return body(Type<uint16_t>{});
    case 4:
      return body(Type<uint32_t>{});
    default:
      return body(Type<uint64_t>{});
  }
}

void fill_zero(Tensor* tensor);  // nullptr: nothing
template <class T>
T* raw_data(Tensor* tensor) {
  return static_cast<T*>(tensor->raw());
}
template <class T>
const T* raw_data(const Tensor* tensor) {
  return static_cast<const T*>(tensor->raw());
}

// ---- channel rules ----
template <class... Parts>
void freeze(ChannelRuleArgs& args, AxisRef axis, const Parts&... parts) {
  args.fixed(axis, label(args.node) + text(parts...));
}
// Any index of the axis may leave, whatever becomes of the other axes (axes without a statement stay as they are).
inline void leave_free(ChannelRuleArgs& args, AxisRef axis) { args.same(axis, axis); }
inline int rank_of(const TensorInfo& info) { return static_cast<int>(info.shape.size()); }
inline bool present(const std::vector<TensorInfo>& list, size_t i) {
  return i < list.size() && list[i].dtype != DType::undefined;
}
void pointwise_channels(ChannelRuleArgs& args);  // src 0 and dst 0 agree on every axis
void broadcast_channels(ChannelRuleArgs& args);  // all inputs broadcast to dst 0
// src and dst agree on the axes 0 and 1 and keep all others.
void pooling_channels(ChannelRuleArgs& args, const char* why);
void freeze_all_axes(ChannelRuleArgs& args, bool output, int port, const std::string& why);

// New integers of a setting input after a cut: replaces it by a constant if they differ from the old ones.
void rewrite_ints(RewriteArgs& args, int port, const std::vector<int64_t>& before, const std::vector<int64_t>& after);
bool axis_changed(const RewriteArgs& args, AxisRef axis);

}  // namespace alcedo
