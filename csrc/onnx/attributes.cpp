#include "onnx/attributes.h"

#include "base/error.h"
#include "base/error_codes.h"
#include "graph/graph.h"

namespace alcedo::onnx {
using onnx_pb::AttributeProto;

AttributeProto::AttributeType type_of(const AttributeProto& attribute) {
  if (attribute.has_type() && attribute.type() != AttributeProto::UNDEFINED) return attribute.type();
  if (attribute.has_f()) return AttributeProto::FLOAT;
  if (attribute.has_i()) return AttributeProto::INT;
  if (attribute.has_s()) return AttributeProto::STRING;
  if (attribute.has_t()) return AttributeProto::TENSOR;
  if (attribute.has_g()) return AttributeProto::GRAPH;
  if (attribute.has_sparse_tensor()) return AttributeProto::SPARSE_TENSOR;
  if (attribute.floats_size()) return AttributeProto::FLOATS;
  if (attribute.ints_size()) return AttributeProto::INTS;
  if (attribute.strings_size()) return AttributeProto::STRINGS;
  return AttributeProto::UNDEFINED;
}

bool is_readable(const AttributeProto& attribute) {
  switch (type_of(attribute)) {
    case AttributeProto::FLOAT:
    case AttributeProto::INT:
    case AttributeProto::STRING:
    case AttributeProto::TENSOR:
    case AttributeProto::FLOATS:
    case AttributeProto::INTS:
    case AttributeProto::STRINGS:
    case AttributeProto::SPARSE_TENSOR:
      return true;
    default:
      return false;
  }
}

Attribute read_attribute(const AttributeProto& attribute, const TensorReader& reader, bool scanned,
                         const std::string& what, DType* file_dtype) {
  require(attribute.ref_attr_name().empty(), error::kReadOnnx, what, "attribute '", attribute.name(),
          "' refers to an attribute of a function, the node is in none");
  switch (type_of(attribute)) {
    case AttributeProto::FLOAT:
      return attribute.f();
    case AttributeProto::INT:
      return attribute.i();
    case AttributeProto::STRING:
      return attribute.s();
    case AttributeProto::FLOATS:
      return std::vector<float>(attribute.floats().begin(), attribute.floats().end());
    case AttributeProto::INTS:
      return std::vector<int64_t>(attribute.ints().begin(), attribute.ints().end());
    case AttributeProto::STRINGS:
      return std::vector<std::string>(attribute.strings().begin(), attribute.strings().end());
    case AttributeProto::TENSOR: {
      StoredTensor stored = reader.read(attribute.t(), scanned, what + "attribute '" + attribute.name() + "'");
      *file_dtype = stored.file_dtype;
      return stored.tensor;
    }
    case AttributeProto::SPARSE_TENSOR: {
      StoredTensor stored = reader.read(attribute.sparse_tensor(), what + "attribute '" + attribute.name() + "'");
      *file_dtype = stored.file_dtype;
      return stored.tensor;
    }
    default:
      fail(error::kReadOnnx, what, "attribute '", attribute.name(), "' has a type that is not supported");
  }
}

void write_tensor(const Tensor& tensor, onnx_pb::TensorProto* out) {
  for (int64_t dim : tensor.shape()) out->add_dims(dim);
  out->set_data_type(static_cast<int32_t>(tensor.dtype()));
  out->set_raw_data(tensor.raw(), tensor.bytes());
}

void write_attribute(const std::string& name, const Attribute& value, AttributeProto* out) {
  out->set_name(name);
  if (const auto* i = std::get_if<int64_t>(&value)) {
    out->set_type(AttributeProto::INT);
    out->set_i(*i);
  } else if (const auto* f = std::get_if<float>(&value)) {
    out->set_type(AttributeProto::FLOAT);
    out->set_f(*f);
  } else if (const auto* s = std::get_if<std::string>(&value)) {
    out->set_type(AttributeProto::STRING);
    out->set_s(*s);
  } else if (const auto* tensor = std::get_if<Tensor>(&value)) {
    out->set_type(AttributeProto::TENSOR);
    write_tensor(*tensor, out->mutable_t());
  } else if (const auto* ints = std::get_if<std::vector<int64_t>>(&value)) {
    out->set_type(AttributeProto::INTS);
    for (int64_t v : *ints) out->add_ints(v);
  } else if (const auto* floats = std::get_if<std::vector<float>>(&value)) {
    out->set_type(AttributeProto::FLOATS);
    for (float v : *floats) out->add_floats(v);
  } else if (const auto* strings = std::get_if<std::vector<std::string>>(&value)) {
    out->set_type(AttributeProto::STRINGS);
    for (const std::string& v : *strings) out->add_strings(v);
  } else {
    fail(error::kWriteOnnx, "attribute '", name, "' holds a graph, which cannot be written");
  }
}

}  // namespace alcedo::onnx
