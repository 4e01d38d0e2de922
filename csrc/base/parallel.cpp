#include "base/parallel.h"

#include <algorithm>
#include <atomic>
#include <thread>

namespace alcedo {
namespace {
std::atomic<int> threads{0};
}

int core_num() {
  // Asked once: the answer takes a system call of several microseconds.
  static const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  return cores;
}

int thread_num() {
  const int n = threads.load(std::memory_order_relaxed);
  return n > 0 ? n : core_num();
}

void set_thread_num(int n) {
  threads.store(n, std::memory_order_relaxed);
  set_openmp_threads(thread_num());
}

}  // namespace alcedo
