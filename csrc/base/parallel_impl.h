#pragma once

#include <algorithm>
#include <atomic>
#include <exception>

#include "base/thread_pool.h"

namespace alcedo {

template <class Body>
void parallel_for(int64_t n, int64_t grain, const Body& body) {
  if (n <= 0) return;
  const int64_t chunks = std::min<int64_t>(thread_num(), (n + grain - 1) / std::max<int64_t>(grain, 1));
  if (chunks <= 1) {
    body(int64_t{0}, n);
    return;
  }
  struct Job {
    int64_t n, chunks;
    const Body* body;
    std::atomic<bool> failed{false};
    std::exception_ptr error;
  } job{n, chunks, &body};
  run_in_pool(
      static_cast<int>(chunks),
      [](void* data) {
        Job& j = *static_cast<Job*>(data);
        for (int64_t c = team_place(); c < j.chunks; c += team_size()) {
          try {
            (*j.body)(j.n * c / j.chunks, j.n * (c + 1) / j.chunks);
          } catch (...) {
            if (!j.failed.exchange(true)) j.error = std::current_exception();
          }
        }
      },
      &job);
  if (job.error) std::rethrow_exception(job.error);
}

}  // namespace alcedo
