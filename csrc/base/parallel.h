// One pool size for everything (set_system('thread_num', n)); oneDNN's loops run in the same threads.
#pragma once

#include <cstdint>

namespace alcedo {

int core_num();  // of the machine, >= 1
// Number of compute threads, >= 1. Default: number of cores.
int thread_num();
void set_thread_num(int n);

// Calls body(begin, end) over [0, n) in chunks of at least `grain`; the split never changes the results of bodies
// that write disjoint outputs. An exception of the body is rethrown in the calling thread.
template <class Body>
void parallel_for(int64_t n, int64_t grain, const Body& body);

}  // namespace alcedo

#include "base/parallel_impl.h"
