#include "onnx/export.h"

#include <unordered_set>

#include "base/error.h"
#include "base/error_codes.h"
#include "layers/infer.h"
#include "onnx/attributes.h"
#include "onnx/file_types.h"
#include "onnx/known_shapes.h"
#include "onnx/metadata.h"
#include "onnx/uniform.h"
#include "onnx/upgrade.h"

namespace alcedo {
namespace onnx {
namespace {

using Pieces = OnnxPieces;

void add(std::string message, Pieces& pieces) {
  pieces.messages.push_back(std::move(message));
  pieces.list.push_back({pieces.messages.back().data(), pieces.messages.back().size()});
}

void add(const Tensor& tensor, Pieces& pieces) {
  pieces.tensors.push_back(tensor);
  pieces.list.push_back({tensor.raw(), tensor.bytes()});
}

// Head of a field with bytes: tag and length.
std::string field_head(uint32_t number, uint64_t size) {
  std::string head;
  const auto append = [&](uint64_t value) {
    for (; value >= 0x80; value >>= 7) head += static_cast<char>(value | 0x80);
    head += static_cast<char>(value);
  };
  append(number << 3 | 2);
  append(size);
  return head;
}

class Writer {
 public:
  explicit Writer(const OnnxModel& model) : model_(model), graph_(model.graph) {
    if (model.source) meta_ = *model.source;
    choose_opset();
    types_ = file_types(graph_, shapes_);
  }

  Pieces write() {
    onnx_pb::GraphProto proto = unpack<onnx_pb::GraphProto>(meta_.graph);
    proto.set_name(graph_.name.empty() ? "network" : graph_.name);
    if (!graph_.doc.empty()) proto.set_doc_string(graph_.doc);
    std::vector<ValueId> weights = used_constants();
    for (ValueId v : graph_.inputs) *proto.add_input() = input_info(v);
    if (meta_.ir_version < 4) {
      for (ValueId v : weights) *proto.add_input() = weight_info(v);
    }
    for (ValueId v : graph_.outputs) *proto.add_output() = result_info(v);
    for (const Node& node : graph_.nodes) write_node(node, proto.add_node());
    write_value_info(&proto);
    drop_lost_annotations(&proto, weights);

    // The graph's field is the model's last: its size is known once all of it is.
    Pieces pieces;
    add(proto.SerializeAsString(), pieces);
    for (ValueId v : weights) add_weight(v, pieces);

    pieces.messages.push_back(model_head() + field_head(7, pieces.size()));
    pieces.list.insert(pieces.list.begin(), {pieces.messages.back().data(), pieces.messages.back().size()});
    return pieces;
  }

 private:
  // The file's own opset if it can say all nodes, else kOpset, else the newest.
  void choose_opset() {
    shapes_ = known_shapes(infer_with_sizes(graph_).several, graph_.values.size());
    const auto own = meta_.opsets.find("");
    std::vector<int64_t> choices;
    if (own != meta_.opsets.end()) choices.push_back(own->second);
    // Unknown operators can only be written as they were read.
    if (choices.empty() || unsupported_nodes(graph_, kOpset).empty()) {
      choices.push_back(kOpset);
      choices.push_back(kNewestOpset);
    }
    for (int64_t opset : choices) {
      Graph graph = graph_;
      if (!respell(graph, opset, shapes_)) continue;
      if (opset >= 9) spell_uniform_constants(graph);
      graph_ = std::move(graph);
      shapes_.resize(graph_.values.size());
      meta_.opsets[""] = opset;
      return;
    }
    fail(error::kWriteOnnx, "the network has operators that no opset has together");
  }

  std::vector<ValueId> used_constants() const {
    std::vector<bool> used(graph_.values.size(), false);
    for (const Node& node : graph_.nodes) {
      for (ValueId v : node.inputs) {
        if (v != kNone) used[v] = true;
      }
    }
    for (ValueId v : graph_.outputs) used[v] = true;
    std::vector<ValueId> result;
    for (size_t v = 0; v < used.size(); ++v) {
      if (used[v] && graph_.values[v].is_constant()) result.push_back(static_cast<ValueId>(v));
    }
    return result;
  }

  onnx_pb::ValueInfoProto info(ValueId v, const Shape& shape, const std::vector<std::string>& names) const {
    const std::string& name = graph_.values[v].name;
    onnx_pb::ValueInfoProto info;
    const auto known = meta_.infos.find(name);
    if (known != meta_.infos.end()) info = unpack<onnx_pb::ValueInfoProto>(known->second);
    info.set_name(name);
    if (info.type().value_case() != onnx_pb::TypeProto::kTensorType &&
        info.type().value_case() != onnx_pb::TypeProto::VALUE_NOT_SET) {
      return info;  // a sequence or the like, made by an operator that is unknown here
    }
    auto* type = info.mutable_type()->mutable_tensor_type();
    const onnx_pb::TensorShapeProto before = type->shape();
    type->set_elem_type(static_cast<int32_t>(types_[v]));
    type->mutable_shape()->Clear();
    for (size_t d = 0; d < shape.size(); ++d) {
      auto* dim = type->mutable_shape()->add_dim();
      const bool is_old = before.dim_size() == static_cast<int>(shape.size());
      if (is_old) *dim = before.dim(static_cast<int>(d));
      if (shape[d] >= 0) {
        dim->set_dim_value(shape[d]);
      } else {
        if (dim->has_dim_value()) dim->clear_dim_value();
        if (d < names.size() && !names[d].empty()) dim->set_dim_param(names[d]);
      }
    }
    return info;
  }

  onnx_pb::ValueInfoProto input_info(ValueId v) const {
    return info(v, graph_.values[v].shape, graph_.values[v].dim_params);
  }

  onnx_pb::ValueInfoProto weight_info(ValueId v) const {
    onnx_pb::ValueInfoProto result = info(v, graph_.values[v].constant.shape(), {});
    return result;
  }

  // An output: the shape as it is computed, open where the file left it open.
  onnx_pb::ValueInfoProto result_info(ValueId v) const {
    const Value& value = graph_.values[v];
    if (value.is_constant()) return weight_info(v);
    if (!shapes_[v].known) return info(v, value.shape, value.dim_params);
    Shape shape = shapes_[v].shape;
    for (size_t d = 0; d < shape.size() && shape.size() == value.shape.size(); ++d) {
      if (value.shape[d] < 0) shape[d] = -1;
    }
    return info(v, shape, value.dim_params);
  }

  void write_node(const Node& node, onnx_pb::NodeProto* proto) {
    const auto rest = meta_.nodes.find(node.name);
    if (rest != meta_.nodes.end()) *proto = unpack<onnx_pb::NodeProto>(rest->second);
    const auto own = meta_.own_inputs.find(node.name);
    const size_t num_inputs = own == meta_.own_inputs.end() ? node.inputs.size() : static_cast<size_t>(own->second);
    for (size_t i = 0; i < num_inputs; ++i) {
      proto->add_input(node.inputs[i] == kNone ? "" : graph_.values[node.inputs[i]].name);
    }
    for (ValueId v : node.outputs) proto->add_output(v == kNone ? "" : graph_.values[v].name);
    proto->set_name(node.name);
    const size_t colons = node.op_type.rfind("::");
    if (colons != std::string::npos) proto->set_domain(node.op_type.substr(0, colons));
    proto->set_op_type(colons == std::string::npos ? node.op_type : node.op_type.substr(colons + 2));
    const DType type = node.outputs.empty() || node.outputs[0] == kNone ? DType::undefined : types_[node.outputs[0]];
    for (const auto& [name, value] : node.attributes.map()) {
      if (node.op_type == "Cast" && name == "to" && is_narrowed(type)) {
        write_attribute(name, static_cast<int64_t>(type), proto->add_attribute());
      } else if (const auto* tensor = std::get_if<Tensor>(&value); tensor && is_narrowed(type)) {
        write_attribute(name, as_stored(*tensor, type), proto->add_attribute());
      } else {
        write_attribute(name, value, proto->add_attribute());
      }
    }
  }

  // What the file said of values in between, with the shapes of now.
  void write_value_info(onnx_pb::GraphProto* proto) const {
    std::unordered_set<ValueId> outer(graph_.inputs.begin(), graph_.inputs.end());
    outer.insert(graph_.outputs.begin(), graph_.outputs.end());
    for (const Node& node : graph_.nodes) {
      for (ValueId v : node.outputs) {
        if (v == kNone || outer.count(v) || !shapes_[v].known || !meta_.infos.count(graph_.values[v].name)) continue;
        *proto->add_value_info() = info(v, shapes_[v].shape, {});
      }
    }
  }

  void drop_lost_annotations(onnx_pb::GraphProto* proto, const std::vector<ValueId>& weights) const {
    if (proto->quantization_annotation_size() == 0) return;
    std::unordered_set<std::string> names;
    for (ValueId v : weights) names.insert(graph_.values[v].name);
    for (ValueId v : graph_.inputs) names.insert(graph_.values[v].name);
    for (const Node& node : graph_.nodes) {
      for (ValueId v : node.outputs) {
        if (v != kNone) names.insert(graph_.values[v].name);
      }
    }
    auto* all = proto->mutable_quantization_annotation();
    for (int i = all->size() - 1; i >= 0; --i) {
      bool is_lost = names.count(all->Get(i).tensor_name()) == 0;
      for (const auto& entry : all->Get(i).quant_parameter_tensor_names()) {
        is_lost = is_lost || names.count(entry.value()) == 0;
      }
      if (is_lost) all->DeleteSubrange(i, 1);
    }
  }

  void add_weight(ValueId v, Pieces& pieces) const {
    const Value& value = graph_.values[v];
    onnx_pb::TensorProto proto;
    const auto rest = meta_.weights.find(value.name);
    if (rest != meta_.weights.end()) proto = unpack<onnx_pb::TensorProto>(rest->second);
    proto.set_name(value.name);
    proto.set_data_type(static_cast<int32_t>(types_[v]));
    for (int64_t dim : value.constant.shape()) proto.add_dims(dim);
    const Tensor stored = as_stored(value.constant, types_[v]);
    std::string head = proto.SerializeAsString() + field_head(9, stored.bytes());
    add(field_head(5, head.size() + stored.bytes()) + head, pieces);
    add(stored, pieces);
  }

  std::string model_head() const {
    onnx_pb::ModelProto proto = unpack<onnx_pb::ModelProto>(meta_.model);
    proto.set_ir_version(meta_.ir_version);
    for (const auto& [domain, version] : meta_.opsets) {
      auto* entry = proto.add_opset_import();
      entry->set_domain(domain);
      entry->set_version(version);
    }
    proto.set_producer_name(model_.source ? meta_.producer_name : "alcedo");
    if (!meta_.producer_version.empty()) proto.set_producer_version(meta_.producer_version);
    if (!meta_.domain.empty()) proto.set_domain(meta_.domain);
    if (meta_.model_version != 0) proto.set_model_version(meta_.model_version);
    if (!meta_.doc.empty()) proto.set_doc_string(meta_.doc);
    for (const auto& [key, value] : meta_.properties) {
      auto* entry = proto.add_metadata_props();
      entry->set_key(key);
      entry->set_value(value);
    }
    return proto.SerializeAsString();
  }

  const OnnxModel& model_;
  Graph graph_;  // at the opset that is written
  Metadata meta_;
  std::vector<KnownShape> shapes_;
  std::vector<DType> types_;
};

}  // namespace
}  // namespace onnx

uint64_t OnnxPieces::size() const {
  uint64_t total = 0;
  for (const FilePiece& piece : list) total += piece.size;
  return total;
}

OnnxPieces onnx_pieces(const OnnxModel& model) {
  OnnxPieces pieces = onnx::Writer(model).write();
  require(pieces.size() < uint64_t{1} << 31, error::kWriteOnnx, "the network has ", pieces.size(),
          " bytes; an ONNX file can hold 2 GiB");
  return pieces;
}

void write_onnx(const OnnxModel& model, const std::string& path) {
  write_file_atomically(path, onnx_pieces(model).list, error::kFileWrite);
}

std::string write_onnx_bytes(const OnnxModel& model) {
  const OnnxPieces pieces = onnx_pieces(model);
  std::string bytes;
  bytes.reserve(pieces.size());
  for (const FilePiece& piece : pieces.list) bytes.append(static_cast<const char*>(piece.data), piece.size);
  return bytes;
}

}  // namespace alcedo
