// Looking for numbers that are not finite in arrays that seldom hold one.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

namespace alcedo {

// The first infinite value or NaN; nullptr: there is none.
inline const float* find_not_finite(const float* values, int64_t size) {
  constexpr uint32_t kExponent = 0x7F800000;  // all bits of the exponent: infinite or not a number
  uint32_t found = 0;
  for (int64_t i = 0; i < size; ++i) {
    uint32_t bits = 0;
    std::memcpy(&bits, values + i, sizeof(bits));
    found |= static_cast<uint32_t>((bits & kExponent) == kExponent);
  }
  if (found == 0) return nullptr;
  while (std::isfinite(*values)) ++values;
  return values;
}

}  // namespace alcedo
