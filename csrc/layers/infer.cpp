#include "layers/infer.h"

#include <algorithm>

#include "layers/support.h"

namespace alcedo {
namespace {

// Shape arithmetic and small tables; larger constants are made once, on import.
constexpr int64_t kFoldLimit = 1 << 12;
constexpr int64_t kFoldMacs = int64_t{1} << 30;  // of one node

bool all_known(const std::vector<TensorInfo>& src) {
  bool any = false;
  for (const TensorInfo& info : src) {
    if (info.dtype == DType::undefined) continue;
    if (!info.known()) return false;
    any = true;
  }
  return any;
}

// What may be evaluated: results of up to `limit` elements, or as large as the node's inputs, `left` in all. A few
// bytes of a file can ask for tensors of any size.
struct FoldBudget {
  int64_t limit;
  int64_t left;
};

FoldBudget fold_budget(const Graph& graph, int64_t limit) {
  int64_t constants = 0;
  for (const Value& value : graph.values) constants += value.constant.size();
  return {limit, 16 * limit + 2 * constants};
}

void fold(const Layer& layer, const Node& node, const std::vector<TensorInfo>& src, std::vector<TensorInfo>& dst,
          FoldBudget& budget) {
  int64_t num_src = 0, num_dst = 0;
  bool open = false;
  for (const TensorInfo& info : src) num_src += info.constant.size();
  for (const TensorInfo& info : dst) {
    if (info.dtype == DType::undefined) continue;
    open = open || !info.known();
    num_dst += num_elements(info.shape);
  }
  if (!open || !layer.forward || !all_known(src)) return;
  if (num_dst > std::max(budget.limit, num_src) || num_dst > budget.left) return;
  if (layer.macs && layer.macs({node, src, dst}) > kFoldMacs) return;
  budget.left -= num_dst;

  std::vector<const Tensor*> inputs;
  for (const TensorInfo& info : src) inputs.push_back(info.known() ? &info.constant : nullptr);
  std::vector<Tensor> results(dst.size());
  std::vector<Tensor*> outputs(dst.size(), nullptr);
  for (size_t i = 0; i < dst.size(); ++i) {
    if (dst[i].dtype == DType::undefined) continue;
    results[i] = Tensor(dst[i].dtype, dst[i].shape);
    outputs[i] = &results[i];
  }
  layer.forward({node, inputs, outputs});
  for (size_t i = 0; i < dst.size(); ++i) dst[i].constant = std::move(results[i]);
}

std::vector<TensorInfo> infer_node(const Node& node, const std::vector<TensorInfo>& src, FoldBudget& budget) {
  std::vector<TensorInfo> dst(node.outputs.size());
  const Layer& layer = *find_layer(node.op_type);
  InferArgs args{node, src, dst};
  layer.infer(args);
  for (size_t i = 0; i < dst.size(); ++i) {
    if (node.outputs[i] == kNone) dst[i] = {};
    if (dst[i].dtype != DType::undefined) num_elements(dst[i].shape);
  }
  fold(layer, node, src, dst, budget);
  return dst;
}

// What the file says of an unknown operator's result: a shape that is open in its batch at most.
TensorInfo declared_info(const Graph& graph, ValueId v, const std::vector<Shape>& input_shapes) {
  const Value& value = graph.values[v];
  if (value.dtype == DType::undefined || value.shape.empty()) return {};
  Shape shape = value.shape;
  if (shape[0] < 0 && !graph.inputs.empty() && !input_shapes[0].empty()) {
    const Shape& declared = graph.values[graph.inputs[0]].shape;
    if (!declared.empty() && declared[0] < 0) shape[0] = input_shapes[0][0];
  }
  for (int64_t dim : shape) {
    if (dim < 0) return {};
  }
  return {value.dtype, shape, {}};
}

}  // namespace

std::vector<TensorInfo> infer_node(const Node& node, const std::vector<TensorInfo>& src) {
  FoldBudget budget{kFoldLimit, kFoldLimit};
  for (const TensorInfo& info : src) budget.left += info.constant.size();
  return infer_node(node, src, budget);
}

const char* why_unknown(const Node& node) {
  for (const char* type : {"If", "Loop", "Scan"}) {
    if (node.op_type == type) return "runs a body that only the run decides";
  }
  return "is an unknown operator";
}

std::vector<std::string> unsupported_nodes(const Graph& graph, int64_t opset) {
  std::vector<std::string> nodes;
  for (const Node& node : graph.nodes) {
    if (!find_layer(node.op_type)) nodes.push_back(text("[", node.op_type, " ", node.name, "], opset ", opset));
  }
  return nodes;
}

std::vector<TensorInfo> infer(const Graph& graph, const std::vector<Shape>& input_shapes, int64_t fold_limit) {
  const std::vector<std::string> unsupported = unsupported_nodes(graph, kOpset);
  if (!unsupported.empty()) {
    std::string list;
    for (const std::string& node : unsupported) list += (list.empty() ? "" : "; ") + node;
    fail(error::kReadOnnx, "operators that are not supported: ", list);
  }
  return infer_known(graph, input_shapes, fold_limit);
}

std::vector<TensorInfo> infer_known(const Graph& graph, const std::vector<Shape>& input_shapes) {
  return infer_known(graph, input_shapes, kFoldLimit);
}

std::vector<TensorInfo> infer_known(const Graph& graph, const std::vector<Shape>& input_shapes, int64_t fold_limit) {
  require(input_shapes.size() == graph.inputs.size(), error::kInvalidShape, "the network has ", graph.inputs.size(),
          " inputs, ", input_shapes.size(), " shapes were given");

  std::vector<TensorInfo> infos(graph.values.size());
  for (size_t v = 0; v < graph.values.size(); ++v) {
    const Value& value = graph.values[v];
    if (value.is_constant()) infos[v] = {value.constant.dtype(), value.constant.shape(), value.constant};
  }
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    const Value& value = graph.values[graph.inputs[i]];
    const Shape& shape = input_shapes[i];
    num_elements(shape);
    bool fits = shape.size() == value.shape.size();
    for (size_t d = 0; fits && d < shape.size(); ++d) fits = value.shape[d] < 0 || value.shape[d] == shape[d];
    require(fits, error::kInvalidShape, "input '", value.name, "' has shape ", to_string(value.shape), ", ",
            to_string(shape), " was given");
    infos[graph.inputs[i]] = {value.dtype, shape, {}};
  }

  FoldBudget budget = fold_budget(graph, fold_limit);
  const TensorInfo none;
  std::vector<TensorInfo> src;  // one for all nodes: its entries keep their memory
  for (const Node& node : graph.nodes) {
    src.resize(node.inputs.size());
    bool sized = true;
    for (size_t i = 0; i < src.size(); ++i) {
      const ValueId v = node.inputs[i];
      src[i] = v == kNone ? none : infos[v];
      sized = sized && (v == kNone || infos[v].dtype != DType::undefined);
    }
    if (!find_layer(node.op_type)) {
      for (ValueId v : node.outputs) {
        if (v != kNone) infos[v] = declared_info(graph, v, input_shapes);
      }
      continue;
    }
    if (!sized) continue;
    std::vector<TensorInfo> dst = infer_node(node, src, budget);
    for (size_t i = 0; i < dst.size(); ++i) {
      if (node.outputs[i] != kNone) infos[node.outputs[i]] = std::move(dst[i]);
    }
  }
  return infos;
}

std::vector<TensorInfo> infer(const Graph& graph, const std::vector<Shape>& input_shapes) {
  return infer(graph, input_shapes, kFoldLimit);
}

std::vector<Shape> input_shapes(const Graph& graph, int64_t batch, int64_t fallback) {
  std::vector<Shape> shapes;
  for (ValueId v : graph.inputs) {
    const Value& value = graph.values[v];
    Shape shape = value.shape;
    for (size_t d = 0; d < shape.size(); ++d) {
      if (shape[d] >= 0) continue;
      require(d == 0 || fallback > 0, error::kInvalidShape, "input '", value.name, "': dimension ", d, " of ",
              to_string(value.shape), " is not known");
      shape[d] = d == 0 ? batch : fallback;
    }
    shapes.push_back(std::move(shape));
  }
  return shapes;
}

}  // namespace alcedo
