// FNV-1a over 8-byte words: tells a damaged file from a whole one. Not a cryptographic hash.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace alcedo {

// Of content that comes in parts; the whole size is known before.
class Checksum64 {
 public:
  explicit Checksum64(uint64_t whole_size) : hash_(14695981039346656037ULL ^ whole_size) {}

  void add(const void* data, size_t size) {
    const char* bytes = static_cast<const char*>(data);
    while (size > 0 && (filled_ > 0 || size < sizeof rest_)) {
      rest_[filled_++] = *bytes++;
      --size;
      if (filled_ < sizeof rest_) continue;
      add_word(rest_);
      filled_ = 0;
    }
    for (; size >= sizeof rest_; size -= sizeof rest_, bytes += sizeof rest_) add_word(bytes);
    for (; size > 0; --size) rest_[filled_++] = *bytes++;
  }

  uint64_t value() const {
    uint64_t hash = hash_;
    for (size_t i = 0; i < filled_; ++i) hash = (hash ^ static_cast<unsigned char>(rest_[i])) * kPrime;
    return hash;
  }

 private:
  static constexpr uint64_t kPrime = 1099511628211ULL;

  void add_word(const char* bytes) {
    uint64_t word;
    std::memcpy(&word, bytes, sizeof word);
    hash_ = (hash_ ^ word) * kPrime;
    hash_ ^= hash_ >> 32;
  }

  uint64_t hash_;
  char rest_[8] = {};  // bytes of a word that is not complete yet
  size_t filled_ = 0;
};

inline uint64_t checksum64(const void* data, size_t size) {
  Checksum64 sum(size);
  sum.add(data, size);
  return sum.value();
}

}  // namespace alcedo
