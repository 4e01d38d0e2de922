#include "onnx/functions.h"

#include "base/error.h"
#include "base/error_codes.h"
#include "onnx/attributes.h"
#include "onnx/bodies.h"

namespace alcedo::onnx {
namespace {

using onnx_pb::AttributeProto;
using onnx_pb::FunctionProto;
using onnx_pb::NodeProto;

std::string key(const std::string& domain, const std::string& name, const std::string& overload) {
  return text(domain, '\n', name, '\n', overload);
}

}  // namespace

Functions::Functions(const onnx_pb::ModelProto& model, const TensorReader& reader) : reader_(reader) {
  for (const FunctionProto& function : model.functions()) {
    functions_[key(function.domain(), function.name(), function.overload())] = &function;
  }
}

const FunctionProto* Functions::find(const NodeProto& node) const {
  if (functions_.empty()) return nullptr;
  const auto it = functions_.find(key(node.domain(), node.op_type(), node.overload()));
  return it == functions_.end() ? nullptr : it->second;
}

std::vector<NodeProto> Functions::expand(const NodeProto& call, const FunctionProto& function, bool scanned,
                                         int depth) {
  constexpr int max_depth = 32;
  constexpr int64_t max_nodes = 100000;
  const std::string what = text("[", call.op_type(), " ", call.name(), "] ");
  nodes_ += function.node_size();
  require(depth < max_depth, error::kReadOnnx, what, "functions call each other more than ", max_depth, " deep");
  require(nodes_ <= max_nodes, error::kReadOnnx, what, "the model's functions unfold to more than ", max_nodes,
          " nodes");
  require(call.input_size() <= function.input_size() && call.output_size() <= function.output_size(), error::kReadOnnx,
          what, "more inputs or outputs than function '", function.name(), "' has");

  const std::string prefix = text(call.name().empty() ? function.name() : call.name(), "/", calls_++, "/");
  std::map<std::string, std::string> names{{"", ""}};
  for (int i = 0; i < function.input_size(); ++i) {
    names[function.input(i)] = i < call.input_size() ? call.input(i) : "";
  }
  for (int i = 0; i < call.output_size(); ++i) {
    if (!call.output(i).empty()) names[function.output(i)] = call.output(i);
  }
  const auto rename = [&](const std::string& name) {
    const auto it = names.find(name);
    return it == names.end() ? prefix + name : it->second;
  };

  std::map<std::string, AttributeProto> attributes;
  for (const AttributeProto& attribute : function.attribute_proto()) attributes[attribute.name()] = attribute;
  for (const AttributeProto& attribute : call.attribute()) {
    AttributeProto& own = attributes[attribute.name()] = attribute;
    if (!scanned || type_of(own) != AttributeProto::TENSOR) continue;
    const StoredTensor stored = reader_.read(attribute.t(), true, what);
    own.clear_t();
    write_tensor(as_stored(stored.tensor, stored.file_dtype), own.mutable_t());
  }

  std::vector<NodeProto> nodes;
  for (const NodeProto& inner : function.node()) {
    NodeProto node = inner;
    node.set_name(prefix + (inner.name().empty() ? inner.op_type() : inner.name()));
    NameMap outer = names;
    for (const std::string& name : captured_names(node)) outer[name] = rename(name);
    require(!refers_to_function(node), error::kReadOnnx, what, "a body in function '", function.name(),
            "' reads an attribute of the function");
    for (const std::string& name : node.input()) outer[name] = rename(name);
    rename_inputs(outer, &node);
    for (std::string& name : *node.mutable_output()) name = rename(name);
    const auto renamed = node.attribute();
    node.clear_attribute();
    for (const AttributeProto& attribute : renamed) {
      if (attribute.ref_attr_name().empty()) {
        *node.add_attribute() = attribute;
        continue;
      }
      const auto it = attributes.find(attribute.ref_attr_name());
      if (it == attributes.end()) continue;  // not given and without default: the operator's own default
      AttributeProto* own = node.add_attribute();
      *own = it->second;
      own->set_name(attribute.name());
    }
    nodes.push_back(std::move(node));
  }
  return nodes;
}

}  // namespace alcedo::onnx
