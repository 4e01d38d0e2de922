// Node attributes of the file <-> attributes of the graph.
#pragma once

#include "graph/attributes.h"
#include "onnx.pb.h"
#include "onnx/tensors.h"

namespace alcedo::onnx {

// The kind of value; also of files that leave the field `type` out.
onnx_pb::AttributeProto::AttributeType type_of(const onnx_pb::AttributeProto& attribute);

// Throws 7801 for kinds that no layer reads. `file_dtype` gets the type of a narrowed tensor.
Attribute read_attribute(const onnx_pb::AttributeProto& attribute, const TensorReader& reader, bool scanned,
                         const std::string& what, DType* file_dtype);
bool is_readable(const onnx_pb::AttributeProto& attribute);

void write_attribute(const std::string& name, const Attribute& value, onnx_pb::AttributeProto* out);

// Dense tensor as the message, data included.
void write_tensor(const Tensor& tensor, onnx_pb::TensorProto* out);

}  // namespace alcedo::onnx
