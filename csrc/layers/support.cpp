#include "layers/support.h"

#include <algorithm>
#include <cstring>

namespace alcedo {

std::string label(const Node& node) { return "[" + node.op_type + " " + node.name + "] "; }

int normal_axis(const Node& node, int64_t axis, int rank) {
  node_require(node, axis >= -rank && axis < std::max(rank, 1), "axis ", axis, " is outside a tensor of rank ", rank);
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

Shape strides_of(const Shape& shape) {
  Shape strides(shape.size(), 1);
  for (int i = static_cast<int>(shape.size()) - 2; i >= 0; --i) strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

Shape broadcast_shape(const Node& node, const Shape& a, const Shape& b) {
  const size_t rank = std::max(a.size(), b.size());
  Shape out(rank, 1);
  for (size_t i = 0; i < rank; ++i) {
    const int64_t da = i + a.size() < rank ? 1 : a[i + a.size() - rank];
    const int64_t db = i + b.size() < rank ? 1 : b[i + b.size() - rank];
    node_require(node, da == db || da == 1 || db == 1, "shapes ", to_string(a), " and ", to_string(b),
                 " do not broadcast");
    out[i] = da == 1 ? db : da;
  }
  return out;
}

Shape broadcast_strides(const Shape& from, const Shape& to) {
  const Shape own = strides_of(from);
  Shape out(to.size(), 0);
  const size_t lead = to.size() - from.size();
  for (size_t i = 0; i < from.size(); ++i) {
    if (from[i] != 1) out[lead + i] = own[i];
  }
  return out;
}

int64_t product(const Shape& shape, size_t begin, size_t end) {
  int64_t p = 1;
  for (size_t i = begin; i < end; ++i) p *= shape[i];
  return p;
}

const TensorInfo& need_src(const InferArgs& args, size_t i) {
  node_require(args.node, has_src(args, i), "input ", i, " is missing");
  return args.src[i];
}

void need_rank(const Node& node, const TensorInfo& info, int rank, const char* what) {
  node_require(node, rank_of(info) == rank, what, " has shape ", to_string(info.shape), ", rank ", rank, " is needed");
}

void need_one_dtype(const InferArgs& args, size_t inputs) {
  const DType wanted = need_src(args, 0).dtype;
  for (size_t i = 1; i < inputs; ++i) {
    const DType dtype = has_src(args, i) ? args.src[i].dtype : wanted;
    node_require(args.node, dtype == wanted, "inputs of type ", name_of(wanted), " and ", name_of(dtype));
  }
}

void set_dst(InferArgs& args, size_t i, DType dtype, Shape shape) {
  if (i >= args.dst.size()) return;
  for (int64_t dim : shape) {
    node_require(args.node, dim >= 0, "the result would have shape ", to_string(shape));
  }
  args.dst[i].dtype = dtype;
  args.dst[i].shape = std::move(shape);
}

std::vector<int64_t> known_ints(const InferArgs& args, size_t input, const char* attribute,
                                std::vector<int64_t> fallback) {
  if (has_src(args, input)) {
    node_require(args.node, args.src[input].known(), "input ", input, " is not known before the network runs");
    return args.src[input].constant.to_ints();
  }
  return attribute ? args.node.attributes.integers(attribute, std::move(fallback)) : fallback;
}

std::vector<int64_t> ints_of(const Node& node, const std::vector<const Tensor*>& src, size_t input,
                             const char* attribute, std::vector<int64_t> fallback) {
  if (const Tensor* tensor = tensor_at(src, input)) return tensor->to_ints();
  return attribute ? node.attributes.integers(attribute, std::move(fallback)) : fallback;
}

void infer_same(InferArgs& args) {
  const TensorInfo& src = need_src(args, 0);
  set_dst(args, 0, src.dtype, src.shape);
}

bool is_half(DType dtype) { return dtype == DType::f16 || dtype == DType::bf16; }

void bad_dtype(const Node& node, DType dtype) {
  node_fail(node, "elements of type ", name_of(dtype), " are not supported");
}

void run_widened(const ForwardArgs& args, void (*self)(const ForwardArgs&)) {
  std::vector<Tensor> keep;
  keep.reserve(args.src.size() + args.dst.size());
  std::vector<const Tensor*> src;
  for (const Tensor* tensor : args.src) {
    if (tensor && is_half(tensor->dtype())) {
      keep.push_back(tensor->cast(DType::f32));
      src.push_back(&keep.back());
    } else {
      src.push_back(tensor);
    }
  }
  std::vector<Tensor*> dst;
  for (Tensor* tensor : args.dst) {
    if (tensor && is_half(tensor->dtype())) {
      keep.emplace_back(DType::f32, tensor->shape());
      dst.push_back(&keep.back());
    } else {
      dst.push_back(tensor);
    }
  }
  self({args.node, src, dst, args.training, args.seed, args.statistics});
  for (size_t i = 0; i < dst.size(); ++i) {
    if (dst[i] == args.dst[i]) continue;
    const Tensor narrow = dst[i]->cast(args.dst[i]->dtype());
    std::memcpy(args.dst[i]->raw(), narrow.raw(), narrow.bytes());
  }
}

void fill_zero(Tensor* tensor) {
  if (tensor && tensor->size() > 0) std::memset(tensor->raw(), 0, tensor->bytes());
}

void pointwise_channels(ChannelRuleArgs& args) {
  for (int axis = 0; axis < rank_of(args.src[0]); ++axis) args.same(src_axis(0, axis), dst_axis(0, axis));
}

void broadcast_channels(ChannelRuleArgs& args) {
  const Shape& to = args.dst[0].shape;
  for (int port = 0; port < static_cast<int>(args.src.size()); ++port) {
    if (!present(args.src, port)) continue;
    const Shape& from = args.src[port].shape;
    const int lead = static_cast<int>(to.size() - from.size());
    for (int axis = 0; axis < static_cast<int>(from.size()); ++axis) {
      if (from[axis] == to[lead + axis]) {
        args.same(src_axis(port, axis), dst_axis(0, lead + axis));
      } else {
        freeze(args, src_axis(port, axis), "spreads axis ", axis, " of input ", port, " over ", to[lead + axis],
               " indices");
      }
    }
  }
}

void pooling_channels(ChannelRuleArgs& args, const char* why) {
  for (int axis = 0; axis < rank_of(args.src[0]); ++axis) {
    if (axis < 2) {
      args.same(src_axis(0, axis), dst_axis(0, axis));
    } else {
      freeze(args, src_axis(0, axis), why, " axis ", axis);
      freeze(args, dst_axis(0, axis), why, " axis ", axis);
    }
  }
}

void freeze_all_axes(ChannelRuleArgs& args, bool output, int port, const std::string& why) {
  const TensorInfo& info = output ? args.dst[port] : args.src[port];
  for (int axis = 0; axis < rank_of(info); ++axis) freeze(args, {output, port, axis}, why);
}

void rewrite_ints(RewriteArgs& args, int port, const std::vector<int64_t>& before, const std::vector<int64_t>& after) {
  if (before == after) return;
  const Tensor& old = args.src_before[port].constant;
  Tensor tensor = Tensor::of<int64_t>({static_cast<int64_t>(after.size())}, after);
  if (old.defined() && old.rank() == 0 && after.size() == 1) tensor = tensor.reshaped({});
  args.set_constant(port, old.defined() ? tensor.cast(old.dtype()) : tensor);
}

bool axis_changed(const RewriteArgs& args, AxisRef axis) {
  const TensorInfo& info = axis.output ? args.dst_before[axis.port] : args.src_before[axis.port];
  return args.kept_num(axis) != info.shape[axis.axis];
}

}  // namespace alcedo
