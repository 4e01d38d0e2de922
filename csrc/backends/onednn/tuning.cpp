#include "backends/onednn/tuning.h"

#include <algorithm>
#include <chrono>

#include "backends/onednn/tuning_cache.h"
#include "base/arena.h"
#include "base/parallel.h"

namespace alcedo {
namespace onednn {
namespace {

constexpr double kClear = 1.3;
// Another program can take the processor from any run, so the fastest counts: of two, of more where runs are short.
constexpr double kEnough = 3;  // ms
constexpr int kMostRuns = 8;

// Memory for the runs, kept from one to the next while a plan is built.
Arena& tuning_memory() {
  thread_local Arena arena;
  return arena;
}

// ms; a run that takes less than `clear` needs no second one.
double best_of(const Trial& trial, double clear) {
  trial.run();  // fresh pages, cold caches
  double best = trial.run(), sum = best;
  for (int i = 1; best >= clear && i < kMostRuns && (i < 2 || sum < kEnough); ++i) {
    const double ms = trial.run();
    best = std::min(best, ms);
    sum += ms;
  }
  return best;
}

}  // namespace

Trial::Trial(const dnnl::primitive& primitive, const ArgumentList& arguments) {
  size_t bytes = 0;
  const auto rounded = [](size_t n) { return (n + 4095) / 4096 * 4096; };
  for (const auto& argument : arguments) bytes += rounded(argument.second.get_size());
  if (tuning_memory().bytes() < bytes) tuning_memory().allocate(bytes);
  size_t offset = 0;
  Args args;
  for (const auto& [id, desc] : arguments) {
    args.emplace(id, memory(desc, cpu(), tuning_memory().data() + offset));
    offset += rounded(desc.get_size());
  }
  set_openmp_threads(thread_num());
  run_ = [primitive, args] {
    primitive.execute(stream(), args);
    stream().wait();
  };
}

Trial::Trial(size_t floats, std::function<void(float*)> body) {
  const size_t bytes = floats * sizeof(float);
  if (tuning_memory().bytes() < bytes) tuning_memory().allocate(bytes);
  auto* memory = reinterpret_cast<float*>(tuning_memory().data());
  run_ = [body = std::move(body), memory] { body(memory); };
}

double Trial::run() const {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  run_();
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

bool second_is_faster(const std::string& key, const std::function<Trial()>& first,
                      const std::function<Trial()>& second) {
  const std::string full = key + "/" + std::to_string(thread_num());
  bool faster = false;
  if (known_choice(full, faster)) return faster;
  // The larger one first as a rule: memory is taken once.
  const double other = best_of(second(), 0);
  const double own = best_of(first(), other / kClear);
  faster = other < 0.95 * own;
  keep_choice(full, faster);
  return faster;
}

}  // namespace onednn

void end_tuning() {
  onednn::tuning_memory().release();
  onednn::save_choices();
}

}  // namespace alcedo
