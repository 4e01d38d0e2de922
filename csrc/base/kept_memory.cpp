#include "base/kept_memory.h"

#include <malloc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <mutex>

namespace alcedo {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kKeeps = false;  // it shall see every use of freed memory
#else
constexpr bool kKeeps = true;
#endif

// The oldest block first. Not destroyed: values of other statics may outlive it.
class Waiting {
 public:
  // The smallest block that holds `bytes` and is not much larger; nullptr: there is none.
  void* take(size_t bytes) {
    size_t best = num_;
    for (size_t i = 0; i < num_; ++i) {
      const size_t size = blocks_[i].bytes;
      if (size >= bytes && size - bytes <= bytes / 4 && (best == num_ || size < blocks_[best].bytes)) best = i;
    }
    if (best == num_) return nullptr;
    void* memory = blocks_[best].memory;
    remove(best);
    return memory;
  }

  void add(void* memory, size_t bytes) {
    while (num_ == blocks_.size() || bytes_ + bytes > kMostKept) {
      std::free(blocks_[0].memory);
      remove(0);
    }
    blocks_[num_++] = {memory, bytes};
    bytes_ += bytes;
  }

  size_t bytes() const { return bytes_; }
  std::mutex mutex;

 private:
  struct Block {
    void* memory;
    size_t bytes;
  };
  void remove(size_t i) {
    bytes_ -= blocks_[i].bytes;
    std::copy(blocks_.begin() + i + 1, blocks_.begin() + num_, blocks_.begin() + i);
    --num_;
  }

  std::array<Block, 64> blocks_;
  size_t num_ = 0, bytes_ = 0;
};

Waiting& waiting() {
  static auto* const all = new Waiting;
  return *all;
}

}  // namespace

void* kept_calloc(size_t bytes) noexcept {
  if (kKeeps && bytes >= kSmallestKept && bytes <= kMostKept) {
    void* memory = nullptr;
    {
      const std::lock_guard<std::mutex> lock(waiting().mutex);
      memory = waiting().take(bytes);
    }
    if (memory) return std::memset(memory, 0, bytes);
  }
  return std::calloc(bytes, 1);
}

void kept_free(void* memory) noexcept {
  const size_t bytes = kKeeps && memory ? ::malloc_usable_size(memory) : 0;
  if (bytes < kSmallestKept || bytes > kMostKept) return std::free(memory);
  const std::lock_guard<std::mutex> lock(waiting().mutex);
  waiting().add(memory, bytes);
}

size_t kept_bytes() noexcept {
  const std::lock_guard<std::mutex> lock(waiting().mutex);
  return waiting().bytes();
}

}  // namespace alcedo
