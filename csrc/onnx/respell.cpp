// The way back of upgrade.cpp: nodes at kOpset, written as an older or newer opset spells them.
#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "onnx/edit.h"
#include "onnx/upgrade.h"

namespace alcedo::onnx {
namespace {

struct Args {
  NodeEdit& edit;
  int64_t opset;  // wanted
  const std::vector<KnownShape>& shapes;

  // Input `port` as a constant; false if it is given and not constant. nullptr: left out.
  bool known(size_t port, const Tensor** tensor) const {
    *tensor = edit.constant_of(port);
    return *tensor != nullptr || edit.input(port) == kNone;
  }
  bool ints_to_attribute(size_t port, const char* name) const {
    const Tensor* tensor;
    if (!known(port, &tensor)) return false;
    if (tensor) edit.set(name, tensor->to_ints());
    return true;
  }
  bool real_to_attribute(size_t port, const char* name) const {
    const Tensor* tensor;
    if (!known(port, &tensor) || (tensor && (tensor->size() != 1 || tensor->dtype() != DType::f32))) return false;
    if (tensor) edit.set(name, *tensor->data<float>());
    return true;
  }
};

bool clip(Args& args) {
  if (!args.real_to_attribute(1, "min") || !args.real_to_attribute(2, "max")) return false;
  args.edit.keep_inputs(1);
  return true;
}

bool axes(Args& args) {
  if (!args.ints_to_attribute(1, "axes")) return false;
  args.edit.keep_inputs(1);
  return !args.edit.has("noop_with_empty_axes") || args.edit.take_integer("noop_with_empty_axes") == 0;
}

// Opset 18 to 20: a scale per group.
bool group_normalization_18(Args& args) {
  const Tensor* scale = args.edit.constant_of(1);
  return args.opset >= 18 && scale && scale->size() == args.edit.node().attributes.integer("num_groups", 0);
}

// Since 21: one per channel.
bool group_normalization_21(Args& args) {
  const KnownShape& x = args.shapes.at(args.edit.input(0));
  const int64_t groups = args.edit.node().attributes.integer("num_groups", 0);
  if (!x.known || x.shape.size() < 2 || x.shape[1] < 0 || groups < 1) return false;
  for (size_t port = 1; port <= 2; ++port) {
    const Tensor* own = args.edit.constant_of(port);
    if (!own) return false;
    if (own->size() == x.shape[1]) continue;
    const int64_t bytes = static_cast<int64_t>(own->bytes()) / own->size(), copies = x.shape[1] / groups;
    Tensor repeated(own->dtype(), {x.shape[1]});
    for (int64_t c = 0; c < x.shape[1]; ++c) {
      std::memcpy(static_cast<char*>(repeated.raw()) + c * bytes,
                  static_cast<const char*>(own->raw()) + c / copies * bytes, static_cast<size_t>(bytes));
    }
    args.edit.set_input(port, args.edit.constant(port == 1 ? "scale" : "bias", std::move(repeated)));
  }
  return true;
}

// The last of uneven pieces is smaller: without num_outputs the sizes have to be written.
bool split_17(Args& args) {
  if (!args.edit.has("num_outputs")) return true;
  const int64_t parts = args.edit.take_integer("num_outputs");
  const KnownShape& x = args.shapes.at(args.edit.input(0));
  const int64_t axis = args.edit.node().attributes.integer("axis", 0), rank = static_cast<int64_t>(x.shape.size());
  if (args.edit.input(1) != kNone) return true;
  if (!x.known || parts < 1 || axis < -rank || axis >= rank) return false;
  const int64_t dim = x.shape[axis < 0 ? axis + rank : axis], piece = (dim + parts - 1) / parts;
  if (dim < 0) return false;
  std::vector<int64_t> sizes;
  for (int64_t i = 0; i < parts; ++i) sizes.push_back(std::min(piece, std::max<int64_t>(dim - i * piece, 0)));
  args.edit.set_input(1, args.edit.constant("split", Tensor::vector(sizes)));
  return true;
}

bool split(Args& args) {
  if (!args.ints_to_attribute(1, "split")) return false;
  args.edit.keep_inputs(1);
  return true;
}

bool dropout(Args& args) {
  const Tensor* training;
  if (!args.known(2, &training) || (training && training->to_ints() != std::vector<int64_t>{0})) return false;
  if (!args.real_to_attribute(1, "ratio")) return false;
  args.edit.take("seed");
  args.edit.keep_inputs(1);
  return true;
}

bool pad(Args& args) {
  if (!args.ints_to_attribute(1, "pads") || !args.real_to_attribute(2, "value")) return false;
  args.edit.keep_inputs(1);
  return true;
}

bool slice(Args& args) {
  const Tensor* steps;
  if (!args.known(4, &steps)) return false;
  if (steps) {
    for (int64_t step : steps->to_ints()) {
      if (step != 1) return false;
    }
  }
  for (size_t port = 1; port < 4; ++port) {
    static constexpr const char* names[] = {"", "starts", "ends", "axes"};
    if (!args.ints_to_attribute(port, names[port])) return false;
  }
  args.edit.keep_inputs(1);
  return true;
}

bool batch_normalization(Args& args) {
  if (args.edit.has("training_mode") && args.edit.take_integer("training_mode") != 0) return false;
  return args.edit.node().outputs.size() == 1;
}

// Before 13 all axes from `axis` on were one: only the last axis means the same.
bool softmax(Args& args) {
  const ValueId src = args.edit.input(0);
  if (src == kNone || static_cast<size_t>(src) >= args.shapes.size() || !args.shapes[src].known) return false;
  const auto& shape = args.shapes[src].shape;
  const auto rank = static_cast<int64_t>(shape.size());
  int64_t axis = args.edit.node().attributes.integer("axis", -1);
  if (axis < 0) axis += rank;
  for (int64_t d = axis + 1; d < rank; ++d) {
    if (shape[d] != 1) return false;
  }
  if (axis < 0) return false;
  args.edit.set("axis", axis);
  return true;
}

// Resize of opset 10, and Upsample before it.
bool resize(Args& args) {
  NodeEdit& edit = args.edit;
  if (edit.string("coordinate_transformation_mode", "half_pixel") != "asymmetric") return false;
  const std::string mode = edit.string("mode", "nearest");
  if (mode == "nearest" ? edit.string("nearest_mode", "round_prefer_floor") != "floor" : mode != "linear") return false;
  if (edit.input(3) != kNone || edit.input(2) == kNone || edit.has("exclude_outside")) return false;
  for (const char* name : {"coordinate_transformation_mode", "nearest_mode", "cubic_coeff_a", "extrapolation_value"}) {
    edit.take(name);
  }
  const ValueId scales = edit.input(2);
  edit.keep_inputs(1);
  edit.set_input(1, scales);
  if (args.opset < 10) edit.node().op_type = "Upsample";
  if (args.opset < 9) {
    const Tensor* tensor;
    if (!args.known(1, &tensor) || !tensor) return false;
    edit.set("scales", tensor->to_floats());
    edit.keep_inputs(1);
  }
  return true;
}

bool without(Args& args, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (args.edit.has(name)) return false;
  }
  return true;
}

bool reshape(Args& args) { return !args.edit.has("allowzero") || args.edit.take_integer("allowzero") == 0; }
bool shape(Args& args) { return without(args, {"start", "end"}); }
bool pool(Args& args) { return without(args, {"ceil_mode", "dilations"}); }
bool pool_19(Args& args) { return without(args, {"dilations"}); }
bool gemm(Args& args) { return args.edit.input(2) != kNone; }
// One scale for all.
bool quantize(Args& args) {
  const Tensor* scale;
  if (!args.known(1, &scale) || !scale || scale->size() != 1) return false;
  args.edit.take("axis");
  return true;
}
bool never(Args&) { return false; }

struct Change {
  const char* type;
  int64_t since;
  bool (*apply)(Args&);
};

// For opsets before the change, newest change first.
constexpr Change kOlder[] = {
    {"Swish", 24, never},
    {"GroupNormalization", 21, group_normalization_18},
    {"Gelu", 20, never},
    {"AveragePool", 19, pool_19},
    {"Mish", 18, never},
    {"Split", 18, split_17},
    {"LayerNormalization", 17, never},
    {"GridSample", 16, never},
    {"CastLike", 15, never},
    {"Shape", 15, shape},
    {"HardSwish", 14, never},
    {"Trilu", 14, never},
    {"Reshape", 14, reshape},
    {"BatchNormalization", 14, batch_normalization},
    {"Squeeze", 13, axes},
    {"Unsqueeze", 13, axes},
    {"ReduceSum", 13, axes},
    {"Split", 13, split},
    {"QuantizeLinear", 13, quantize},
    {"DequantizeLinear", 13, quantize},
    {"Softmax", 13, softmax},
    {"LogSoftmax", 13, softmax},
    {"Hardmax", 13, softmax},
    {"Celu", 12, never},
    {"Einsum", 12, never},
    {"GreaterOrEqual", 12, never},
    {"LessOrEqual", 12, never},
    {"Dropout", 12, dropout},
    {"Clip", 11, clip},
    {"Pad", 11, pad},
    {"Resize", 11, resize},
    {"Gemm", 11, gemm},
    {"CumSum", 11, never},
    {"GatherElements", 11, never},
    {"GatherND", 11, never},
    {"Range", 11, never},
    {"Round", 11, never},
    {"ScatterND", 11, never},
    {"QuantizeLinear", 10, never},
    {"DequantizeLinear", 10, never},
    {"Mod", 10, never},
    {"ThresholdedRelu", 10, never},
    {"Slice", 10, slice},
    {"TopK", 10, never},
    {"MaxPool", 10, pool},
    {"AveragePool", 10, pool},
    {"ConstantOfShape", 9, never},
    {"CastLike", 15, never},
    {"Erf", 9, never},
    {"MeanVarianceNormalization", 9, never},
    {"Shrink", 9, never},
    {"Sign", 9, never},
    {"Where", 9, never},
    {"Expand", 8, never},
};

bool axes_to_input(Args& args) {
  NodeEdit& edit = args.edit;
  if (edit.has("axes")) edit.set_input(1, edit.constant("axes", Tensor::vector(edit.take_integers("axes"))));
  return true;
}

bool split_18(Args& args) {
  if (args.edit.input(1) == kNone) {
    args.edit.set("num_outputs", static_cast<int64_t>(args.edit.node().outputs.size()));
  }
  return true;
}

bool resize_13(Args& args) { return args.edit.string("coordinate_transformation_mode", "") != "tf_half_pixel_for_nn"; }

// For opsets at or after the change.
constexpr Change kNewer[] = {
    {"ReduceMean", 18, axes_to_input},
    {"ReduceMax", 18, axes_to_input},
    {"ReduceMin", 18, axes_to_input},
    {"ReduceProd", 18, axes_to_input},
    {"ReduceL1", 18, axes_to_input},
    {"ReduceL2", 18, axes_to_input},
    {"ReduceLogSum", 18, axes_to_input},
    {"ReduceLogSumExp", 18, axes_to_input},
    {"ReduceSumSquare", 18, axes_to_input},
    {"Split", 18, split_18},
    {"GroupNormalization", 21, group_normalization_21},
    {"Resize", 13, resize_13},
};

}  // namespace

bool respell(Graph& graph, int64_t opset, const std::vector<KnownShape>& shapes) {
  Names names(graph);
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    NodeEdit edit(graph, n, names);
    Args args{edit, opset, shapes};
    // The type may change on the way (Resize becomes Upsample), the table is for the type at kOpset.
    const std::string type = edit.node().op_type;
    for (const Change& change : kOlder) {
      if (opset < change.since && type == change.type && !change.apply(args)) return false;
    }
    for (const Change& change : kNewer) {
      if (opset >= change.since && type == change.type && !change.apply(args)) return false;
    }
  }
  return true;
}

}  // namespace alcedo::onnx
