// The peer of C++: tuple_length of one integer, n times, per JSON line (bench/rows/calls.ts).
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "HalconCpp.h"

int main() {
  char line[256];
  while (std::fgets(line, sizeof line, stdin)) {
    const char* number = std::strstr(line, "\"n\":");
    const long n = number ? std::strtol(number + 4, nullptr, 10) : 1;
    const auto start = std::chrono::steady_clock::now();
    for (long i = 0; i < n; ++i) {
      HalconCpp::HTuple length;
      HalconCpp::TupleLength(5, &length);
    }
    const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - start;
    std::printf("{\"ms\":%.9f}\n", spent.count() / static_cast<double>(n));
    std::fflush(stdout);
  }
}
