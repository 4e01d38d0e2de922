#include "base/parallel.h"

#include <omp.h>

#include <atomic>
#include <thread>

namespace alcedo {
namespace {
std::atomic<int> threads{0};
}

int thread_num() {
  const int n = threads.load(std::memory_order_relaxed);
  if (n > 0) return n;
  return std::max(1u, std::thread::hardware_concurrency());
}

void set_thread_num(int n) {
  threads.store(n, std::memory_order_relaxed);
  omp_set_num_threads(thread_num());
}

}  // namespace alcedo
