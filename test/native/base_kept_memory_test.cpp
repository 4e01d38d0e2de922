// Memory that waits for the next value of its size.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "base/kept_memory.h"

using namespace alcedo;

namespace {

bool is_zero(const void* memory, size_t bytes) {
  const auto* at = static_cast<const char*>(memory);
  return std::all_of(at, at + bytes, [](char c) { return c == 0; });
}

// Nothing that other tests left behind: one block drives out all others.
void empty_store() {
  kept_free(kept_calloc(kMostKept - kSmallestKept / 4));
  std::free(kept_calloc(kMostKept - kSmallestKept / 4));
}

}  // namespace

TEST_SUITE("base") {
  TEST_CASE("freed blocks serve the next ones of about their size, zeroed") {
    empty_store();
    CHECK(kept_bytes() == 0);
    void* first = kept_calloc(300000);
    REQUIRE(is_zero(first, 300000));
    std::memset(first, 7, 300000);
    kept_free(first);
    CHECK(kept_bytes() >= 300000);
    void* larger = kept_calloc(310000);  // does not fit
    CHECK(larger != first);
    void* smaller = kept_calloc(100000);  // fits, but would waste two thirds
    CHECK(smaller != first);
    void* second = kept_calloc(280000);
    CHECK(second == first);
    CHECK(is_zero(second, 280000));
    CHECK(kept_bytes() == 0);
    for (void* memory : {larger, smaller, second}) kept_free(memory);
  }

  TEST_CASE("small blocks and those of other allocators are none of its business") {
    empty_store();
    kept_free(nullptr);
    kept_free(kept_calloc(kSmallestKept / 2));
    CHECK(kept_bytes() == 0);
    kept_free(std::malloc(2 * kSmallestKept));
    CHECK(kept_bytes() >= 2 * kSmallestKept);
    std::free(kept_calloc(2 * kSmallestKept));
    CHECK(kept_bytes() == 0);
  }

  TEST_CASE("what waits stays within its bound, the oldest goes first") {
    empty_store();
    std::vector<void*> all;
    for (int i = 0; i < 100; ++i) all.push_back(kept_calloc(kSmallestKept + 4096 * static_cast<size_t>(i)));
    for (void* memory : all) kept_free(memory);
    CHECK(kept_bytes() <= kMostKept);
    CHECK(kept_bytes() > 0);
    void* big = kept_calloc(kMostKept - 4096);
    kept_free(big);
    CHECK(kept_bytes() >= kMostKept - 4096);
    CHECK(kept_bytes() <= kMostKept);
    empty_store();
  }
}
