#pragma once

#include <algorithm>
#include <exception>

namespace alcedo {

template <class Body>
void parallel_for(int64_t n, int64_t grain, const Body& body) {
  if (n <= 0) return;
  const int64_t chunks = std::min<int64_t>(thread_num(), (n + grain - 1) / std::max<int64_t>(grain, 1));
  if (chunks <= 1) {
    body(int64_t{0}, n);
    return;
  }
  std::exception_ptr error;
#pragma omp parallel for schedule(static) num_threads(static_cast <int>(chunks))
  for (int64_t c = 0; c < chunks; ++c) {
    try {
      body(n * c / chunks, n * (c + 1) / chunks);
    } catch (...) {
#pragma omp critical(alcedo_parallel_for)
      if (!error) error = std::current_exception();
    }
  }
  if (error) std::rethrow_exception(error);
}

}  // namespace alcedo
