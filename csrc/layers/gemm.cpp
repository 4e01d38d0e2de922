// Gemm: alpha * A' * B' + beta * C, A' and B' optionally transposed, C broadcast to the result.
#include "layers/matrix.h"
#include "layers/support.h"

namespace alcedo {
namespace {

struct Sizes {
  bool trans_a, trans_b;
  int64_t m, n, k, k_of_b;
};

Sizes sizes_of(const Node& node, const Shape& a, const Shape& b) {
  Sizes s;
  s.trans_a = node.attributes.integer("transA", 0) != 0;
  s.trans_b = node.attributes.integer("transB", 0) != 0;
  s.m = a[s.trans_a ? 1 : 0];
  s.k = a[s.trans_a ? 0 : 1];
  s.k_of_b = b[s.trans_b ? 1 : 0];
  s.n = b[s.trans_b ? 0 : 1];
  return s;
}

void infer(InferArgs& args) {
  need_rank(args.node, need_src(args, 0), 2, "A");
  need_rank(args.node, need_src(args, 1), 2, "B");
  need_one_dtype(args, 3);
  const Sizes s = sizes_of(args.node, args.src[0].shape, args.src[1].shape);
  node_require(args.node, s.k == s.k_of_b, "B has ", s.k_of_b, " input features, A has ", s.k);
  const Shape dst{s.m, s.n};
  if (has_src(args, 2)) {
    node_require(args.node, broadcast_shape(args.node, args.src[2].shape, dst) == dst, "C has shape ",
                 to_string(args.src[2].shape), ", the product is ", to_string(dst));
  }
  set_dst(args, 0, args.src[0].dtype, dst);
}

void channels(ChannelRuleArgs& args) {
  const bool trans_a = args.node.attributes.integer("transA", 0) != 0;
  const bool trans_b = args.node.attributes.integer("transB", 0) != 0;
  args.same(src_axis(0, trans_a ? 1 : 0), dst_axis(0, 0));
  args.same(src_axis(0, trans_a ? 0 : 1), src_axis(1, trans_b ? 1 : 0));
  args.same(src_axis(1, trans_b ? 0 : 1), dst_axis(0, 1));
  if (!present(args.src, 2)) return;
  const Shape& c = args.src[2].shape;
  for (int axis = 0; axis < static_cast<int>(c.size()); ++axis) {
    const int to = axis + 2 - static_cast<int>(c.size());
    if (c[axis] == args.dst[0].shape[to]) {
      args.same(src_axis(2, axis), dst_axis(0, to));
    } else {
      freeze(args, src_axis(2, axis), "adds axis ", axis, " of C to all of axis ", to);
    }
  }
}

template <class T>
void forward_typed(const ForwardArgs& args) {
  const Sizes s = sizes_of(args.node, args.src[0]->shape(), args.src[1]->shape());
  const double alpha = args.node.attributes.real("alpha", 1), beta = args.node.attributes.real("beta", 1);
  Matrix<const T> a{raw_data<T>(args.src[0]), args.src[0]->dim(1), 1};
  Matrix<const T> b{raw_data<T>(args.src[1]), args.src[1]->dim(1), 1};
  T* dst = raw_data<T>(args.dst[0]);
  const Tensor* c = tensor_at(args.src, 2);
  multiply<T>(s.m, s.n, s.k, s.trans_a ? a.transposed() : a, s.trans_b ? b.transposed() : b, {dst, s.n, 1}, alpha);
  if (!c) return;
  const Shape shape{s.m, s.n};
  nd_loop<2>(shape, {strides_of(shape), broadcast_strides(c->shape(), shape)},
             [&](const auto& at) { dst[at[0]] = static_cast<T>(dst[at[0]] + beta * raw_data<T>(c)[at[1]]); });
}

void forward(const ForwardArgs& args) {
  for_numbers(args, args.src[0]->dtype(), forward,
              [&](auto type) { forward_typed<typename decltype(type)::type>(args); });
}

template <class T>
void backward_typed(const BackwardArgs& args) {
  const Sizes s = sizes_of(args.node, args.src[0]->shape(), args.src[1]->shape());
  const double alpha = args.node.attributes.real("alpha", 1), beta = args.node.attributes.real("beta", 1);
  Matrix<const T> a{raw_data<T>(args.src[0]), args.src[0]->dim(1), 1};
  Matrix<const T> b{raw_data<T>(args.src[1]), args.src[1]->dim(1), 1};
  if (s.trans_a) a = a.transposed();
  if (s.trans_b) b = b.transposed();
  const Matrix<const T> diff{raw_data<T>(args.diff_dst[0]), s.n, 1};
  if (Tensor* d = args.diff_src[0]) {
    const Matrix<T> to{raw_data<T>(d), d->dim(1), 1};
    multiply<T>(s.m, s.k, s.n, diff, b.transposed(), s.trans_a ? to.transposed() : to, alpha);
  }
  if (Tensor* d = tensor_at(args.diff_src, 1)) {
    const Matrix<T> to{raw_data<T>(d), d->dim(1), 1};
    multiply<T>(s.k, s.n, s.m, a.transposed(), diff, s.trans_b ? to.transposed() : to, alpha);
  }
  if (Tensor* d = tensor_at(args.diff_src, 2)) {
    std::vector<double> sum(d->size(), 0.0);
    const Shape shape{s.m, s.n};
    nd_loop<2>(shape, {strides_of(shape), broadcast_strides(d->shape(), shape)},
               [&](const auto& at) { sum[at[1]] += beta * diff.data[at[0]]; });
    for (int64_t i = 0; i < d->size(); ++i) raw_data<T>(d)[i] = static_cast<T>(sum[i]);
  }
}

void backward(const BackwardArgs& args) {
  if (!args.diff_dst[0]) {
    for (Tensor* diff : args.diff_src) fill_zero(diff);
    return;
  }
  for_floats(args, args.src[0]->dtype(), [&](auto type) { backward_typed<typename decltype(type)::type>(args); });
}

int64_t macs(const CostArgs& args) {
  const Sizes s = sizes_of(args.node, args.src[0].shape, args.src[1].shape);
  return s.m * s.n * s.k;
}

}  // namespace

extern const Layer gemm_layer{
    "Gemm", {InputRole::data, InputRole::weight, InputRole::bias}, infer, channels, forward, backward, macs};

}  // namespace alcedo
