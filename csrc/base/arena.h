// One region of memory on 2 MiB pages where the system gives them: a 4 KiB page fault
// costs more than the arithmetic on the page.
#pragma once

#include <cstddef>

namespace alcedo {

class Arena {
 public:
  Arena() = default;
  ~Arena() { release(); }
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  void allocate(size_t bytes);  // contents zero; frees what was held before
  void release();
  char* data() const { return data_; }
  size_t bytes() const { return bytes_; }

 private:
  char* data_ = nullptr;
  size_t bytes_ = 0;
};

}  // namespace alcedo
