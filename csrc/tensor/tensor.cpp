// Shapes and the dense tensor: allocation, typed access, reshaping.
#include "tensor/tensor.h"

#include <cstring>

#include "base/blocks.h"
#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo {

int64_t num_elements(const Shape& shape) {
  constexpr int64_t limit = int64_t{1} << 40;
  bool is_empty = false;
  for (int64_t dim : shape) {
    if (dim < 0) fail(error::kInvalidShape, "negative dimension in shape ", to_string(shape));
    is_empty = is_empty || dim == 0;
  }
  if (is_empty) return 0;
  int64_t size = 1;
  for (int64_t dim : shape) {
    if (dim > limit / size) fail(error::kInvalidShape, "shape ", to_string(shape), " has more than 2^40 elements");
    size *= dim;
  }
  return size;
}

std::string to_string(const Shape& shape) {
  std::string out = "[";
  for (size_t i = 0; i < shape.size(); ++i) {
    if (i) out += ',';
    out += std::to_string(shape[i]);
  }
  return out + ']';
}

namespace {

std::shared_ptr<void> allocate(size_t bytes) {
  std::shared_ptr<void> block = zeroed_block(bytes);
  if (!block) throw HException(error::kOutOfMemory, text("out of memory: a tensor needs ", bytes, " bytes"));
  return block;
}

// 16-bit floats are accessed as uint16_t and booleans also as uint8_t: their storage.
template <class T>
bool stores(DType dtype) {
  if (dtype == dtype_of<T>()) return true;
  if (std::is_same_v<T, uint16_t>) return dtype == DType::f16 || dtype == DType::bf16;
  if (std::is_same_v<T, uint8_t>) return dtype == DType::boolean;
  return false;
}

template <class T>
void check_access(DType dtype) {
  require(stores<T>(dtype), error::kInternal, "a tensor of type ", name_of(dtype), " was accessed as ",
          name_of(dtype_of<T>()));
}

}  // namespace

Tensor::Tensor(DType dtype, Shape shape) : dtype_(dtype), shape_(std::move(shape)), size_(num_elements(shape_)) {
  buffer_ = allocate(static_cast<size_t>(size_) * size_of(dtype_));
}

Tensor Tensor::view(DType dtype, Shape shape, void* memory) {
  Tensor tensor;
  tensor.dtype_ = dtype;
  tensor.shape_ = std::move(shape);
  tensor.size_ = num_elements(tensor.shape_);
  tensor.buffer_ = std::shared_ptr<void>(memory, [](void*) {});
  return tensor;
}

template <class T>
Tensor Tensor::of(Shape shape, const std::vector<T>& values) {
  Tensor tensor(dtype_of<T>(), std::move(shape));
  require(tensor.size() == static_cast<int64_t>(values.size()), error::kInvalidShape, "shape ",
          to_string(tensor.shape()), " needs ", tensor.size(), " values, ", values.size(), " were given");
  std::copy(values.begin(), values.end(), tensor.data<T>());
  return tensor;
}

template <class T>
Tensor Tensor::vector(const std::vector<T>& values) {
  return of<T>({static_cast<int64_t>(values.size())}, values);
}

template <class T>
Tensor Tensor::scalar(T value) {
  Tensor tensor(dtype_of<T>(), {});
  *tensor.data<T>() = value;
  return tensor;
}

template <class T>
T* Tensor::data() {
  check_access<T>(dtype_);
  return static_cast<T*>(buffer_.get());
}

template <class T>
const T* Tensor::data() const {
  check_access<T>(dtype_);
  return static_cast<const T*>(buffer_.get());
}

Tensor Tensor::clone() const {
  if (!defined()) return {};
  Tensor copy(dtype_, shape_);
  std::memcpy(copy.raw(), raw(), bytes());
  return copy;
}

Tensor Tensor::reshaped(Shape shape) const {
  require(num_elements(shape) == size_, error::kInvalidShape, "a tensor of shape ", to_string(shape_),
          " cannot be reshaped to ", to_string(shape));
  Tensor view = *this;
  view.shape_ = std::move(shape);
  return view;
}

#define ALCEDO_TENSOR_OF(T)                                    \
  template Tensor Tensor::of<T>(Shape, const std::vector<T>&); \
  template Tensor Tensor::vector<T>(const std::vector<T>&);    \
  template Tensor Tensor::scalar<T>(T);                        \
  template T* Tensor::data<T>();                               \
  template const T* Tensor::data<T>() const;

ALCEDO_TENSOR_OF(float)
ALCEDO_TENSOR_OF(double)
ALCEDO_TENSOR_OF(bool)
ALCEDO_TENSOR_OF(int8_t)
ALCEDO_TENSOR_OF(uint8_t)
ALCEDO_TENSOR_OF(int16_t)
ALCEDO_TENSOR_OF(uint16_t)
ALCEDO_TENSOR_OF(int32_t)
ALCEDO_TENSOR_OF(uint32_t)
ALCEDO_TENSOR_OF(int64_t)
ALCEDO_TENSOR_OF(uint64_t)
#undef ALCEDO_TENSOR_OF

}  // namespace alcedo
