// Resize: nearest, linear or cubic interpolation along any axes, with ONNX's coordinate modes.
#include "layers/resize.h"

#include "layers/target.h"

namespace alcedo {
namespace {

std::vector<Taps> taps_of(const Node& node, const Shape& src, const ResizeInputs& inputs) {
  std::vector<Taps> taps;
  for (const ResizeAxis& axis : resize_axes(node, src, inputs)) taps.push_back(make_taps(node, axis));
  return taps;
}

// An input that is left out or empty does not count.
ResizeInputs inputs_of(const Node& node, const std::vector<TensorInfo>& src) {
  ResizeInputs inputs;
  const auto given = [&](size_t i) {
    if (!present(src, i) || num_elements(src[i].shape) == 0) return false;
    node_require(node, src[i].known(), "input ", i, " is not known before the network runs");
    return true;
  };
  if (given(1)) inputs.roi = src[1].constant.to_floats();
  if (given(2)) inputs.scales = src[2].constant.to_floats();
  if (given(3)) inputs.sizes = src[3].constant.to_ints();
  return inputs;
}

ResizeInputs inputs_of(const std::vector<const Tensor*>& src) {
  ResizeInputs inputs;
  if (const Tensor* t = tensor_at(src, 1)) inputs.roi = t->to_floats();
  if (const Tensor* t = tensor_at(src, 2)) inputs.scales = t->to_floats();
  if (const Tensor* t = tensor_at(src, 3)) inputs.sizes = t->to_ints();
  return inputs;
}

void infer(InferArgs& args) {
  const TensorInfo& src = need_src(args, 0);
  Shape dst;
  for (const ResizeAxis& axis : resize_axes(args.node, src.shape, inputs_of(args.node, args.src)))
    dst.push_back(axis.out);
  set_dst(args, 0, src.dtype, dst);
}

void channels(ChannelRuleArgs& args) {
  const std::vector<ResizeAxis> axes = resize_axes(args.node, args.src[0].shape, inputs_of(args.node, args.src));
  for (int axis = 0; axis < static_cast<int>(axes.size()); ++axis) {
    if (axes[axis].in == axes[axis].out && make_taps(args.node, axes[axis]).identity()) {
      args.same(src_axis(0, axis), dst_axis(0, axis));
    } else {
      freeze(args, src_axis(0, axis), "resizes axis ", axis);
      freeze(args, dst_axis(0, axis), "resizes axis ", axis);
    }
  }
  for (int port = 1; port < static_cast<int>(args.src.size()); ++port) {
    if (present(args.src, port)) freeze_all_axes(args, false, port, "holds one entry per axis");
  }
}

// The weighted sums, axis after axis.
std::vector<double> interpolate(std::vector<double> x, Shape shape, const std::vector<Taps>& taps) {
  for (size_t axis = 0; axis < taps.size(); ++axis) {
    const Taps& t = taps[axis];
    if (t.identity()) continue;
    const int64_t outer = product(shape, 0, axis), inner = product(shape, axis + 1, shape.size());
    std::vector<double> y(outer * t.out * inner, 0.0);
    for (int64_t o = 0; o < outer; ++o) {
      for (int64_t i = 0; i < t.out * t.num; ++i) {
        const double* from = x.data() + (o * t.in + t.index[i]) * inner;
        double* to = y.data() + (o * t.out + i / t.num) * inner;
        for (int64_t k = 0; k < inner; ++k) to[k] += t.weight[i] * from[k];
      }
    }
    shape[axis] = t.out;
    x = std::move(y);
  }
  return x;
}

// The transposed sum, from the shape of dst back to src.
std::vector<double> spread(std::vector<double> y, Shape shape, const std::vector<Taps>& taps) {
  for (size_t axis = taps.size(); axis-- > 0;) {
    const Taps& t = taps[axis];
    if (t.identity()) continue;
    const int64_t outer = product(shape, 0, axis), inner = product(shape, axis + 1, shape.size());
    std::vector<double> x(outer * t.in * inner, 0.0);
    for (int64_t o = 0; o < outer; ++o) {
      for (int64_t i = 0; i < t.out * t.num; ++i) {
        const double* from = y.data() + (o * t.out + i / t.num) * inner;
        double* to = x.data() + (o * t.in + t.index[i]) * inner;
        for (int64_t k = 0; k < inner; ++k) to[k] += t.weight[i] * from[k];
      }
    }
    shape[axis] = t.in;
    y = std::move(x);
  }
  return y;
}

// body(position) for every element of dst that takes the extrapolation value
template <class Body>
void outside(const Shape& dst, const std::vector<Taps>& taps, Body body) {
  for (size_t axis = 0; axis < taps.size(); ++axis) {
    if (taps[axis].outside.empty()) continue;
    const int64_t inner = product(dst, axis + 1, dst.size());
    for (int64_t i = 0, n = product(dst, 0, dst.size()); i < n; ++i) {
      if (taps[axis].outside[i / inner % dst[axis]]) body(i);
    }
  }
}

void forward(const ForwardArgs& args) {
  const Shape& shape = args.src[0]->shape();
  const std::vector<Taps> taps = taps_of(args.node, shape, inputs_of(args.src));
  const double fill = args.node.attributes.real("extrapolation_value", 0);
  for_numbers(args, args.src[0]->dtype(), forward, [&](auto type) {
    using T = typename decltype(type)::type;
    const T* x = raw_data<T>(args.src[0]);
    std::vector<double> y = interpolate(std::vector<double>(x, x + args.src[0]->size()), shape, taps);
    outside(args.dst[0]->shape(), taps, [&](int64_t i) { y[i] = fill; });
    for (size_t i = 0; i < y.size(); ++i) raw_data<T>(args.dst[0])[i] = static_cast<T>(y[i]);
  });
}

void backward(const BackwardArgs& args) {
  for (size_t i = 1; i < args.diff_src.size(); ++i) fill_zero(args.diff_src[i]);
  if (!args.diff_src[0]) return;
  if (!args.diff_dst[0]) return fill_zero(args.diff_src[0]);
  const std::vector<Taps> taps = taps_of(args.node, args.src[0]->shape(), inputs_of(args.src));
  for_floats(args, args.src[0]->dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    const T* diff = raw_data<T>(args.diff_dst[0]);
    std::vector<double> y(diff, diff + args.diff_dst[0]->size());
    outside(args.diff_dst[0]->shape(), taps, [&](int64_t i) { y[i] = 0; });
    const std::vector<double> x = spread(std::move(y), args.diff_dst[0]->shape(), taps);
    for (size_t i = 0; i < x.size(); ++i) raw_data<T>(args.diff_src[0])[i] = static_cast<T>(x[i]);
  });
}

void rewrite(RewriteArgs& args) {
  const std::vector<int64_t> before = inputs_of(args.node, args.src_before).sizes;
  const std::vector<int64_t> axes = args.node.attributes.integers("axes");
  std::vector<int64_t> after = before;
  for (size_t i = 0; i < before.size(); ++i) {
    const int axis = axes.empty() ? static_cast<int>(i) : normal_axis(args.node, axes[i], rank_of(args.src_before[0]));
    if (axis_changed(args, dst_axis(0, axis))) after[i] = args.kept_num(dst_axis(0, axis));
  }
  if (!before.empty()) rewrite_target(args, 3, before, after);
}

}  // namespace

extern const Layer resize_layer{
    "Resize", {InputRole::data, InputRole::setting}, infer, channels, forward, backward, nullptr, rewrite};

}  // namespace alcedo
