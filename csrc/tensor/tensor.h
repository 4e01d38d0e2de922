// Element types, shapes and the plain (row-major, dense) tensor of the compute side.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

namespace alcedo {

// Numbers are ONNX's TensorProto.DataType.
enum class DType : uint8_t {
  undefined = 0,
  f32 = 1,
  u8 = 2,
  i8 = 3,
  u16 = 4,
  i16 = 5,
  i32 = 6,
  i64 = 7,
  string = 8,
  boolean = 9,
  f16 = 10,
  f64 = 11,
  u32 = 12,
  u64 = 13,
  bf16 = 16
};
size_t size_of(DType dtype);       // bytes of one element; throws for undefined and string
const char* name_of(DType dtype);  // "float32", "int64", ...
template <class T>
DType dtype_of();  // float -> f32, double -> f64, int64_t -> i64, uint8_t -> u8, ...

using Shape = std::vector<int64_t>;
// Product of the dims. Throws 7735 for negative dims and for sizes above 2^40 elements.
int64_t num_elements(const Shape& shape);
std::string to_string(const Shape& shape);  // "[2,3,8,8]"

// Copies share the buffer; clone() makes a copy of one's own. The buffer is 64-byte aligned.
class Tensor {
 public:
  Tensor() = default;
  Tensor(DType dtype, Shape shape);  // contents zero
  template <class T>
  static Tensor of(Shape shape, const std::vector<T>& values);
  template <class T>
  static Tensor vector(const std::vector<T>& values);  // 1-d
  template <class T>
  static Tensor scalar(T value);  // 0-d
  // On memory of someone else, who keeps it alive.
  static Tensor view(DType dtype, Shape shape, void* memory);

  bool defined() const { return dtype_ != DType::undefined; }
  DType dtype() const { return dtype_; }
  const Shape& shape() const { return shape_; }
  int rank() const { return static_cast<int>(shape_.size()); }
  int64_t dim(int axis) const { return shape_[axis < 0 ? axis + rank() : axis]; }
  int64_t size() const { return size_; }
  size_t bytes() const { return size_ * size_of(dtype_); }

  // Typed access; throws 7779 if T is not the tensor's type.
  template <class T>
  T* data();
  template <class T>
  const T* data() const;
  void* raw() { return buffer_.get(); }
  const void* raw() const { return buffer_.get(); }

  Tensor clone() const;
  Tensor reshaped(Shape shape) const;    // shares the buffer; sizes must agree
  Tensor cast(DType dtype) const;        // converts element by element (floats to integers truncate)
  std::vector<int64_t> to_ints() const;  // any integer or boolean type
  std::vector<float> to_floats() const;  // any numeric type

 private:
  DType dtype_ = DType::undefined;
  Shape shape_;
  int64_t size_ = 0;
  std::shared_ptr<void> buffer_;
};

float half_to_float(uint16_t bits);
uint16_t float_to_half(float value);
float bfloat16_to_float(uint16_t bits);
uint16_t float_to_bfloat16(float value);

}  // namespace alcedo
