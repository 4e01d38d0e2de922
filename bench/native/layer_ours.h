// One kernel of the engine with memory of its own, ready to be run again and again.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "backends/backend.h"
#include "base/arena.h"
#include "graph/graph.h"

namespace alcedo::bench {

enum class Part { forward, backward_data, backward_weights };

class Ours {
 public:
  // `src`: shapes of the node's inputs; the first `data` of them are values, the others parameters.
  Ours(const std::string& type, const Attributes& attributes, const std::vector<Shape>& src, size_t data,
       const Shape& dst, Part part, bool training, bool bf16, bool autotune = true) {
    node_.op_type = type;
    node_.name = "bench";
    node_.attributes = attributes;
    for (size_t i = 0; i < src.size(); ++i) node_.inputs.push_back(static_cast<ValueId>(i));
    node_.outputs = {static_cast<ValueId>(src.size())};
    KernelRequest request;
    request.node = &node_;
    request.training = training;
    request.backward = part != Part::forward;
    request.weight_gradients = part == Part::backward_weights;
    request.bf16 = bf16;
    request.autotune = autotune;
    const int block = channel_block();
    for (size_t i = 0; i < src.size(); ++i) {
      request.src.push_back({DType::f32, src[i], {}});
      request.parameter.push_back(i >= data);
      request.diff_wanted.push_back(i < data && part == Part::backward_data);
      MemoryDesc at_hand;
      if (i < data) at_hand = {DType::f32, src[i], src[i].size() == 4 && src[i][1] % block == 0 ? block : 1};
      request.at_hand.push_back(at_hand);
    }
    request.dst.push_back({DType::f32, dst, {}});
    kernel_ = create_kernel(request);
    end_tuning();
    part_ = part;
    bind(request, data);
  }

  void run() {
    if (part_ == Part::forward) {
      kernel_->forward(args_);
    } else {
      kernel_->backward(args_);
    }
  }
  const std::string& name() const { return kernel_->name; }
  Kernel& kernel() { return *kernel_; }
  KernelArgs& args() { return args_; }
  // Bytes that the work must move at least: its values once, each.
  double bytes() const { return bytes_; }

 private:
  void bind(const KernelRequest& request, size_t data) {
    const size_t num = request.src.size();
    size_t total = 0;
    const auto rounded = [](size_t bytes) { return (bytes + 4095) / 4096 * 4096; };
    const auto count = [&](size_t bytes) { total += rounded(bytes); };
    for (size_t i = 0; i < num; ++i) {
      const size_t bytes = i < data ? kernel_->src[i].bytes() : kernel_->parameter_bytes(i);
      count(bytes);
      count(bytes);
    }
    count(kernel_->dst[0].bytes());
    count(kernel_->dst[0].bytes());
    count(kernel_->state_bytes);
    count(kernel_->saved_bytes);
    count(kernel_->scratch_bytes);
    arena_.allocate(total);
    char* next = arena_.data();
    const auto take = [&](size_t bytes) -> void* {
      void* memory = next;
      next += rounded(bytes);
      return bytes == 0 ? nullptr : memory;
    };
    args_.src.assign(num, nullptr);
    args_.parameters.assign(num, nullptr);
    args_.diff_parameters.assign(num, nullptr);
    args_.diff_src.assign(num, nullptr);
    std::vector<Tensor> plain(num);
    std::vector<const Tensor*> pointers(num, nullptr);
    for (size_t i = 0; i < num; ++i) {
      if (i < data) {
        const size_t bytes = kernel_->src[i].bytes();
        void* memory = take(bytes);
        fill(memory, bytes, kernel_->src[i].dtype);
        args_.src[i] = memory;
        void* diff = take(bytes);
        if (request.diff_wanted[i]) args_.diff_src[i] = diff;
        bytes_ += static_cast<double>(bytes);
        continue;
      }
      const size_t bytes = kernel_->parameter_bytes(i);
      plain[i] = Tensor(DType::f32, request.src[i].shape);
      fill(plain[i].raw(), plain[i].bytes(), DType::f32);
      pointers[i] = &plain[i];
      args_.parameters[i] = take(bytes);
      void* diff = take(bytes);
      if (request.weight_gradients) args_.diff_parameters[i] = diff;
      kernel_->pack(i, plain[i], args_.parameters[i]);
      bytes_ += static_cast<double>(bytes);
    }
    const size_t out = kernel_->dst[0].bytes();
    args_.dst = {take(out)};
    args_.diff_dst = {take(out)};
    fill(const_cast<void*>(args_.diff_dst[0]), out, kernel_->dst[0].dtype);
    bytes_ += static_cast<double>(out);
    args_.state = take(kernel_->state_bytes);
    args_.saved = take(kernel_->saved_bytes);
    args_.scratch = take(kernel_->scratch_bytes);
    kernel_->prepare(args_, pointers);
    kernel_->forward(args_);
  }

  static void fill(void* memory, size_t bytes, DType dtype) {
    if (dtype == DType::bf16) {
      std::fill_n(static_cast<uint16_t*>(memory), bytes / 2, uint16_t{0x3dcc});
      return;
    }
    for (size_t i = 0; i < bytes / 4; ++i) {
      static_cast<float*>(memory)[i] = static_cast<float>((i * 37 + 11) % 101) / 101.0F - 0.4F;
    }
  }

  Node node_;
  std::unique_ptr<Kernel> kernel_;
  Part part_ = Part::forward;
  KernelArgs args_;
  Arena arena_;
  double bytes_ = 0;
};

}  // namespace alcedo::bench
