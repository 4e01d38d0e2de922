// ONNX tensors <-> tensors of the graph. All floating-point types are computed in float32; the type that the file
// has is returned beside the tensor, to be used again on writing.
#pragma once

#include <string>

#include "onnx.pb.h"
#include "onnx/bytes.h"
#include "onnx/external.h"
#include "tensor/tensor.h"

namespace alcedo::onnx {

struct StoredTensor {
  Tensor tensor;
  DType file_dtype = DType::undefined;  // undefined: the tensor's own
};

// The type in which values of an ONNX type are computed; throws 7801 for types that no layer computes with.
DType computed_type(int32_t onnx_type, const std::string& what);
bool is_narrowed(DType dtype);  // float16, bfloat16, float64: kept in float32

class TensorReader {
 public:
  TensorReader(const ByteSource& source, ExternalData& external) : source_(source), external_(external) {}

  // `scanned`: raw_data was replaced by scan(). `what` names the tensor in messages.
  StoredTensor read(const onnx_pb::TensorProto& tensor, bool scanned, const std::string& what) const;
  // Makes a sparse tensor dense.
  StoredTensor read(const onnx_pb::SparseTensorProto& sparse, const std::string& what) const;
  // Puts the data that lies elsewhere into the message, which stays as it is otherwise.
  void embed(onnx_pb::TensorProto* tensor, bool scanned, const std::string& what) const;

 private:
  Tensor read_as_stored(const onnx_pb::TensorProto& tensor, bool scanned, const std::string& what) const;

  const ByteSource& source_;
  ExternalData& external_;
};

// Converts to what the file has. The same buffer if nothing is to convert.
Tensor as_stored(const Tensor& tensor, DType file_dtype);

}  // namespace alcedo::onnx
