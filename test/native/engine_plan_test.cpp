// What plans are made of, told by their logs: fusion, reorders, allocations, threads.
#include <link.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <new>
#include <sstream>
#include <thread>

#include "base/parallel.h"
#include "engine_support.h"

namespace {

// Addresses of the code of a library that this process has loaded.
struct Code {
  uintptr_t begin = 0, end = 0;
  bool has(const void* address) const {
    const auto a = reinterpret_cast<uintptr_t>(address);
    return a >= begin && a < end;
  }
};
Code code_of(const char* library) {
  std::pair<const char*, Code> wanted{library, {}};
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* data) {
        auto& [name, code] = *static_cast<std::pair<const char*, Code>*>(data);
        if (!std::strstr(info->dlpi_name, name)) return 0;
        for (int i = 0; i < info->dlpi_phnum; ++i) {
          const auto& part = info->dlpi_phdr[i];
          if (part.p_type != PT_LOAD || !(part.p_flags & PF_X)) continue;
          code = {info->dlpi_addr + part.p_vaddr, info->dlpi_addr + part.p_vaddr + part.p_memsz};
        }
        return 1;
      },
      &wanted);
  return wanted.second;
}

// Allocations while counting is on. oneDNN makes a list of its arguments in every call of a primitive.
std::atomic<bool> counting{false};
std::atomic<long> own_allocations{0}, onednn_allocations{0};
Code onednn_code;

void count_one(const void* caller) {
  if (counting) ++(onednn_code.has(caller) ? onednn_allocations : own_allocations);
}
#ifdef __SANITIZE_ADDRESS__
void* plain_malloc(std::size_t size) { return std::malloc(size); }
#else
extern "C" void* __libc_malloc(std::size_t);
extern "C" void* __libc_calloc(std::size_t, std::size_t);
extern "C" void* __libc_realloc(void*, std::size_t);
void* plain_malloc(std::size_t size) { return __libc_malloc(size); }
#endif

void* allocated(std::size_t size, const void* caller) {
  count_one(caller);
  void* memory = plain_malloc(size > 0 ? size : 1);
  if (!memory) throw std::bad_alloc();
  return memory;
}
}  // namespace

// For the whole test program and the libraries it loads.
#ifndef __SANITIZE_ADDRESS__
extern "C" void* malloc(std::size_t size) {
  count_one(__builtin_return_address(0));
  return __libc_malloc(size);
}
extern "C" void* calloc(std::size_t num, std::size_t size) {
  count_one(__builtin_return_address(0));
  return __libc_calloc(num, size);
}
extern "C" void* realloc(void* memory, std::size_t size) {
  count_one(__builtin_return_address(0));
  return __libc_realloc(memory, size);
}
#endif
void* operator new(std::size_t size) { return allocated(size, __builtin_return_address(0)); }
void* operator new[](std::size_t size) { return allocated(size, __builtin_return_address(0)); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

using namespace alcedo;
using namespace alcedo::test;

TEST_SUITE_BEGIN("engine");

namespace {

std::vector<std::string> lines_of(const std::string& log) {
  std::vector<std::string> lines;
  std::istringstream stream(log);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

int count(const std::string& log, const std::string& beginning) {
  int num = 0;
  for (const std::string& line : lines_of(log)) num += line.compare(0, beginning.size(), beginning) == 0 ? 1 : 0;
  return num;
}
// Lines of layers, not of their backward passes or of what these make again.
int count_with(const std::string& log, const std::string& part) {
  int num = 0;
  for (const std::string& line : lines_of(log)) {
    const std::string label = line.substr(0, line.find("  "));
    const bool layer = label.find("backward") == std::string::npos && label.find(" again") == std::string::npos &&
                       label.find(" gradient:") == std::string::npos;
    num += layer && label.find(part) != std::string::npos ? 1 : 0;
  }
  return num;
}

// Reorders between the first convolution and the global pooling.
int reorders_inside(const std::string& log) {
  int num = 0;
  bool inside = false;
  for (const std::string& line : lines_of(log)) {
    if (line.compare(0, 4, "Conv") == 0) inside = true;
    if (line.compare(0, 17, "GlobalAveragePool") == 0) return num;
    if (inside && line.compare(0, 7, "reorder") == 0) ++num;
  }
  return num;
}

struct Sample {
  explicit Sample(Residual& net, int64_t size = 12)
      : input(net.b.random({5, 3, size, size})),
        batch(batch_of({input})),
        loss{Loss::Kind::cross_entropy, {net.logits}} {
    batch.labels = {0, 3, 5, 1, 2};
  }
  Tensor input;
  Batch batch;
  Loss loss;
};

PlanOptions by_rule() {
  PlanOptions options;
  options.autotune = false;
  return options;
}

}  // namespace

TEST_CASE("plan: fused nodes are fused, no reorder inside a residual stage") {
  Residual net(32, 64, 16);
  Sample s(net, 16);
  InferencePlan inference(net.b.graph, {s.input.shape()}, {net.logits}, by_rule());
  inference.run(s.batch);
  std::string log = inference.log();
  CAPTURE(log);
  CHECK(reorders_inside(log) == 0);
  CHECK(count(log, "BatchNormalization") == 0);
  CHECK(count(log, "Relu") == 0);
  CHECK(count(log, "Add") == 0);
  CHECK(count_with(log, "+BatchNormalization+Relu") == 3);
  CHECK(count_with(log, "+BatchNormalization+Add+Relu") == 2);

  TrainingPlan training(net.b.graph, {s.input.shape()}, s.loss, by_rule());
  training.forward_backward(s.batch, 1);
  log = training.log();
  CHECK(reorders_inside(log) == 0);
  CHECK(count(log, "Relu") == 0);
  CHECK(count_with(log, "BatchNormalization") == 6);
  CHECK(count_with(log, "+Relu") >= 5);

  ScoringPlan scoring(net.b.graph, {s.input.shape()}, s.loss, net.maps, by_rule());
  scoring.run(s.batch);
  log = scoring.log();
  CHECK(reorders_inside(log) == 0);
  CHECK(count(log, "Relu") == 0);
  CHECK(count_with(log, "+BatchNormalization") == 6);
  CHECK(count(log, "Add") == 0);
  CHECK(count_with(log, "+BatchNormalization+Add+Relu") == 2);
}

TEST_CASE("plan: nothing is allocated in a steady step but by oneDNN's own calls") {
  onednn_code = code_of("libdnnl");
  REQUIRE(onednn_code.end > onednn_code.begin);
  Residual net(32, 64, 16);
  Sample s(net, 16);
  InferencePlan inference(net.b.graph, {s.input.shape()}, {net.logits});
  PlanOptions inside;
  inside.update_in_backward = true;
  TrainingPlan training(net.b.graph, {s.input.shape()}, s.loss),
      stepwise(net.b.graph, {s.input.shape()}, s.loss, inside);
  ScoringPlan scoring(net.b.graph, {s.input.shape()}, s.loss, net.maps);
  Optimizer optimizer, other;
  const auto counted = [&](const auto& step) {
    step();
    step();
    own_allocations = onednn_allocations = 0;
    counting = true;
    step();
    step();
    counting = false;
    return own_allocations.load();
  };
  CHECK(counted([&] { inference.run(s.batch); }) == 0);
  CHECK(onednn_allocations > 0);  // the counter counts
  CHECK(counted([&] {
          training.forward_backward(s.batch, 1);
          training.update(optimizer);
        }) == 0);
  CHECK(counted([&] { stepwise.step(s.batch, 1, other); }) == 0);
  CHECK(counted([&] { scoring.run(s.batch); }) == 0);
  std::unique_ptr<char> seen;
  CHECK(counted([&] { seen = std::make_unique<char>('x'); }) == 2);
  CHECK(*seen == 'x');
}

TEST_CASE("plan: one and two threads give the same bits of outputs and losses") {
  Residual net(32, 64, 16);
  Sample s(net, 16);
  const int threads = thread_num();
  const auto results = [&](int num) {
    set_thread_num(num);
    InferencePlan inference(net.b.graph, {s.input.shape()}, {net.logits}, by_rule());
    const std::vector<float> logits = inference.run(s.batch)[0].to_floats();
    AblationPlan ablation(net.b.graph, {s.input.shape()}, s.loss, by_rule());
    ablation.load(s.batch);
    std::vector<std::vector<float>> all = ablation.ablate({{{net.maps[0], 1}}, {{net.maps[3], 2}}});
    all.push_back(logits);
    return all;
  };
  const auto one = results(1), two = results(2);
  set_thread_num(threads);
  CHECK(one == two);
}

TEST_CASE("plan: two networks run side by side in threads of their own") {
  Residual first(32, 64, 16), second(16, 48, 16);
  const auto run = [](Residual& net, std::vector<float>& logits, int times) {
    Sample s(net, 16);
    InferencePlan plan(net.b.graph, {s.input.shape()}, {net.logits}, by_rule());
    for (int i = 0; i < times; ++i) logits = plan.run(s.batch)[0].to_floats();
  };
  std::vector<float> alone[2], beside[2];
  {
    Residual a(32, 64, 16), b(16, 48, 16);
    run(a, alone[0], 1);
    run(b, alone[1], 1);
  }
  std::thread other([&] { run(second, beside[1], 20); });
  run(first, beside[0], 20);
  other.join();
  CHECK(beside[0] == alone[0]);
  CHECK(beside[1] == alone[1]);
}

TEST_CASE("plan: a caller has thread_num threads, however often it runs") {
  const auto tasks = [] {
    const std::filesystem::directory_iterator all("/proc/self/task");
    return std::distance(begin(all), end(all));
  };
  Residual net(32, 64, 16);
  Sample s(net, 16);
  const int threads = thread_num();
  set_thread_num(2);
  std::ptrdiff_t before = 0, once = 0, often = 0;
  std::thread caller([&] {
    before = tasks();
    InferencePlan plan(net.b.graph, {s.input.shape()}, {net.logits}, by_rule());
    plan.run(s.batch);
    once = tasks();
    for (int i = 0; i < 10; ++i) plan.run(s.batch);
    often = tasks();
  });
  caller.join();
  set_thread_num(threads);
  CHECK(once - before <= 1);
  CHECK(often == once);
}

TEST_SUITE_END();
