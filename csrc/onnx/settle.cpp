// The part of the upgrade that needs shapes.
#include "base/error.h"
#include "base/error_codes.h"
#include "onnx/edit.h"
#include "onnx/upgrade.h"

namespace alcedo::onnx {
namespace {

using Shapes = std::vector<KnownShape>;

const Shape* shape_of(const Shapes& shapes, ValueId v) {
  return v != kNone && static_cast<size_t>(v) < shapes.size() && shapes[v].known ? &shapes[v].shape : nullptr;
}

std::string label(NodeEdit& edit) { return text("[", edit.node().op_type, " ", edit.node().name, "] "); }

// Softmax over everything from `coerced_axis` on: the last axis if only that is larger than 1, else
// Flatten -> Softmax -> Reshape.
void softmax(NodeEdit& edit, const Shapes& shapes, std::vector<Node>& before, std::vector<Node>& after) {
  if (!edit.has("coerced_axis")) return;
  const Shape* shape = shape_of(shapes, edit.input(0));
  require(shape != nullptr, error::kReadOnnx, label(edit), "the rank of the input is not known");
  const auto rank = static_cast<int64_t>(shape->size());
  int64_t axis = edit.take_integer("coerced_axis");
  require(axis >= -rank && axis <= rank, error::kReadOnnx, label(edit), "axis ", axis, " of ", rank, " dimensions");
  if (axis < 0) axis += rank;
  // Axes of size 1 change nothing: the one that is left does all.
  std::vector<int64_t> wide;
  for (int64_t d = axis; d < rank; ++d) {
    if ((*shape)[d] != 1) wide.push_back(d);
  }
  if (rank > 0 && wide.size() <= 1 && axis < rank) {
    edit.set("axis", wide.empty() ? rank - 1 : wide[0]);
    if (wide.empty() || wide[0] == rank - 1) edit.set("axis", int64_t{-1});
    return;
  }
  Shape target = *shape;
  int dynamic = 0;
  for (int64_t& dim : target) {
    if (dim == -1) ++dynamic;
  }
  require(dynamic <= 1, error::kReadOnnx, label(edit), "the sizes of the input are not known");

  const Node& node = edit.node();
  const ValueId flat = edit.value("flat", DType::f32);
  const ValueId result = edit.value("matrix", DType::f32);
  Node flatten{edit.node_name("flatten"), "Flatten", {}, {node.inputs[0]}, {flat}};
  flatten.attributes.set("axis", axis);
  const ValueId shape_value = edit.constant("shape", Tensor::vector<int64_t>(target));
  Node reshape{edit.node_name("reshape"), "Reshape", {}, {result, shape_value}, node.outputs};
  edit.node().inputs = {flat};
  edit.node().outputs = {result};
  edit.set("axis", int64_t{-1});
  before.push_back(std::move(flatten));
  after.push_back(std::move(reshape));
}

// Pad with an `axes` input (opset 18): pads for all axes.
void pad(NodeEdit& edit, const Shapes& shapes) {
  if (edit.input(3) == kNone) return;
  const Tensor* axes = edit.constant_of(3);
  const Tensor* pads = edit.constant_of(1);
  const Shape* shape = shape_of(shapes, edit.input(0));
  require(axes && pads && shape, error::kReadOnnx, label(edit), "pads of some axes only must be constants");
  const auto rank = static_cast<int64_t>(shape->size());
  const std::vector<int64_t> some = pads->to_ints(), which = axes->to_ints();
  require(some.size() == 2 * which.size(), error::kReadOnnx, label(edit), which.size(), " axes have ", some.size(),
          " pads");
  std::vector<int64_t> all(2 * rank, 0);
  for (size_t i = 0; i < which.size(); ++i) {
    const int64_t axis = which[i] < 0 ? which[i] + rank : which[i];
    require(axis >= 0 && axis < rank, error::kReadOnnx, label(edit), "axis ", which[i], " of ", rank, " dimensions");
    all[axis] = some[i];
    all[axis + rank] = some[i + which.size()];
  }
  edit.keep_inputs(3);
  edit.set_input(1, edit.constant("pads", Tensor::vector(all)));
}

}  // namespace

void settle(Graph& graph, const std::vector<KnownShape>& shapes) {
  std::vector<std::pair<std::vector<Node>, std::vector<Node>>> around(graph.nodes.size());
  Names names(graph);
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    NodeEdit edit(graph, n, names);
    const std::string& type = edit.node().op_type;
    if (type == "Softmax" || type == "LogSoftmax" || type == "Hardmax") {
      softmax(edit, shapes, around[n].first, around[n].second);
    } else if (type == "Pad") {
      pad(edit, shapes);
    }
  }
  std::vector<Node> nodes;
  for (size_t n = 0; n < around.size(); ++n) {
    for (Node& node : around[n].first) nodes.push_back(std::move(node));
    nodes.push_back(std::move(graph.nodes[n]));
    for (Node& node : around[n].second) nodes.push_back(std::move(node));
  }
  graph.nodes = std::move(nodes);
}

}  // namespace alcedo::onnx
