#include "onnx/tensors.h"

#include <cstring>

#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo::onnx {
namespace {

Shape shape_of(const onnx_pb::TensorProto& tensor, const std::string& what) {
  Shape shape(tensor.dims().begin(), tensor.dims().end());
  for (int64_t dim : shape) {
    require(dim >= 0, error::kReadOnnx, what, ": negative dimension in shape ", to_string(shape));
  }
  try {
    num_elements(shape);
  } catch (const HException& error) {
    fail(error::kReadOnnx, what, ": ", error.text());
  }
  return shape;
}

template <class T, class Field>
Tensor from_field(DType dtype, Shape shape, const Field& field, const std::string& what) {
  const int64_t wanted = num_elements(shape);
  require(field.size() == wanted, error::kReadOnnx, what, ": shape ", to_string(shape), " needs ", wanted,
          " values, the file has ", field.size());
  Tensor tensor(dtype, std::move(shape));
  T* data = static_cast<T*>(tensor.raw());
  for (int64_t i = 0; i < wanted; ++i) data[i] = static_cast<T>(field[static_cast<int>(i)]);
  return tensor;
}

}  // namespace

bool is_narrowed(DType dtype) { return dtype == DType::f16 || dtype == DType::bf16 || dtype == DType::f64; }

DType computed_type(int32_t onnx_type, const std::string& what) {
  switch (onnx_type) {
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
    case 6:
    case 7:
    case 9:
    case 12:
    case 13:
      return static_cast<DType>(onnx_type);
    case 10:
    case 11:
    case 16:
      return DType::f32;
    case 0:
      fail(error::kReadOnnx, what, ": the element type is missing");
    case 8:
      fail(error::kReadOnnx, what, ": strings are not supported");
    default:
      fail(error::kReadOnnx, what, ": element type ", onnx_type, " is not supported");
  }
}

Tensor TensorReader::read_as_stored(const onnx_pb::TensorProto& tensor, bool scanned, const std::string& what) const {
  computed_type(tensor.data_type(), what);
  require(!tensor.has_segment(), error::kReadOnnx, what, ": tensors in segments are not supported");
  const auto dtype = static_cast<DType>(tensor.data_type());
  Shape shape = shape_of(tensor, what);
  const uint64_t size = static_cast<uint64_t>(num_elements(shape)) * size_of(dtype);

  // The data is known to be there before memory is taken for it.
  if (tensor.data_location() == onnx_pb::TensorProto::EXTERNAL) {
    Extent extent;
    const ByteSource& file = external_.locate(tensor, size, &extent);
    Tensor result(dtype, std::move(shape));
    file.read(extent.offset, result.raw(), size);
    return result;
  }
  if (tensor.has_raw_data()) {
    const Extent extent = scanned ? extent_of(tensor.raw_data()) : Extent{0, tensor.raw_data().size()};
    require(extent.size == size, error::kReadOnnx, what, ": shape ", to_string(shape), " of ", name_of(dtype),
            " needs ", size, " bytes, the file has ", extent.size);
    Tensor result(dtype, std::move(shape));
    if (scanned) {
      source_.read(extent.offset, result.raw(), size);
    } else if (size > 0) {
      std::memcpy(result.raw(), tensor.raw_data().data(), size);
    }
    return result;
  }
  switch (dtype) {
    case DType::f32:
      return from_field<float>(dtype, std::move(shape), tensor.float_data(), what);
    case DType::f64:
      return from_field<double>(dtype, std::move(shape), tensor.double_data(), what);
    case DType::i64:
      return from_field<int64_t>(dtype, std::move(shape), tensor.int64_data(), what);
    case DType::u64:
      return from_field<uint64_t>(dtype, std::move(shape), tensor.uint64_data(), what);
    case DType::u32:
      return from_field<uint32_t>(dtype, std::move(shape), tensor.uint64_data(), what);
    case DType::i32:
      return from_field<int32_t>(dtype, std::move(shape), tensor.int32_data(), what);
    case DType::i16:
      return from_field<int16_t>(dtype, std::move(shape), tensor.int32_data(), what);
    case DType::i8:
      return from_field<int8_t>(dtype, std::move(shape), tensor.int32_data(), what);
    case DType::u8:
    case DType::boolean:
      return from_field<uint8_t>(dtype, std::move(shape), tensor.int32_data(), what);
    default:
      return from_field<uint16_t>(dtype, std::move(shape), tensor.int32_data(), what);
  }
}

void TensorReader::embed(onnx_pb::TensorProto* tensor, bool scanned, const std::string& what) const {
  if (tensor->data_location() == onnx_pb::TensorProto::EXTERNAL) {
    const Tensor data = read_as_stored(*tensor, scanned, what);
    tensor->clear_external_data();
    tensor->clear_data_location();
    tensor->set_raw_data(data.raw(), data.bytes());
  } else if (scanned && tensor->has_raw_data()) {
    const Extent extent = extent_of(tensor->raw_data());
    std::string bytes(extent.size, '\0');
    source_.read(extent.offset, bytes.data(), extent.size);
    tensor->set_raw_data(std::move(bytes));
  }
}

StoredTensor TensorReader::read(const onnx_pb::TensorProto& tensor, bool scanned, const std::string& what) const {
  StoredTensor result{read_as_stored(tensor, scanned, what), DType::undefined};
  if (is_narrowed(result.tensor.dtype())) {
    result.file_dtype = result.tensor.dtype();
    result.tensor = result.tensor.cast(DType::f32);
  }
  return result;
}

StoredTensor TensorReader::read(const onnx_pb::SparseTensorProto& sparse, const std::string& what) const {
  StoredTensor values = read(sparse.values(), false, what + " (values)");
  const Tensor indices = read(sparse.indices(), false, what + " (indices)").tensor;
  const Shape shape(sparse.dims().begin(), sparse.dims().end());
  for (int64_t dim : shape) {
    require(dim >= 0, error::kReadOnnx, what, ": negative dimension in shape ", to_string(shape));
  }
  // A few bytes can declare any size here: allow what a real network could hold.
  constexpr int64_t limit = int64_t{1} << 26;
  int64_t total = 1;
  for (int64_t dim : shape) {
    require(dim == 0 || total <= limit / dim, error::kReadOnnx, what, ": sparse tensor of shape ", to_string(shape),
            " is too large to be made dense");
    total *= dim;
  }
  const int64_t num = values.tensor.size();
  const int64_t rank = static_cast<int64_t>(shape.size());
  const bool linear = indices.rank() == 1;
  require(indices.dtype() == DType::i64 && (linear ? indices.size() == num : indices.shape() == Shape{num, rank}),
          error::kReadOnnx, what, ": sparse tensor with ", num, " values has indices of shape ",
          to_string(indices.shape()));
  const std::vector<int64_t> index = indices.to_ints();
  Tensor dense(values.tensor.dtype(), shape);
  const size_t width = size_of(dense.dtype());
  for (int64_t k = 0; k < num; ++k) {
    int64_t at = linear ? index[k] : 0;
    for (int64_t d = 0; !linear && d < rank; ++d) {
      const int64_t i = index[k * rank + d];
      require(i >= 0 && i < shape[d], error::kReadOnnx, what, ": sparse index out of range");
      at = at * shape[d] + i;
    }
    require(at >= 0 && at < total, error::kReadOnnx, what, ": sparse index out of range");
    std::memcpy(static_cast<char*>(dense.raw()) + at * width, static_cast<const char*>(values.tensor.raw()) + k * width,
                width);
  }
  return {dense, values.file_dtype};
}

Tensor as_stored(const Tensor& tensor, DType file_dtype) {
  if (file_dtype == DType::undefined || file_dtype == tensor.dtype()) return tensor;
  return tensor.cast(file_dtype);
}

}  // namespace alcedo::onnx
