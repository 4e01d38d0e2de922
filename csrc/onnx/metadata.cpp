#include "onnx/metadata.h"

namespace alcedo::onnx {

std::shared_ptr<Metadata> read_metadata(const onnx_pb::ModelProto& model, const BuiltGraph& built) {
  auto meta = std::make_shared<Metadata>();
  meta->ir_version = model.ir_version();
  for (const auto& entry : model.opset_import()) {
    meta->opsets[entry.domain() == "ai.onnx" ? "" : entry.domain()] = entry.version();
  }
  // Their nodes take the place of the calls.
  for (const auto& function : model.functions()) {
    for (const auto& entry : function.opset_import()) {
      if (!entry.domain().empty() && entry.domain() != "ai.onnx") meta->opsets.emplace(entry.domain(), entry.version());
    }
  }
  meta->producer_name = model.producer_name();
  meta->producer_version = model.producer_version();
  meta->domain = model.domain();
  meta->doc = model.doc_string();
  meta->model_version = model.model_version();
  for (const auto& entry : model.metadata_props()) meta->properties.emplace_back(entry.key(), entry.value());

  const onnx_pb::GraphProto& graph = model.graph();
  for (const auto* infos : {&graph.input(), &graph.output(), &graph.value_info()}) {
    for (const auto& info : *infos) meta->infos[info.name()] = info.SerializeAsString();
  }
  for (const auto& [name, node] : built.nodes) {
    onnx_pb::NodeProto rest = *node;
    rest.clear_input();
    rest.clear_output();
    rest.clear_attribute();
    rest.clear_name();
    rest.clear_op_type();
    rest.clear_domain();
    if (rest.ByteSizeLong() > 0) meta->nodes[name] = rest.SerializeAsString();
  }
  for (const auto& [name, unread] : built.unread) {
    auto rest = unpack<onnx_pb::NodeProto>(meta->nodes[name]);
    rest.MergeFrom(unread.attributes);
    meta->nodes[name] = rest.SerializeAsString();
    meta->own_inputs[name] = unread.own_inputs;
  }
  for (const auto& weight : graph.initializer()) {
    onnx_pb::TensorProto rest;
    rest.set_doc_string(weight.doc_string());
    if (!weight.has_doc_string()) rest.clear_doc_string();
    *rest.mutable_metadata_props() = weight.metadata_props();
    *rest.mutable_unknown_fields() = weight.unknown_fields();
    if (rest.ByteSizeLong() > 0) meta->weights[weight.name()] = rest.SerializeAsString();
  }

  // The rest of both messages; parts that are kept otherwise are taken out, not copied.
  onnx_pb::GraphProto rest_of_graph;
  rest_of_graph.set_name(graph.name());
  if (graph.has_doc_string()) rest_of_graph.set_doc_string(graph.doc_string());
  *rest_of_graph.mutable_quantization_annotation() = graph.quantization_annotation();
  *rest_of_graph.mutable_metadata_props() = graph.metadata_props();
  *rest_of_graph.mutable_unknown_fields() = graph.unknown_fields();
  meta->graph = rest_of_graph.SerializeAsString();

  onnx_pb::ModelProto rest_of_model;
  if (!built.unread.empty())
    *rest_of_model.mutable_functions() = model.functions();  // bodies that are kept may call them
  *rest_of_model.mutable_training_info() = model.training_info();
  *rest_of_model.mutable_configuration() = model.configuration();
  *rest_of_model.mutable_unknown_fields() = model.unknown_fields();
  meta->model = rest_of_model.SerializeAsString();
  return meta;
}

}  // namespace alcedo::onnx
