// MatMul: products of the last two axes, the others broadcast; vectors become a row on the left, a column on the right.
#include "layers/matrix.h"
#include "layers/support.h"

namespace alcedo {
namespace {

struct Sizes {
  Shape a, b;                // with at least two axes
  Shape batch;               // the broadcast of the axes before the last two
  Shape stride_a, stride_b;  // along batch, in elements
  int64_t m, n, k;
  Shape dst;
};

Sizes sizes_of(const Node& node, Shape a, Shape b) {
  node_require(node, !a.empty() && !b.empty(), "scalars cannot be multiplied");
  const bool row = a.size() == 1, column = b.size() == 1;
  if (row) a.insert(a.begin(), 1);
  if (column) b.push_back(1);
  Sizes s;
  s.m = a[a.size() - 2];
  s.k = a.back();
  s.n = b.back();
  node_require(node, b[b.size() - 2] == s.k, "B has ", b[b.size() - 2], " rows, A has ", s.k, " columns");
  const Shape batch_a(a.begin(), a.end() - 2), batch_b(b.begin(), b.end() - 2);
  s.batch = broadcast_shape(node, batch_a, batch_b);
  s.stride_a = broadcast_strides(batch_a, s.batch);
  s.stride_b = broadcast_strides(batch_b, s.batch);
  for (int64_t& stride : s.stride_a) stride *= s.m * s.k;
  for (int64_t& stride : s.stride_b) stride *= s.k * s.n;
  s.dst = s.batch;
  if (!row) s.dst.push_back(s.m);
  if (!column) s.dst.push_back(s.n);
  s.a = std::move(a);
  s.b = std::move(b);
  return s;
}

void infer(InferArgs& args) {
  need_one_dtype(args, 2);
  set_dst(args, 0, need_src(args, 0).dtype, sizes_of(args.node, args.src[0].shape, need_src(args, 1).shape).dst);
}

void channels(ChannelRuleArgs& args) {
  const int rank_a = rank_of(args.src[0]), rank_b = rank_of(args.src[1]), rank = rank_of(args.dst[0]);
  args.same(src_axis(0, rank_a - 1), src_axis(1, rank_b >= 2 ? rank_b - 2 : 0));
  if (rank_a >= 2) args.same(src_axis(0, rank_a - 2), dst_axis(0, rank_b >= 2 ? rank - 2 : rank - 1));
  if (rank_b >= 2) args.same(src_axis(1, rank_b - 1), dst_axis(0, rank - 1));
  // A constant matrix on the channels of every position of a map (channels last): a 1 x 1 convolution.
  const bool positions = rank_a >= 3 && rank_b == 2 && !args.src[0].known() && args.src[1].known();
  if (positions) args.kernel(dst_axis(0, rank - 1));
  const int batch = rank - (rank_a >= 2) - (rank_b >= 2);
  for (int port = 0; port < 2; ++port) {
    const Shape& shape = args.src[port].shape;
    const int own = static_cast<int>(shape.size()) - 2;
    for (int axis = 0; axis < own; ++axis) {
      const int to = batch - own + axis;
      if (shape[axis] == args.dst[0].shape[to]) {
        args.same(src_axis(port, axis), dst_axis(0, to));
      } else {
        freeze(args, src_axis(port, axis), "spreads axis ", axis, " of input ", port);
      }
    }
  }
}

void forward(const ForwardArgs& args) {
  const Sizes s = sizes_of(args.node, args.src[0]->shape(), args.src[1]->shape());
  for_numbers(args, args.src[0]->dtype(), forward, [&](auto type) {
    using T = typename decltype(type)::type;
    const T *a = raw_data<T>(args.src[0]), *b = raw_data<T>(args.src[1]);
    T* dst = raw_data<T>(args.dst[0]);
    int64_t to = 0;
    nd_loop<2>(s.batch, {s.stride_a, s.stride_b}, [&](const auto& at) {
      multiply<T>(s.m, s.n, s.k, {a + at[0], s.k, 1}, {b + at[1], s.n, 1}, {dst + to, s.n, 1});
      to += s.m * s.n;
    });
  });
}

void backward(const BackwardArgs& args) {
  for (Tensor* diff : args.diff_src) fill_zero(diff);
  if (!args.diff_dst[0]) return;
  const Sizes s = sizes_of(args.node, args.src[0]->shape(), args.src[1]->shape());
  for_floats(args, args.src[0]->dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    const T *a = raw_data<T>(args.src[0]), *b = raw_data<T>(args.src[1]), *diff = raw_data<T>(args.diff_dst[0]);
    int64_t from = 0;
    nd_loop<2>(s.batch, {s.stride_a, s.stride_b}, [&](const auto& at) {
      const Matrix<const T> d{diff + from, s.n, 1}, ma{a + at[0], s.k, 1}, mb{b + at[1], s.n, 1};
      if (Tensor* t = args.diff_src[0]) {
        multiply<T>(s.m, s.k, s.n, d, mb.transposed(), {raw_data<T>(t) + at[0], s.k, 1}, 1, true);
      }
      if (Tensor* t = args.diff_src[1]) {
        multiply<T>(s.k, s.n, s.m, ma.transposed(), d, {raw_data<T>(t) + at[1], s.n, 1}, 1, true);
      }
      from += s.m * s.n;
    });
  });
}

int64_t macs(const CostArgs& args) {
  const Sizes s = sizes_of(args.node, args.src[0].shape, args.src[1].shape);
  return num_elements(s.batch) * s.m * s.n * s.k;
}

}  // namespace

extern const Layer matmul_layer{"MatMul", {InputRole::data, InputRole::weight}, infer, channels, forward, backward,
                                macs};

}  // namespace alcedo
