// TopK: the k largest (or smallest) elements along one axis, in order, and their indices; of equal ones the first.
#include <algorithm>
#include <numeric>

#include "layers/support.h"

namespace alcedo {
namespace {

int axis_of(const Node& node, int rank) { return normal_axis(node, node.attributes.integer("axis", -1), rank); }

void infer(InferArgs& args) {
  Shape dst = need_src(args, 0).shape;
  const int axis = axis_of(args.node, static_cast<int>(dst.size()));
  const std::vector<int64_t> k = known_ints(args, 1, "k");
  node_require(args.node, k.size() == 1, "k has ", k.size(), " numbers, 1 is needed");
  node_require(args.node, k[0] >= 0 && k[0] <= dst[axis], "k is ", k[0], ", axis ", axis, " has ", dst[axis],
               " elements");
  dst[axis] = k[0];
  set_dst(args, 0, args.src[0].dtype, dst);
  set_dst(args, 1, DType::i64, dst);
}

void channels(ChannelRuleArgs& args) {
  const int rank = rank_of(args.src[0]), chosen = axis_of(args.node, rank);
  for (int axis = 0; axis < rank; ++axis) {
    if (axis == chosen) freeze(args, src_axis(0, axis), "orders the elements along axis ", axis);
    for (int port = 0; port < 2; ++port) {
      if (!present(args.dst, static_cast<size_t>(port))) continue;
      if (axis == chosen) {
        freeze(args, {true, port, axis}, "orders the elements along axis ", axis);
      } else {
        args.same(src_axis(0, axis), {true, port, axis});
      }
    }
  }
}

// Calls body(first element's offset in src, that in dst, the indices of the k chosen ones) for every line.
template <class T, class Body>
void for_lines(const Node& node, const Tensor& src, const Tensor& dst, Body body) {
  const int axis = axis_of(node, src.rank());
  const int64_t size = src.dim(axis), k = dst.dim(axis), inner = product(src.shape(), axis + 1, src.shape().size());
  const bool largest = node.attributes.integer("largest", 1) != 0;
  const int64_t lines = size == 0 ? 0 : src.size() / size;
  std::vector<int64_t> order(static_cast<size_t>(size));
  for (int64_t line = 0; line < lines; ++line) {
    const int64_t from = line / inner * inner * size + line % inner, to = line / inner * inner * k + line % inner;
    const T* x = raw_data<T>(&src) + from;
    // What is not a number comes before all others: an order that sorting can rely on.
    const auto before = [&](int64_t i, int64_t j) {
      const T a = x[i * inner], b = x[j * inner];
      if ((a != a) != (b != b)) return a != a;
      if (a != b && a == a) return largest ? a > b : a < b;
      return i < j;
    };
    std::iota(order.begin(), order.end(), 0);
    std::partial_sort(order.begin(), order.begin() + k, order.end(), before);
    body(from, to, inner, k, order);
  }
}

void forward(const ForwardArgs& args) {
  for_numbers(args, args.src[0]->dtype(), forward, [&](auto type) {
    using T = typename decltype(type)::type;
    Tensor *values = tensor_at(args.dst, 0), *indices = tensor_at(args.dst, 1);
    if (!values && !indices) return;
    const T* x = raw_data<T>(args.src[0]);
    for_lines<T>(args.node, *args.src[0], values ? *values : *indices,
                 [&](int64_t from, int64_t to, int64_t inner, int64_t k, const std::vector<int64_t>& order) {
                   for (int64_t i = 0; i < k; ++i) {
                     if (values) raw_data<T>(values)[to + i * inner] = x[from + order[i] * inner];
                     if (indices) raw_data<int64_t>(indices)[to + i * inner] = order[i];
                   }
                 });
  });
}

void backward(const BackwardArgs& args) {
  if (!args.diff_src[0]) return;
  fill_zero(args.diff_src[0]);
  const Tensor* diff_dst = tensor_at(args.diff_dst, 0);
  if (!diff_dst) return;
  for_floats(args, args.src[0]->dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    for_lines<T>(args.node, *args.src[0], *diff_dst,
                 [&](int64_t from, int64_t to, int64_t inner, int64_t k, const std::vector<int64_t>& order) {
                   for (int64_t i = 0; i < k; ++i) {
                     raw_data<T>(args.diff_src[0])[from + order[i] * inner] = raw_data<T>(diff_dst)[to + i * inner];
                   }
                 });
  });
}

}  // namespace

extern const Layer top_k_layer{"TopK", {InputRole::data, InputRole::setting}, infer, channels, forward, backward};

}  // namespace alcedo
