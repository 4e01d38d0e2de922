// Times one plan of the engine: engine_bench NET BATCH SIZE infer|train|score [bf16] [notune] [log] [gradients] [dump FILE].
// NET: resnet18 resnet50 resnet20 vgg16 mobilenet_v2. Prints one JSON line: median ms of a step over about 3 s, build
// time, peak memory.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>

#include "base/parallel.h"
#include "engine/plan.h"
#include "networks.h"
#include "onnx/export.h"

using namespace alcedo;

namespace {
double now() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
double cpu() {
  rusage u{};
  getrusage(RUSAGE_SELF, &u);
  return 1e3 * (static_cast<double>(u.ru_utime.tv_sec + u.ru_stime.tv_sec)) +
         1e-3 * static_cast<double>(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}
}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) return std::puts("engine_bench NET BATCH SIZE infer|train|score [bf16] [notune] [log] [gradients] [dump FILE]"), 2;
  const std::string net = argv[1], mode = argv[4];
  const int64_t batch_size = std::atoi(argv[2]), size = std::atoi(argv[3]);
  PlanOptions options;
  options.update_in_backward = true;
  bool log = false;
  double seconds = 3;
  bench::NetworkBuilder b = bench::make_network(net, size);
  for (int i = 5; i < argc; ++i) {
    if (!std::strcmp(argv[i], "bf16")) options.bf16 = true;
    if (!std::strcmp(argv[i], "notune")) options.autotune = false;
    if (!std::strcmp(argv[i], "log")) log = true;
    if (!std::strcmp(argv[i], "gradients")) options.update_in_backward = false;
    if (!std::strcmp(argv[i], "short")) seconds = 0.5;
    if (!std::strcmp(argv[i], "one")) set_thread_num(1);
    if (!std::strcmp(argv[i], "dump") && i + 1 < argc) write_onnx({b.graph, nullptr}, argv[i + 1]);
  }
  std::vector<float> image(static_cast<size_t>(batch_size * 3 * size * size));
  unsigned state = 1;
  for (float& x : image) {
    state = state * 1664525u + 1013904223u;
    x = static_cast<float>(state >> 8) / 8388608.f - 1;
  }
  Batch batch;
  batch.num = batch_size;
  batch.inputs = {image.data()};
  batch.labels.assign(static_cast<size_t>(batch_size), 1);
  const Loss loss{Loss::Kind::cross_entropy, {b.logits}};
  const std::vector<Shape> shapes{{batch_size, 3, size, size}};
  const double start = now();
  std::unique_ptr<InferencePlan> infer;
  std::unique_ptr<TrainingPlan> train;
  std::unique_ptr<ScoringPlan> score;
  Optimizer optimizer;
  if (mode == "infer") infer = std::make_unique<InferencePlan>(b.graph, shapes, std::vector<ValueId>{b.logits}, options);
  if (mode == "train") train = std::make_unique<TrainingPlan>(b.graph, shapes, loss, options);
  if (mode == "score") score = std::make_unique<ScoringPlan>(b.graph, shapes, loss, b.feature_maps, options);
  const double build = now() - start;
  double value = 0;
  const auto step = [&] {
    if (infer) value = infer->run(batch)[0].data<float>()[0];
    if (train) {
      value = options.update_in_backward ? train->step(batch, 1, optimizer) : train->forward_backward(batch, 1);
      if (!options.update_in_backward) train->update(optimizer);
    }
    if (score) value = score->run(batch)[0][0];
  };
  step();
  std::vector<double> times, cpu_times;
  for (const double end = now() + 1e3 * seconds; now() < end || times.size() < 3;) {
    const double a = now(), c = cpu();
    step();
    times.push_back(now() - a);
    cpu_times.push_back(cpu() - c);
  }
  if (log) std::fputs((infer ? infer->log() : train ? train->log() : score->log()).c_str(), stdout);
  std::sort(times.begin(), times.end());
  std::sort(cpu_times.begin(), cpu_times.end());
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("{\"net\":\"%s\",\"batch\":%ld,\"size\":%ld,\"mode\":\"%s\",\"bf16\":%d,\"tune\":%d,\"threads\":%d,\"ms\":%.2f,"
              "\"min_ms\":%.2f,\"cpu_ms\":%.2f,\"build_ms\":%.1f,\"peak_mib\":%.0f,\"n\":%zu,\"value\":%g}\n",
              net.c_str(), static_cast<long>(batch_size), static_cast<long>(size), mode.c_str(), options.bf16,
              options.autotune, thread_num(), times[times.size() / 2], times[0], cpu_times[cpu_times.size() / 2], build,
              static_cast<double>(usage.ru_maxrss) / 1024, times.size(), value);
  return 0;
}
