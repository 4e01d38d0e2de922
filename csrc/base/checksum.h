// FNV-1a over 8-byte words: tells a damaged file from a whole one. Not a cryptographic hash.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace alcedo {

inline uint64_t checksum64(const void* data, size_t size) {
  constexpr uint64_t kPrime = 1099511628211ULL;
  uint64_t hash = 14695981039346656037ULL ^ size;
  const char* bytes = static_cast<const char*>(data);
  for (; size >= 8; size -= 8, bytes += 8) {
    uint64_t word;
    std::memcpy(&word, bytes, 8);
    hash = (hash ^ word) * kPrime;
    hash ^= hash >> 32;
  }
  for (; size > 0; --size, ++bytes) hash = (hash ^ static_cast<unsigned char>(*bytes)) * kPrime;
  return hash;
}

}  // namespace alcedo
