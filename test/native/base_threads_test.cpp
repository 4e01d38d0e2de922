// The pool of compute threads.
#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include "base/parallel.h"
#include "base/thread_pool.h"

using namespace alcedo;

TEST_SUITE("base") {
  TEST_CASE("a region runs once per place, and barriers keep its threads together") {
    struct Job {
      std::atomic<int> visits[3]{}, before{0};
      std::atomic<bool> apart{false};
    } job;
    for (int round = 1; round <= 50; ++round) {
      job.before = 0;
      run_in_pool(
          3,
          [](void* data) {
            Job& j = *static_cast<Job*>(data);
            if (team_size() != 3 || !in_region()) j.apart = true;
            ++j.visits[team_place()];
            for (int step = 1; step <= 3; ++step) {
              ++j.before;
              team_barrier();
              if (j.before < 3 * step) j.apart = true;
              team_barrier();
            }
          },
          &job);
      for (const auto& visits : job.visits) CHECK(visits == round);
    }
    CHECK_FALSE(job.apart);
    CHECK(team_size() == 1);
    CHECK_FALSE(in_region());
  }

  TEST_CASE("regions within regions run alone, several callers take turns") {
    set_thread_num(2);
    std::atomic<int> sum{0};
    const auto work = [&sum] {
      for (int i = 0; i < 200; ++i) {
        parallel_for(8, 1, [&](int64_t begin, int64_t end) {
          parallel_for(end - begin, 1, [&](int64_t first, int64_t last) { sum += static_cast<int>(last - first); });
        });
      }
    };
    std::vector<std::thread> callers;
    for (int i = 0; i < 3; ++i) callers.emplace_back(work);
    for (std::thread& caller : callers) caller.join();
    CHECK(sum == 3 * 200 * 8);
    set_thread_num(0);
  }

  TEST_CASE("an exception of a thread reaches the caller, and the pool goes on") {
    set_thread_num(2);
    const auto fail_at = [](int64_t bad) {
      parallel_for(2, 1, [bad](int64_t begin, int64_t end) {
        if (begin <= bad && bad < end) throw std::runtime_error("part");
      });
    };
    CHECK_THROWS_WITH(fail_at(1), "part");
    CHECK_THROWS_WITH(fail_at(0), "part");
    CHECK_NOTHROW(fail_at(2));
    set_thread_num(0);
  }
}
