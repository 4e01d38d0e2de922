// memcpy by all threads, for blocks that do not fit into the caches.
#pragma once

#include <cstring>

#include "base/parallel.h"

namespace alcedo {

inline void parallel_copy(void* to, const void* from, size_t bytes) {
  constexpr int64_t kBytes = 1 << 16;  // that one thread copies before another would be worth its start
  parallel_for(static_cast<int64_t>(bytes), kBytes, [&](int64_t begin, int64_t end) {
    std::memcpy(static_cast<char*>(to) + begin, static_cast<const char*>(from) + begin,
                static_cast<size_t>(end - begin));
  });
}

}  // namespace alcedo
