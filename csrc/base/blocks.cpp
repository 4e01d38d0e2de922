#include "base/blocks.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <mutex>

namespace alcedo {
namespace {

constexpr size_t kAlignment = 64;
constexpr size_t kSmallest = size_t{64} << 10;  // smaller blocks come from malloc
constexpr size_t kRegion = size_t{32} << 20;
constexpr size_t kPage = size_t{2} << 20;

constexpr size_t rounded(size_t n, size_t unit) { return (n + unit - 1) / unit * unit; }

struct Region {
  explicit Region(size_t wanted) : bytes(rounded(wanted, kPage)) {
    // Aligned to a page of 2 MiB: what is too much is given back.
    void* memory = ::mmap(nullptr, bytes + kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return;
    char* begin = static_cast<char*>(memory);
    const size_t before = (kPage - reinterpret_cast<uintptr_t>(begin) % kPage) % kPage;
    if (before > 0) ::munmap(begin, before);
    data = begin + before;
    if (before < kPage) ::munmap(data + bytes, kPage - before);
    ::madvise(data, bytes, MADV_HUGEPAGE);
  }
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;
  ~Region() {
    if (data) ::munmap(data, bytes);
  }

  size_t bytes;
  char* data = nullptr;
  size_t used = 0;
};

struct Blocks {
  std::mutex mutex;
  std::weak_ptr<Region> open;  // takes the next blocks as long as one of its blocks lives
};

// Not destroyed: tensors of other statics may outlive it.
Blocks& blocks() {
  static auto* const all = new Blocks;
  return *all;
}

std::shared_ptr<void> from_malloc(size_t bytes) {
  void* block = std::calloc(bytes + kAlignment, 1);
  if (!block) return nullptr;
  void* aligned = reinterpret_cast<void*>(rounded(reinterpret_cast<uintptr_t>(block), kAlignment));
  return {aligned, [block](void*) { std::free(block); }};
}

}  // namespace

std::shared_ptr<void> zeroed_block(size_t bytes) {
  if (bytes < kSmallest || bytes > SIZE_MAX / 2) return from_malloc(bytes);
  const size_t size = rounded(bytes, kAlignment);
  if (size >= kRegion / 2) {
    auto region = std::make_shared<Region>(size);
    if (!region->data) return nullptr;
    void* data = region->data;
    return {region, data};
  }
  Blocks& all = blocks();
  const std::lock_guard<std::mutex> lock(all.mutex);
  std::shared_ptr<Region> region = all.open.lock();
  if (!region || region->bytes - region->used < size) {
    region = std::make_shared<Region>(kRegion);
    if (!region->data) return nullptr;
    all.open = region;
  }
  void* data = region->data + region->used;
  region->used += size;
  return {region, data};
}

}  // namespace alcedo
