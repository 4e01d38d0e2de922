#include "onnx/build.h"

#include <set>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "base/error.h"
#include "base/error_codes.h"
#include "layers/layer.h"
#include "onnx/attributes.h"
#include "onnx/bodies.h"
#include "onnx/functions.h"

namespace alcedo::onnx {
namespace {

using onnx_pb::GraphProto;
using onnx_pb::ModelProto;
using onnx_pb::NodeProto;
using onnx_pb::ValueInfoProto;

bool is_onnx_domain(const std::string& domain) { return domain.empty() || domain == "ai.onnx"; }

template <class AnyNode>
std::string label(const AnyNode& node) {
  return text("[", node.op_type, " ", node.name, "] ");
}
std::string label(const NodeProto& node) { return text("[", node.op_type(), " ", node.name(), "] "); }

class Builder {
 public:
  Builder(const ModelProto& model, const TensorReader& reader)
      : proto_(model.graph()), reader_(reader), functions_(model, reader) {}

  BuiltGraph build() {
    graph().name = proto_.name();
    graph().doc = proto_.doc_string();
    graph().values.reserve(static_cast<size_t>(proto_.initializer_size()) + 2 * proto_.node_size());
    graph().nodes.reserve(proto_.node_size());
    for (const NodeProto& node : proto_.node()) {
      if (!node.name().empty()) taken_.insert(node.name());
    }
    for (const auto& weight : proto_.initializer()) {
      add_constant(weight.name(), reader_.read(weight, true, text("weight '", weight.name(), "'")));
    }
    for (const auto& weight : proto_.sparse_initializer()) {
      const std::string& name = weight.values().name();
      add_constant(name, reader_.read(weight, text("weight '", name, "'")));
    }
    for (const ValueInfoProto& info : proto_.input()) add_input(info);
    for (const NodeProto& node : proto_.node()) add(node, true, 0);
    for (const ValueInfoProto& info : proto_.value_info()) add_unknown(info);
    for (const ValueInfoProto& info : proto_.output()) add_output(info);
    require(!graph().outputs.empty(), error::kReadOnnx, "the model's graph has no outputs");
    check_inputs();
    return std::move(built_);
  }

 private:
  Graph& graph() { return built_.graph; }

  ValueId value(const std::string& name) {
    if (name.empty()) return kNone;
    const auto [it, is_new] = ids_.emplace(name, static_cast<ValueId>(graph().values.size()));
    if (is_new) {
      Value value;
      value.name = name;
      graph().add_value(std::move(value));
    }
    return it->second;
  }

  void define(ValueId id) {
    require(defined_.insert(id).second, error::kReadOnnx, "value '", graph().values[id].name, "' is defined twice");
  }

  void add_constant(const std::string& name, StoredTensor stored) {
    require(!name.empty(), error::kReadOnnx, "a weight has no name");
    const ValueId id = value(name);
    define(id);
    Value& value = graph().values[id];
    value.dtype = stored.tensor.dtype();
    value.shape = stored.tensor.shape();
    value.file_dtype = stored.file_dtype;
    value.constant = std::move(stored.tensor);
  }

  void set_type(ValueId id, const ValueInfoProto& info, const std::string& what) {
    Value& value = graph().values[id];
    const auto& type = info.type().tensor_type();
    value.dtype = computed_type(type.elem_type(), what);
    const auto file_dtype = static_cast<DType>(type.elem_type());
    if (value.dtype != file_dtype) value.file_dtype = file_dtype;
    value.shape.clear();
    value.dim_params.clear();
    for (const auto& dim : type.shape().dim()) {
      const int64_t size = dim.has_dim_value() ? dim.dim_value() : -1;
      require(size >= -1, error::kReadOnnx, what, " has a negative dimension, ", size);
      value.shape.push_back(size);
      value.dim_params.push_back(dim.dim_param());
    }
    Shape largest = value.shape;
    for (int64_t& dim : largest) dim = std::max<int64_t>(dim, 1);
    try {
      num_elements(largest);
    } catch (const HException& error) {
      fail(error::kReadOnnx, what, ": ", error.text());
    }
  }

  void add_input(const ValueInfoProto& info) {
    const std::string what = text("graph input '", info.name(), "'");
    require(!info.name().empty(), error::kReadOnnx, "a graph input has no name");
    const auto known = ids_.find(info.name());
    if (known != ids_.end() && graph().values[known->second].is_constant()) return;  // a weight's default value
    const ValueId id = value(info.name());
    define(id);
    require(info.type().has_tensor_type(), error::kReadOnnx, what, " is not a tensor");
    require(info.type().tensor_type().has_shape(), error::kReadOnnx, what, " has no shape");
    set_type(id, info, what);
    graph().inputs.push_back(id);
    inputs_.insert(id);
  }

  // What the file says of the results of operators that are not known here is all that is known of them.
  void add_unknown(const ValueInfoProto& info) {
    const auto known = ids_.find(info.name());
    if (known == ids_.end() || !unknown_.count(known->second) || !info.type().tensor_type().has_shape()) return;
    set_type(known->second, info, text("value '", info.name(), "'"));
  }

  void add_output(const ValueInfoProto& info) {
    const std::string what = text("graph output '", info.name(), "'");
    const auto known = ids_.find(info.name());
    require(known != ids_.end() && defined_.count(known->second), error::kReadOnnx, what, " is computed by no node");
    if (info.type().has_tensor_type() && !inputs_.count(known->second)) {
      if (!graph().values[known->second].is_constant()) set_type(known->second, info, what);
    }
    graph().outputs.push_back(known->second);
  }

  std::string unique_name(const NodeProto& node) {
    std::string name = node.name();
    if (!name.empty() && used_.insert(name).second) return name;
    const std::string base = name.empty() ? node.op_type() : name;
    do {
      name = text(base, "_", counters_[base]++);
    } while (taken_.count(name) > 0 || !used_.insert(name).second);
    return name;
  }

  void add(const NodeProto& proto, bool scanned, int depth) {
    if (const auto* function = functions_.find(proto)) {
      for (const NodeProto& inner : functions_.expand(proto, *function, scanned, depth)) add(inner, false, depth + 1);
      return;
    }
    Node node;
    node.name = unique_name(proto);
    node.op_type = is_onnx_domain(proto.domain()) ? proto.op_type() : text(proto.domain(), "::", proto.op_type());
    if (node.op_type == "Constant" && add_constant_node(proto, scanned)) return;
    const bool is_known = find_layer(node.op_type) != nullptr;
    DType file_dtype = DType::undefined;
    NodeProto unread;
    for (const auto& attribute : proto.attribute()) {
      const bool keeps_type = !is_known && attribute.has_t();  // an unknown operator's tensor is written as it was read
      if (is_readable(attribute) && !keeps_type) {
        node.attributes.set(attribute.name(), read_attribute(attribute, reader_, scanned, label(proto), &file_dtype));
      } else if (!is_known) {
        *unread.add_attribute() = attribute;
      } else {
        built_.problems.push_back(
            text(label(node), "has an attribute that is not understood, '", attribute.name(), "'"));
        break;
      }
    }
    for (const std::string& name : proto.input()) node.inputs.push_back(value(name));
    for (const std::string& name : proto.output()) {
      const ValueId id = value(name);
      node.outputs.push_back(id);
      if (id == kNone) continue;
      define(id);
      if (!is_known) unknown_.insert(id);
    }
    if (unread.attribute_size() > 0) {
      keep_unread(proto, node, unread, scanned);
    } else {
      while (!node.inputs.empty() && node.inputs.back() == kNone) node.inputs.pop_back();
    }
    settle_type(node, file_dtype);
    if (depth == 0) built_.nodes[node.name] = &proto;
    graph().add_node(std::move(node));
  }

  void keep_unread(const NodeProto& proto, Node& node, NodeProto& unread, bool scanned) {
    for (const std::string& name : captured_names(proto)) node.inputs.push_back(value(name));
    for (auto& attribute : *unread.mutable_attribute()) {
      if (attribute.has_t()) reader_.embed(attribute.mutable_t(), scanned, "attribute '" + attribute.name() + "'");
    }
    embed_data(&unread, reader_, scanned);
    if (node.op_type == "If") take_types(unread, node);
    built_.unread[node.name] = {std::move(unread), proto.input_size()};
  }

  // The results of an If are what both of its branches say.
  void take_types(const NodeProto& bodies, const Node& node) {
    for (int i = 0; i < static_cast<int>(node.outputs.size()); ++i) {
      const ValueInfoProto* said = nullptr;
      for (const auto& attribute : bodies.attribute()) {
        if (attribute.g().output_size() <= i) return;
        const ValueInfoProto& info = attribute.g().output(i);
        const bool is_other = said != nullptr && said->type().SerializeAsString() != info.type().SerializeAsString();
        if (!info.type().tensor_type().has_shape() || is_other) return;
        said = &info;
      }
      if (said != nullptr && node.outputs[i] != kNone) set_type(node.outputs[i], *said, label(node) + "result");
    }
  }

  // Nodes that choose an element type: computed in float32, the file's own type is kept at the output.
  void settle_type(Node& node, DType file_dtype) {
    if (node.outputs.empty() || node.outputs[0] == kNone) return;
    Value& output = graph().values[node.outputs[0]];
    if (node.op_type == "Cast" && node.attributes.has("to")) {
      const int64_t to = node.attributes.integer("to", 0);
      const DType computed = computed_type(static_cast<int32_t>(to), text("[Cast ", node.name, "] attribute 'to'"));
      if (static_cast<int64_t>(computed) != to) output.file_dtype = static_cast<DType>(to);
      node.attributes.set("to", static_cast<int64_t>(computed));
    } else if (node.op_type == "ConstantOfShape") {
      output.file_dtype = file_dtype;
    }
  }

  bool add_constant_node(const NodeProto& proto, bool scanned) {
    require(proto.output_size() == 1 && !proto.output(0).empty(), error::kReadOnnx, label(proto),
            "a Constant has one output");
    require(proto.attribute_size() == 1, error::kReadOnnx, label(proto), "a Constant has one value");
    const auto& attribute = proto.attribute(0);
    StoredTensor stored;
    const Attribute value = read_attribute(attribute, reader_, scanned, label(proto), &stored.file_dtype);
    if (const auto* tensor = std::get_if<Tensor>(&value)) {
      stored.tensor = *tensor;
    } else if (const auto* f = std::get_if<float>(&value)) {
      stored.tensor = Tensor::scalar(*f);
    } else if (const auto* i = std::get_if<int64_t>(&value)) {
      stored.tensor = Tensor::scalar(*i);
    } else if (const auto* floats = std::get_if<std::vector<float>>(&value)) {
      stored.tensor = Tensor::vector(*floats);
    } else if (const auto* ints = std::get_if<std::vector<int64_t>>(&value)) {
      stored.tensor = Tensor::vector(*ints);
    } else {
      fail(error::kReadOnnx, label(proto), "string constants are not supported");
    }
    add_constant(proto.output(0), std::move(stored));
    return true;
  }

  void check_inputs() {
    for (const Node& node : graph().nodes) {
      for (ValueId id : node.inputs) {
        require(id == kNone || defined_.count(id), error::kReadOnnx, "[", node.op_type, " ", node.name, "] input '",
                id == kNone ? "" : graph().values[id].name,
                "' is neither a weight nor a graph input nor the output of a node");
      }
    }
  }

  const GraphProto& proto_;
  const TensorReader& reader_;
  Functions functions_;
  BuiltGraph built_;
  std::unordered_map<std::string, ValueId> ids_;
  std::unordered_set<ValueId> defined_, inputs_, unknown_;  // unknown_: results of unknown operators
  std::unordered_set<std::string_view> taken_;              // node names in the file
  std::unordered_set<std::string> used_;                    // node names given so far
  std::unordered_map<std::string, int> counters_;
};

}  // namespace

BuiltGraph build_graph(const ModelProto& model, const TensorReader& reader) { return Builder(model, reader).build(); }

}  // namespace alcedo::onnx
