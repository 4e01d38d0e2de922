#include "model/loss_head.h"

namespace alcedo {
namespace {

bool is_class_scores(const Shape& shape) {
  if (shape.size() < 2 || shape[1] < 2) return false;
  for (size_t axis = 2; axis < shape.size(); ++axis) {
    if (shape[axis] != 1) return false;
  }
  return true;
}

}  // namespace

std::optional<ClassifierHead> find_classifier_head(const Graph& graph, const std::vector<TensorInfo>& infos) {
  if (graph.outputs.size() != 1) return std::nullopt;
  const ValueId output = graph.outputs[0];
  if (infos[output].shape.size() != 2 || !is_class_scores(infos[output].shape)) return std::nullopt;
  ClassifierHead head{output, false, false, infos[output].shape[1]};

  const std::vector<NodeId> producers = graph.producers();
  ValueId value = output;
  // Layers that only rename or reshape the scores may stand between the Softmax and the output.
  while (producers[value] != kNone) {
    const Node& node = graph.nodes[producers[value]];
    if (node.op_type == "Softmax" || node.op_type == "LogSoftmax") {
      const int rank = static_cast<int>(infos[value].shape.size());
      int64_t axis = node.attributes.integer("axis", -1);
      if (axis < 0) axis += rank;
      if (axis != 1 || !is_class_scores(infos[node.inputs[0]].shape)) break;
      head.logits = node.inputs[0];
      head.softmax_in_graph = true;
      head.log_softmax = node.op_type == "LogSoftmax";
      break;
    }
    const bool passes = node.op_type == "Identity" || node.op_type == "Flatten" || node.op_type == "Reshape" ||
                        node.op_type == "Squeeze" || node.op_type == "Dropout";
    if (!passes || !is_class_scores(infos[node.inputs[0]].shape)) break;
    value = node.inputs[0];
  }
  return head;
}

}  // namespace alcedo
