// The table: operator type, the opset that changed it, and what to do with a node from the other side of the change.
#include "onnx/upgrade.h"

#include <limits>

#include "base/error.h"
#include "base/error_codes.h"
#include "onnx/edit.h"

namespace alcedo::onnx {
namespace {

void clip(NodeEdit& edit) {
  const bool has_min = edit.has("min"), has_max = edit.has("max");
  if (has_min || has_max) {
    edit.set_input(1, has_min ? edit.constant("min", Tensor::scalar(edit.take_real("min"))) : kNone);
    if (has_max) edit.set_input(2, edit.constant("max", Tensor::scalar(edit.take_real("max"))));
  }
}

void axes_to_input(NodeEdit& edit) {
  if (edit.has("axes")) edit.set_input(1, edit.constant("axes", Tensor::vector(edit.take_integers("axes"))));
}

void split_to_input(NodeEdit& edit) {
  if (edit.has("split")) edit.set_input(1, edit.constant("split", Tensor::vector(edit.take_integers("split"))));
}

void top_k(NodeEdit& edit) {
  if (edit.has("k")) edit.set_input(1, edit.constant("k", Tensor::vector<int64_t>({edit.take_integer("k")})));
}

void dropout(NodeEdit& edit) {
  edit.take("is_test");
  if (edit.has("ratio")) edit.set_input(1, edit.constant("ratio", Tensor::scalar(edit.take_real("ratio"))));
}

void pad(NodeEdit& edit) {
  const std::vector<int64_t> pads = edit.take_integers(edit.has("paddings") ? "paddings" : "pads");
  edit.set_input(1, edit.constant("pads", Tensor::vector(pads)));
  if (edit.has("value")) edit.set_input(2, edit.constant("value", Tensor::scalar(edit.take_real("value"))));
}

void slice(NodeEdit& edit) {
  edit.set_input(1, edit.constant("starts", Tensor::vector(edit.take_integers("starts"))));
  edit.set_input(2, edit.constant("ends", Tensor::vector(edit.take_integers("ends"))));
  if (edit.has("axes")) edit.set_input(3, edit.constant("axes", Tensor::vector(edit.take_integers("axes"))));
}

void batch_normalization(NodeEdit& edit) {
  edit.take("is_test");
  edit.take("consumed_inputs");
  if (edit.has("spatial") && edit.take_integer("spatial") == 0) {
    edit.problem("statistics per element (spatial = 0) are not supported");
  }
  // Outputs of training; what reads them is left without a producer and reported by the graph's validation.
  edit.keep_outputs(1);
}

// Softmax and LogSoftmax saw a matrix, flattened at `axis`: settle() needs the rank to say the same today.
void coerced(NodeEdit& edit) {
  edit.set("coerced_axis", edit.has("axis") ? edit.take_integer("axis") : int64_t{1});
  edit.set("axis", int64_t{-1});
}

// Upsample, and Resize as it was at first: corners at integer positions, rounding down.
void upsample(NodeEdit& edit) {
  edit.node().op_type = "Resize";
  if (edit.has("scales")) {
    edit.set_input(1, edit.constant("scales", Tensor::vector(edit.take_reals("scales"))));
  }
  edit.set_input(2, edit.input(1));
  edit.set_input(1, kNone);
  if (edit.string("mode", "nearest") == "bilinear") edit.set("mode", std::string("linear"));
  edit.set("coordinate_transformation_mode", std::string("asymmetric"));
  edit.set("nearest_mode", std::string("floor"));
}

void broadcast(NodeEdit& edit) {
  const bool given = edit.has("broadcast") && edit.take_integer("broadcast") != 0;
  if (edit.has("axis")) {
    const int64_t axis = edit.take_integer("axis");
    const Shape *first = edit.known_shape(0), *second = edit.known_shape(1);
    const bool ends_last = first && second && axis >= 0 && axis + second->size() == first->size();
    if (given && !ends_last) edit.problem("broadcasting along other than the last axes is not supported");
  }
  edit.take("consumed_inputs");
}

void gemm(NodeEdit& edit) { edit.take("broadcast"); }

// One slope per channel has no shape that says so.
void prelu(NodeEdit& edit) {
  edit.take("consumed_inputs");
  const Tensor* slope = edit.constant_of(1);
  if (!slope || slope->size() != 1) edit.problem("slopes per channel are not supported");
}

// Since 18 the axes of reductions are an input; only known ones can be an attribute.
void axes_to_attribute(NodeEdit& edit) {
  const bool nothing = edit.has("noop_with_empty_axes") && edit.take_integer("noop_with_empty_axes") != 0;
  std::vector<int64_t> axes;
  if (edit.input(1) != kNone) {
    const Tensor* constant = edit.constant_of(1);
    if (!constant) return edit.problem("axes that depend on the network's input are not supported");
    axes = constant->to_ints();
  }
  edit.keep_inputs(1);
  if (!axes.empty()) {
    edit.set("axes", axes);
  } else if (nothing) {
    edit.take("keepdims");
    edit.node().op_type = "Identity";
  }
}

void reduce_sum_18(NodeEdit& edit) {
  if (edit.input(1) != kNone && !edit.constant_of(1)) {
    edit.problem("axes that depend on the network's input are not supported");
  }
}

void split_18(NodeEdit& edit) {
  if (!edit.has("num_outputs")) return;
  const int64_t parts = edit.node().attributes.integer("num_outputs", 0);
  if (parts != static_cast<int64_t>(edit.node().outputs.size())) {
    edit.problem(text("num_outputs is ", parts, ", the node has ", edit.node().outputs.size(), " outputs"));
  }
}

void resize_18(NodeEdit& edit) {
  if (edit.has("antialias") && edit.take_integer("antialias") != 0) edit.problem("antialias is not supported");
  if (edit.has("keep_aspect_ratio_policy") && edit.take_string("keep_aspect_ratio_policy") != "stretch") {
    edit.problem("keep_aspect_ratio_policy other than 'stretch' is not supported");
  }
}

void cast_19(NodeEdit& edit) {
  edit.take("saturate");
  edit.take("round_mode");
}

void quantize(NodeEdit& edit) {
  edit.take("saturate");
  edit.take("precision");
  if (edit.has("block_size") && edit.take_integer("block_size") != 0) edit.problem("block_size is not supported");
  if (edit.has("output_dtype") && edit.take_integer("output_dtype") != 0 && edit.input(2) == kNone) {
    edit.problem("output_dtype is not supported");
  }
}

struct Change {
  const char* type;
  int64_t since;  // the opset that changed the operator
  void (*apply)(NodeEdit&);
};

// For nodes older than the change, oldest change first.
constexpr Change kOlder[] = {
    {"Add", 7, broadcast},
    {"Sub", 7, broadcast},
    {"Mul", 7, broadcast},
    {"Div", 7, broadcast},
    {"Pow", 7, broadcast},
    {"Equal", 7, broadcast},
    {"Greater", 7, broadcast},
    {"Less", 7, broadcast},
    {"And", 7, broadcast},
    {"Or", 7, broadcast},
    {"Xor", 7, broadcast},
    {"Gemm", 7, gemm},
    {"PRelu", 7, prelu},
    {"BatchNormalization", 14, batch_normalization},
    {"Upsample", 10, upsample},
    {"Slice", 10, slice},
    {"TopK", 10, top_k},
    {"Clip", 11, clip},
    {"Pad", 11, pad},
    {"Resize", 11, upsample},
    {"Dropout", 12, dropout},
    {"Squeeze", 13, axes_to_input},
    {"Unsqueeze", 13, axes_to_input},
    {"ReduceSum", 13, axes_to_input},
    {"Split", 13, split_to_input},
    {"Softmax", 13, coerced},
    {"LogSoftmax", 13, coerced},
    {"Hardmax", 13, coerced},
};

// For nodes at or after the change.
constexpr Change kNewer[] = {
    {"ReduceMean", 18, axes_to_attribute},
    {"ReduceMax", 18, axes_to_attribute},
    {"ReduceMin", 18, axes_to_attribute},
    {"ReduceProd", 18, axes_to_attribute},
    {"ReduceL1", 18, axes_to_attribute},
    {"ReduceL2", 18, axes_to_attribute},
    {"ReduceLogSum", 18, axes_to_attribute},
    {"ReduceLogSumExp", 18, axes_to_attribute},
    {"ReduceSumSquare", 18, axes_to_attribute},
    {"ReduceSum", 18, reduce_sum_18},
    {"Split", 18, split_18},
    {"Resize", 18, resize_18},
    {"Cast", 19, cast_19},
    {"QuantizeLinear", 19, quantize},
    {"DequantizeLinear", 19, quantize},
};

}  // namespace

void upgrade(Graph& graph, int64_t opset, std::vector<std::string>& problems) {
  Names names(graph);
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    NodeEdit edit(graph, n, names, &problems);
    // The table is for the type that the file has (Upsample becomes Resize).
    const std::string type = edit.node().op_type;
    for (const Change& change : kOlder) {
      if (opset < change.since && type == change.type) change.apply(edit);
    }
    for (const Change& change : kNewer) {
      if (opset >= change.since && type == change.type) change.apply(edit);
    }
  }
}

}  // namespace alcedo::onnx
