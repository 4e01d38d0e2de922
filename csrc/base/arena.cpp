#include "base/arena.h"

#include <sys/mman.h>

#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo {

void Arena::allocate(size_t bytes) {
  release();
  if (bytes == 0) return;
  constexpr size_t kPage = size_t{2} << 20;
  const size_t size = (bytes + kPage - 1) / kPage * kPage;
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) fail(error::kOutOfMemory, "out of memory: ", bytes, " bytes are needed");
  ::madvise(memory, size, MADV_HUGEPAGE);
  data_ = static_cast<char*>(memory);
  bytes_ = size;
}

void Arena::release() {
  if (data_) ::munmap(data_, bytes_);
  data_ = nullptr;
  bytes_ = 0;
}

}  // namespace alcedo
