// oneDNN's own best for one layer: every algorithm and memory format that it offers is timed, the fastest kept.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <oneapi/dnnl/dnnl.hpp>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/arena.h"
#include "layer_ours.h"

namespace alcedo::bench {

inline double milliseconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

class OneDnn {
 public:
  using Descs = std::vector<std::pair<int, dnnl::memory::desc>>;
  struct Candidate {
    std::string name;
    dnnl::primitive primitive;
    Descs descs;
  };

  static dnnl::engine& engine() {
    static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    return engine;
  }
  static dnnl::stream& stream() {
    static dnnl::stream stream(engine());
    return stream;
  }

  // Combinations that the library does not have are passed over.
  void offer(const std::string& label, const std::function<Candidate()>& make) {
    try {
      Candidate candidate = make();
      candidate.name = label + (label.empty() ? "" : " ") + candidate.name;
      bind(candidate);
      double ms = 1e30;
      for (int i = 0; i < 4; ++i) ms = std::min(ms, milliseconds([&] { execute(candidate.primitive); }));
      if (ms >= best_ms_) return;
      best_ms_ = ms;
      best_ = candidate;
    } catch (const dnnl::error&) {
      return;
    }
  }
  // After the last offer.
  void settle() {
    if (best_.primitive) bind(best_);
  }
  void run() { execute(best_.primitive); }
  bool found() const { return static_cast<bool>(best_.primitive); }
  const std::string& name() const { return best_.name; }

 private:
  void execute(const dnnl::primitive& primitive) {
    primitive.execute(stream(), args_);
    stream().wait();
  }
  void bind(const Candidate& candidate) {
    const auto rounded = [](size_t bytes) { return (bytes + 4095) / 4096 * 4096; };
    size_t total = 0;
    for (const auto& [id, desc] : candidate.descs) total += rounded(desc.get_size());
    if (arena_.bytes() < total) arena_.allocate(total);
    args_.clear();
    char* next = arena_.data();
    for (const auto& [id, desc] : candidate.descs) {
      args_.emplace(id, dnnl::memory(desc, engine(), next));
      next += rounded(desc.get_size());
    }
  }

  Candidate best_;
  double best_ms_ = 1e30;
  Arena arena_;
  std::unordered_map<int, dnnl::memory> args_;
};

struct ConvCase {
  int64_t batch, ic, oc, size, kernel, stride, groups;
  int64_t out() const { return (size + 2 * (kernel / 2) - kernel) / stride + 1; }
  double flops() const {
    return 2.0 * static_cast<double>(batch * oc * out() * out() * kernel * kernel * (ic / groups));
  }
};

void offer_conv(OneDnn& best, const ConvCase& conv, Part part, bool bf16);
void offer_batchnorm(OneDnn& best, const Shape& shape, Part part, bool training);
void offer_pool(OneDnn& best, const Shape& src, const Shape& dst, int64_t kernel, int64_t stride, int64_t pad, bool max,
                Part part);
void offer_gemm(OneDnn& best, int64_t batch, int64_t ic, int64_t oc, Part part);
void offer_relu(OneDnn& best, const Shape& shape);
void offer_add(OneDnn& best, const Shape& shape);
void offer_reorder(OneDnn& best, const Shape& shape, bool to_blocked);

}  // namespace alcedo::bench
