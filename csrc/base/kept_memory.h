// Memory of values that come and go with every call, such as results and images. Large blocks that are freed wait for
// the next one of about their size: writing to fresh pages costs many times what the values themselves cost (a 4 KiB
// page fault: up to 12 µs on a virtual machine; 265,000 results of a network: 17 ms a call).
#pragma once

#include <cstddef>

namespace alcedo {

// As calloc() and free() do, and interchangeable with them.
void* kept_calloc(size_t bytes) noexcept;
void kept_free(void* memory) noexcept;

// Bytes of all blocks that wait; at most kMostKept.
size_t kept_bytes() noexcept;
constexpr size_t kMostKept = size_t{64} << 20;
constexpr size_t kSmallestKept = size_t{64} << 10;

}  // namespace alcedo
