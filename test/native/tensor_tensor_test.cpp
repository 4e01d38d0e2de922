// Shapes, typed access, sharing, conversion, 16-bit floats.
#include "tensor/tensor.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"

using namespace alcedo;

TEST_SUITE("tensor") {
  TEST_CASE("sizes are checked") {
    CHECK(num_elements({2, 3, 4}) == 24);
    CHECK(num_elements({}) == 1);
    CHECK(num_elements({int64_t{1} << 40, int64_t{1} << 40, 0}) == 0);
    CHECK_THROWS_AS(num_elements({-1}), HException);
    CHECK_THROWS_AS(num_elements({int64_t{1} << 40, 2}), HException);
    CHECK_THROWS_AS(num_elements({int64_t{1} << 62, int64_t{1} << 62}), HException);
    CHECK(to_string({2, 3}) == "[2,3]");
  }

  TEST_CASE("large tensors lie side by side, zeroed, each on its own") {
    // Sizes around the limits below which memory is malloc's and above which it is a region of its own.
    const std::vector<int64_t> sizes{100, 16 << 10, (16 << 10) + 1, 300 << 10, 3 << 20, (4 << 20) + 5, 9 << 20};
    std::vector<Tensor> tensors;
    for (int round = 0; round < 3; ++round) {
      for (const int64_t size : sizes) {
        Tensor tensor(DType::f32, {size});
        CHECK(reinterpret_cast<uintptr_t>(tensor.raw()) % 64 == 0);
        const float* data = tensor.data<float>();
        CHECK(std::all_of(data, data + size, [](float x) { return x == 0; }));
        std::fill_n(tensor.data<float>(), size, static_cast<float>(tensors.size() + 1));
        tensors.push_back(tensor);
      }
      // Some go: what is left keeps its values, and memory that comes again is zero again.
      for (size_t i = round; i < tensors.size(); i += 3) tensors[i] = Tensor();
    }
    for (size_t i = 0; i < tensors.size(); ++i) {
      if (!tensors[i].defined()) continue;
      const float* data = tensors[i].data<float>();
      const auto wanted = static_cast<float>(i + 1);
      CHECK(std::all_of(data, data + tensors[i].size(), [&](float x) { return x == wanted; }));
    }
  }

  TEST_CASE("copies share, clones do not") {
    Tensor a = Tensor::of<float>({2, 2}, {1, 2, 3, 4});
    CHECK(reinterpret_cast<uintptr_t>(a.raw()) % 64 == 0);
    Tensor b = a, c = a.clone(), d = a.reshaped({4});
    a.data<float>()[0] = 9;
    CHECK(b.data<float>()[0] == 9);
    CHECK(d.data<float>()[0] == 9);
    CHECK(c.data<float>()[0] == 1);
    CHECK_THROWS_AS(a.reshaped({3}), HException);
    CHECK_THROWS_AS(a.data<double>(), HException);
    CHECK_THROWS_AS((Tensor::of<float>({3}, {1, 2})), HException);
    CHECK(Tensor(DType::f32, {1000}).data<float>()[999] == 0);
  }

  TEST_CASE("conversion") {
    const float inf = std::numeric_limits<float>::infinity();
    const Tensor a = Tensor::vector<float>({1.9f, -1.9f, 300, NAN, inf, -inf});
    CHECK(a.cast(DType::u8).to_ints() == std::vector<int64_t>{1, 0, 255, 0, 255, 0});
    CHECK(a.cast(DType::i32).to_ints() == std::vector<int64_t>{1, -1, 300, 0, 2147483647, -2147483648LL});
    CHECK(a.cast(DType::boolean).to_ints() == std::vector<int64_t>{1, 1, 1, 1, 1, 1});
    CHECK(Tensor::vector<int64_t>({0, -7}).to_floats() == std::vector<float>{0, -7});
    CHECK(Tensor::vector<bool>({true, false}).to_ints() == std::vector<int64_t>{1, 0});
    CHECK_THROWS_AS(a.to_ints(), HException);
    CHECK_THROWS_AS(Tensor(DType::string, {1}), HException);
  }

  TEST_CASE("16-bit floats survive the way through float") {
    for (uint32_t bits = 0; bits < 0x10000; ++bits) {
      const auto b = static_cast<uint16_t>(bits);
      if (!std::isnan(half_to_float(b))) REQUIRE(float_to_half(half_to_float(b)) == b);
      if (!std::isnan(bfloat16_to_float(b))) REQUIRE(float_to_bfloat16(bfloat16_to_float(b)) == b);
    }
    CHECK(half_to_float(0x3c00) == 1.0f);
    CHECK(float_to_half(65519.0f) == 0x7bff);
    CHECK(float_to_half(65520.0f) == 0x7c00);
    CHECK(float_to_half(1.0f + 1.0f / 2048) == 0x3c00);  // tie to even
    CHECK(float_to_half(1.0f + 3.0f / 2048) == 0x3c02);
    CHECK(float_to_half(std::ldexp(1.0f, -25)) == 0);
    CHECK(std::isnan(half_to_float(float_to_half(NAN))));
    CHECK(std::isnan(bfloat16_to_float(float_to_bfloat16(NAN))));
  }
}
