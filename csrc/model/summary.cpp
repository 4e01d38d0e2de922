#include "model/summary.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "layers/infer.h"

namespace alcedo {
namespace {

struct LayerRow {
  const Node* node;
  Shape shape;
  std::vector<NodeId> reads;
  int64_t params = 0;
  int64_t macs = 0;
};

template <class Accept>
int64_t count_values(const Graph& graph, const Accept& accept) {
  std::vector<bool> counted(graph.values.size(), false);
  int64_t count = 0;
  for (const Node& node : graph.nodes) {
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      const ValueId value = node.inputs[i];
      if (value == kNone || !graph.values[value].is_constant() || counted[value]) continue;
      if (!accept(node, i)) continue;
      counted[value] = true;
      count += graph.values[value].constant.size();
    }
  }
  return count;
}

bool is_real(DType dtype) {
  return dtype == DType::f32 || dtype == DType::f64 || dtype == DType::f16 || dtype == DType::bf16;
}

std::vector<LayerRow> rows_of(const DlModel& model) {
  const Graph& graph = model.structure();
  const std::vector<TensorInfo> infos = model.infos();
  const std::vector<NodeId> producers = graph.producers();
  std::vector<LayerRow> rows;
  std::vector<bool> counted(graph.values.size(), false);
  for (const Node& node : graph.nodes) {
    LayerRow row;
    row.node = &node;
    std::vector<TensorInfo> src, dst;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      const ValueId value = node.inputs[i];
      src.push_back(value == kNone ? TensorInfo{} : infos[value]);
      if (value == kNone) continue;
      if (producers[value] != kNone) row.reads.push_back(producers[value]);
      if (graph.values[value].is_constant() && is_trainable(graph, node, i) && !counted[value]) {
        row.params += graph.values[value].constant.size();
        counted[value] = true;
      }
    }
    for (ValueId value : node.outputs) dst.push_back(value == kNone ? TensorInfo{} : infos[value]);
    if (!dst.empty()) row.shape = dst[0].shape;
    const Layer* layer = find_layer(node.op_type);
    const bool sized = !dst.empty() && dst[0].dtype != DType::undefined;  // not behind an unknown operator
    if (layer != nullptr && layer->macs != nullptr && sized) row.macs = layer->macs({node, src, dst});
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string width_height_depth(const Shape& shape) {
  const int64_t depth = shape.size() > 1 ? shape[1] : 1;
  const int64_t height = shape.size() > 2 ? shape[2] : 1;
  const int64_t width = shape.size() > 3 ? shape[3] : 1;
  return text(width, ",", height, ",", depth);
}

}  // namespace

int64_t num_trainable_params(const Graph& graph) {
  return count_values(graph, [&](const Node& node, size_t input) { return is_trainable(graph, node, input); });
}

int64_t num_params(const Graph& graph) {
  return count_values(graph, [&](const Node& node, size_t input) {
    return input_role(node, input) != InputRole::setting && is_real(graph.values[node.inputs[input]].constant.dtype());
  });
}

int64_t num_macs(const DlModel& model) {
  int64_t macs = 0;
  for (const LayerRow& row : rows_of(model)) macs += row.macs;
  return macs / std::max<int64_t>(model.settings().batch_size, 1);
}

std::vector<std::string> summary(const DlModel& model) {
  std::vector<std::string> lines;
  for (const LayerRow& row : rows_of(model)) {
    std::string reads;
    for (NodeId id : row.reads) reads += text(reads.empty() ? "" : ",", id);
    lines.push_back(text(lines.size(), "; ", row.node->name, "; ", row.node->op_type, "; ",
                         width_height_depth(row.shape), "; ", reads));
  }
  return lines;
}

std::string layers_json(const DlModel& model) {
  nlohmann::ordered_json layers = nlohmann::ordered_json::array();
  for (const LayerRow& row : rows_of(model)) {
    layers.push_back({{"id", layers.size()},
                      {"name", row.node->name},
                      {"type", row.node->op_type},
                      {"shape", row.shape},
                      {"inputs", row.reads},
                      {"params", row.params},
                      {"macs", row.macs / std::max<int64_t>(model.settings().batch_size, 1)}});
    if (!find_layer(row.node->op_type)) layers.back()["unsupported"] = why_unknown(*row.node);
  }
  return layers.dump();
}

}  // namespace alcedo
