#include "base/thread_pool.h"

#include <linux/futex.h>
#include <omp.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/parallel.h"

namespace alcedo {
namespace {

void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

struct Team {
  int place = 0, size = 1;
  bool inside = false;  // of a region with more than one thread, perhaps further out
};
thread_local Team team;
std::atomic<bool> openmp{false};

// Looks at a word for a moment, then sleeps until it moves.
class Word {
 public:
  uint32_t load() const { return value_.load(std::memory_order_acquire); }
  void set(uint32_t value) { value_.store(value, std::memory_order_relaxed); }
  uint32_t add(uint32_t n) { return value_.fetch_add(n) + n; }
  void wake() {
    if (sleepers_.load() > 0) call(FUTEX_WAKE_PRIVATE, INT32_MAX);
  }
  // Until the value is no longer `old`; returns it.
  uint32_t wait_while(uint32_t old) {
    for (int i = 0, n = patience(); i < n; ++i) {
      const uint32_t now = load();
      if (now != old) return now;
      relax();
    }
    sleepers_.fetch_add(1);
    while (value_.load() == old) call(FUTEX_WAIT_PRIVATE, old);
    sleepers_.fetch_sub(1);
    return load();
  }

 private:
  // About a millisecond: the time between two steps. OMP_WAIT_POLICY=passive: where processors are shared.
  static int patience() {
    static const int rounds = [] {
      const char* policy = std::getenv("OMP_WAIT_POLICY");
      const bool passive = policy && (std::strcmp(policy, "passive") == 0 || std::strcmp(policy, "PASSIVE") == 0);
      return passive || core_num() == 1 ? 50 : 40000;
    }();
    return rounds;
  }
  void call(int operation, uint32_t value) {
    ::syscall(SYS_futex, reinterpret_cast<uint32_t*>(&value_), operation, value, nullptr, nullptr, 0);
  }

  std::atomic<uint32_t> value_{0};
  std::atomic<uint32_t> sleepers_{0};
};
static_assert(sizeof(std::atomic<uint32_t>) == sizeof(uint32_t), "futex words");

class Pool {
 public:
  void run(int num, void (*body)(void*), void* data) {
    const std::lock_guard lock(mutex_);
    while (static_cast<int>(gates_.size()) < num - 1) {
      gates_.push_back(std::make_unique<Gate>());
      const int place = static_cast<int>(gates_.size());
      std::thread([this, place, gate = gates_.back().get()] { work(place, *gate); }).detach();
    }
    body_ = body;
    data_ = data;
    size_ = num;
    arrived_.set(0);
    busy_.set(static_cast<uint32_t>(num - 1));
    for (int i = 0; i < num - 1; ++i) {
      gates_[static_cast<size_t>(i)]->word.add(1);
      gates_[static_cast<size_t>(i)]->word.wake();
    }
    team = {0, num, true};
    body(data);
    team = {};
    for (uint32_t left = busy_.load(); left != 0;) left = busy_.wait_while(left);
  }

  void barrier() {
    const auto size = static_cast<uint32_t>(team.size);
    const uint32_t turn = arrived_.add(1), full = (turn + size - 1) / size * size;
    if (turn == full) return arrived_.wake();
    for (uint32_t now = turn; now < full;) now = arrived_.wait_while(now);
  }

 private:
  // Words of different writers lie on different cache lines.
  struct alignas(128) Gate {
    Word word;  // counts the regions in which its worker takes part
  };

  void work(int place, Gate& gate) {
    for (uint32_t seen = 0;;) {
      seen = gate.word.wait_while(seen);
      team = {place, size_, true};
      body_(data_);
      if (busy_.add(static_cast<uint32_t>(-1)) == 0) busy_.wake();
    }
  }

  std::mutex mutex_;
  std::vector<std::unique_ptr<Gate>> gates_;
  void (*body_)(void*) = nullptr;
  void* data_ = nullptr;
  int size_ = 1;
  alignas(128) Word busy_;
  alignas(128) Word arrived_;
};

// Never destroyed: its threads wait on it until the process ends. A forked child has none of the threads.
std::atomic<Pool*>& current_pool() {
  static std::atomic<Pool*> current = [] {
    ::pthread_atfork(nullptr, nullptr, [] { current_pool() = new Pool; });
    return new Pool;
  }();
  return current;
}

void run_as_team_of_one(void (*body)(void*), void* data) {
  const Team outer = team;
  team = {0, 1, outer.inside};
  body(data);
  team = outer;
}

}  // namespace

void run_in_pool(int num, void (*body)(void*), void* data) {
  if (num <= 1 || team.inside) return run_as_team_of_one(body, data);
  if (!openmp.load(std::memory_order_relaxed)) return current_pool().load()->run(num, body, data);
#pragma omp parallel num_threads(num)
  {
    const Team outer = team;
    team = {omp_get_thread_num(), omp_get_num_threads(), true};
    body(data);
    team = outer;
  }
}

int team_place() { return team.place; }
int team_size() { return team.size; }
bool in_region() { return team.inside; }

void team_barrier() {
  if (team.size > 1) current_pool().load()->barrier();
}

void leave_threads_to_openmp() {
  openmp.store(true, std::memory_order_relaxed);
  set_openmp_threads(thread_num());
}

void set_openmp_threads(int num) {
  if (openmp.load(std::memory_order_relaxed)) omp_set_num_threads(num);
}

}  // namespace alcedo
