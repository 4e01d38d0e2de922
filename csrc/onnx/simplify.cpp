#include "onnx/simplify.h"

#include "base/error.h"
#include "base/error_codes.h"
#include "layers/infer.h"
#include "onnx/edit.h"
#include "onnx/known_shapes.h"
#include "onnx/upgrade.h"

namespace alcedo::onnx {
namespace {

bool is_same(const Tensor& a, const Tensor& b) {
  return a.dtype() == b.dtype() && a.shape() == b.shape() &&
         std::equal(static_cast<const char*>(a.raw()), static_cast<const char*>(a.raw()) + a.bytes(),
                    static_cast<const char*>(b.raw()));
}

// What is made from quantized weights stays as it is in the file: four bytes a number would take the place of one.
void fold_constants(Graph& graph, const std::vector<Run>& runs) {
  std::vector<bool> quantized(graph.values.size(), false);
  for (Node& node : graph.nodes) {
    bool all = node.op_type != "DequantizeLinear" && node.op_type != "QuantizeLinear";
    for (ValueId v : node.inputs) all = all && (v == kNone || !quantized[v]);
    if (!all) {
      for (ValueId v : node.outputs) {
        if (v != kNone) quantized[v] = runs[0][v].known();
      }
    }
    for (ValueId v : node.outputs) {
      if (v == kNone) continue;
      for (const Run& run : runs) all = all && run[v].known() && is_same(run[v].constant, runs[0][v].constant);
    }
    if (!all) continue;
    for (ValueId& v : node.outputs) {
      if (v == kNone) continue;
      Value& value = graph.values[v];
      value.constant = runs[0][v].constant.clone();
      value.dtype = value.constant.dtype();
      value.shape = value.constant.shape();
      v = kNone;
    }
  }
  std::vector<Node> nodes;
  for (Node& node : graph.nodes) {
    bool is_needed = false;
    for (ValueId v : node.outputs) is_needed = is_needed || v != kNone;
    if (is_needed) nodes.push_back(std::move(node));
  }
  graph.nodes = std::move(nodes);
}

// A Reshape target that differs between the runs, written with 0 (as in the input) and -1 (what remains). Empty if
// that cannot say it.
std::vector<int64_t> general_target(const std::vector<Run>& runs, const Node& node) {
  const ValueId src = node.inputs[0], target = node.inputs[1];
  std::vector<std::vector<int64_t>> targets;
  for (const Run& run : runs) {
    if (!run[target].known()) return {};
    targets.push_back(run[target].constant.to_ints());
    if (targets.back().size() != targets[0].size()) return {};
  }
  std::vector<int64_t> result = targets[0];
  bool has_rest = false;
  for (int64_t dim : result) has_rest = has_rest || dim == -1;
  for (size_t i = 0; i < result.size(); ++i) {
    bool is_equal = true, is_copy = true;
    for (size_t r = 0; r < runs.size(); ++r) {
      const Shape& shape = runs[r][src].shape;
      is_equal = is_equal && targets[r][i] == result[i];
      is_copy = is_copy && i < shape.size() && shape[i] == targets[r][i];
    }
    if (is_equal) continue;
    if (is_copy) {
      result[i] = 0;
    } else if (!has_rest) {
      result[i] = -1;
      has_rest = true;
    } else {
      return {};
    }
  }
  return result;
}

void fold_targets(Graph& graph, const std::vector<Run>& runs) {
  Names names(graph);
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    if (node.op_type != "Reshape" || node.inputs.size() != 2) continue;
    if (graph.values[node.inputs[1]].is_constant() || node.attributes.integer("allowzero", 0) != 0) continue;
    const std::vector<int64_t> target = general_target(runs, node);
    if (target.empty()) continue;
    NodeEdit edit(graph, n, names);
    edit.set_input(1, edit.constant("shape", Tensor::vector(target)));
  }
}

}  // namespace

void simplify(Graph& graph, int64_t opset, const std::vector<std::string>& problems) {
  graph.remove_unused();
  graph.sort();
  graph.validate();
  std::string list;
  for (const std::string& problem : problems) list += (list.empty() ? "" : "; ") + problem;
  require(list.empty(), error::kReadOnnx, "operators that are not supported, opset ", opset, ": ", list);

  Runs found = infer_with_sizes(graph);
  const std::vector<KnownShape> shapes = known_shapes(found.several, graph.values.size());
  const std::vector<Run> runs = std::move(found).all();
  if (!runs.empty()) {
    fold_constants(graph, runs);
    fold_targets(graph, runs);
  }
  settle(graph, shapes);
  graph.remove_unused();
  graph.sort();
}

}  // namespace alcedo::onnx
