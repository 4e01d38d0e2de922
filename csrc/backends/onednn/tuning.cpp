#include "backends/onednn/tuning.h"

#include <omp.h>

#include <algorithm>
#include <chrono>

#include "backends/onednn/tuning_cache.h"
#include "base/arena.h"
#include "base/parallel.h"

namespace alcedo {
namespace onednn {
namespace {

// Memory for the runs, kept from one to the next while a plan is built.
Arena& tuning_memory() {
  thread_local Arena arena;
  return arena;
}

}  // namespace

double time_primitive(const dnnl::primitive& primitive, const ArgumentList& arguments) {
  using Clock = std::chrono::steady_clock;
  size_t bytes = 0;
  const auto rounded = [](size_t n) { return (n + 4095) / 4096 * 4096; };
  for (const auto& argument : arguments) bytes += rounded(argument.second.get_size());
  if (tuning_memory().bytes() < bytes) tuning_memory().allocate(bytes);
  Args args;
  size_t offset = 0;
  for (const auto& [id, desc] : arguments) {
    args.emplace(id, memory(desc, cpu(), tuning_memory().data() + offset));
    offset += rounded(desc.get_size());
  }
  omp_set_num_threads(thread_num());
  double best = 1e30;
  for (int run = 0; run < 3; ++run) {
    const auto start = Clock::now();
    primitive.execute(stream(), args);
    stream().wait();
    const double ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    if (run > 0) best = std::min(best, ms);
  }
  return best;
}

bool second_is_faster(const std::string& key, const std::function<double()>& first,
                      const std::function<double()>& second) {
  const std::string full = key + "/" + std::to_string(thread_num());
  bool faster = false;
  if (known_choice(full, faster)) return faster;
  faster = second() < 0.95 * first();
  keep_choice(full, faster);
  return faster;
}

}  // namespace onednn

void end_tuning() {
  onednn::tuning_memory().release();
  onednn::save_choices();
}

}  // namespace alcedo
