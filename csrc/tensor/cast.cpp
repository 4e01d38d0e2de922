// Conversion between element types. Floats become integers by truncation; what does not fit is clamped and NaN is 0,
// so that no input has an undefined result.
#include <limits>

#include "base/error.h"
#include "base/error_codes.h"
#include "base/parallel.h"
#include "tensor/tensor.h"

namespace alcedo {
namespace {

// How an element type is read and written: Stored in memory, Number in arithmetic.
template <class T>
struct Plain {
  using Stored = T;
  static T load(T stored) { return stored; }
  template <class From>
  static T store(From value) {
    if constexpr (std::is_floating_point_v<From> && std::is_integral_v<T>) {
      if (value != value) return 0;
      if (value <= static_cast<From>(std::numeric_limits<T>::min())) return std::numeric_limits<T>::min();
      if (value >= static_cast<From>(std::numeric_limits<T>::max())) return std::numeric_limits<T>::max();
    }
    return static_cast<T>(value);
  }
};

struct Boolean {
  using Stored = uint8_t;
  static uint8_t load(uint8_t stored) { return stored != 0; }
  template <class From>
  static uint8_t store(From value) {
    return value != From{0};
  }
};

struct Half {
  using Stored = uint16_t;
  static float load(uint16_t stored) { return half_to_float(stored); }
  template <class From>
  static uint16_t store(From value) {
    return float_to_half(static_cast<float>(value));
  }
};

struct Brain {
  using Stored = uint16_t;
  static float load(uint16_t stored) { return bfloat16_to_float(stored); }
  template <class From>
  static uint16_t store(From value) {
    return float_to_bfloat16(static_cast<float>(value));
  }
};

template <class Use>
void with_type(DType dtype, const Use& use) {
  switch (dtype) {
    case DType::f32:
      return use(Plain<float>{});
    case DType::f64:
      return use(Plain<double>{});
    case DType::u8:
      return use(Plain<uint8_t>{});
    case DType::i8:
      return use(Plain<int8_t>{});
    case DType::u16:
      return use(Plain<uint16_t>{});
    case DType::i16:
      return use(Plain<int16_t>{});
    case DType::u32:
      return use(Plain<uint32_t>{});
    case DType::i32:
      return use(Plain<int32_t>{});
    case DType::u64:
      return use(Plain<uint64_t>{});
    case DType::i64:
      return use(Plain<int64_t>{});
    case DType::boolean:
      return use(Boolean{});
    case DType::f16:
      return use(Half{});
    case DType::bf16:
      return use(Brain{});
    case DType::undefined:
    case DType::string:
      break;
  }
  fail(error::kInternal, "no conversion for a tensor of type ", name_of(dtype));
}

}  // namespace

Tensor Tensor::cast(DType dtype) const {
  if (dtype == dtype_) return clone();
  Tensor result(dtype, shape_);
  with_type(dtype_, [&](auto from) {
    with_type(dtype, [&](auto to) {
      const auto* src = static_cast<const typename decltype(from)::Stored*>(raw());
      auto* dst = static_cast<typename decltype(to)::Stored*>(result.raw());
      parallel_for(size_, 1 << 16, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) dst[i] = to.store(from.load(src[i]));
      });
    });
  });
  return result;
}

std::vector<int64_t> Tensor::to_ints() const {
  require(defined() && dtype_ != DType::f32 && dtype_ != DType::f64 && dtype_ != DType::f16 && dtype_ != DType::bf16,
          error::kInternal, "integers were wanted, the tensor's type is ", name_of(dtype_));
  std::vector<int64_t> values(static_cast<size_t>(size_));
  with_type(dtype_, [&](auto from) {
    const auto* src = static_cast<const typename decltype(from)::Stored*>(raw());
    for (int64_t i = 0; i < size_; ++i) values[i] = static_cast<int64_t>(from.load(src[i]));
  });
  return values;
}

std::vector<float> Tensor::to_floats() const {
  std::vector<float> values(static_cast<size_t>(size_));
  with_type(dtype_, [&](auto from) {
    const auto* src = static_cast<const typename decltype(from)::Stored*>(raw());
    for (int64_t i = 0; i < size_; ++i) values[i] = static_cast<float>(from.load(src[i]));
  });
  return values;
}

}  // namespace alcedo
