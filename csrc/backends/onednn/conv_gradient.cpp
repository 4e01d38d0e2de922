#include "backends/onednn/conv_gradient.h"

#include <algorithm>

#include "backends/onednn/threads.h"
#include "base/parallel.h"

namespace alcedo::onednn {
namespace {

constexpr size_t kAlign = 64;
constexpr int64_t kGrain = 1 << 14;  // floats

size_t aligned(size_t bytes) { return (bytes + kAlign - 1) / kAlign * kAlign; }

const char* ahead(const void* base, size_t bytes) { return static_cast<const char*>(base) + bytes; }
char* ahead(void* base, size_t bytes) { return static_cast<char*>(base) + bytes; }

void add(void* sum, const void* part, int64_t size) {
  float* to = static_cast<float*>(sum);
  const float* from = static_cast<const float*>(part);
  parallel_for(size, kGrain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) to[i] += from[i];
  });
}

}  // namespace

int64_t gradient_parts(const ConvShape& shape, bool autotune) {
  if (autotune) return 1;
  const int64_t batch = shape.src_shape[0];
  int64_t parts = std::max<int64_t>(1, std::min<int64_t>(batch, core_num()));
  while (batch % parts != 0) --parts;
  return parts;
}

WeightGradient::WeightGradient(const dnnl::convolution_backward_weights::primitive_desc& pd, int64_t parts,
                               const ConvShape& shape)
    : src_(pd.src_desc().get_size()),
      dst_(pd.diff_dst_desc().get_size()),
      weights_(aligned(pd.diff_weights_desc().get_size())),
      bias_(shape.bias ? aligned(pd.diff_bias_desc().get_size()) : 0),
      pad_(aligned(pd.scratchpad_desc().get_size())),
      weight_floats_(static_cast<int64_t>(pd.diff_weights_desc().get_size() / sizeof(float))),
      bias_floats_(shape.bias ? static_cast<int64_t>(pd.diff_bias_desc().get_size() / sizeof(float)) : 0) {
  if (DepthwiseGradient::wanted(pd, shape)) {
    depthwise_ = DepthwiseGradient(shape, block_of(pd.src_desc()));
    return;
  }
  std::vector<std::pair<int, memory::desc>> list{{DNNL_ARG_SRC, pd.src_desc()},
                                                 {DNNL_ARG_DIFF_DST, pd.diff_dst_desc()},
                                                 {DNNL_ARG_DIFF_WEIGHTS, pd.diff_weights_desc()},
                                                 {DNNL_ARG_SCRATCHPAD, pd.scratchpad_desc()}};
  if (shape.bias) list.push_back({DNNL_ARG_DIFF_BIAS, pd.diff_bias_desc()});
  for (int64_t i = 0; i < parts; ++i) parts_.emplace_back(dnnl::convolution_backward_weights(pd), list);
}

size_t WeightGradient::scratch_bytes() const {
  const size_t parts = parts_.size();
  return parts == 0 ? 0 : parts * pad_ + (parts - 1) * (weights_ + bias_);
}

void WeightGradient::run(const void* src, const void* diff_dst, void* diff_weights, void* diff_bias, void* scratch) {
  if (depthwise_) {
    return depthwise_.run(static_cast<const float*>(src), static_cast<const float*>(diff_dst),
                          static_cast<float*>(diff_weights), static_cast<float*>(diff_bias));
  }
  const size_t parts = parts_.size();
  char* const sums = ahead(scratch, parts * pad_);
  const auto part = [&](size_t i) {
    char* const own = i == 0 ? nullptr : ahead(sums, (i - 1) * (weights_ + bias_));
    void* const to = own ? own : diff_weights;
    void* const pad = ahead(scratch, i * pad_);
    if (bias_ > 0) {
      void* const bias = own ? ahead(own, weights_) : diff_bias;
      parts_[i].run({ahead(src, i * src_), ahead(diff_dst, i * dst_), to, pad, bias});
    } else {
      parts_[i].run({ahead(src, i * src_), ahead(diff_dst, i * dst_), to, pad});
    }
  };
  if (parts == 1) return part(0);
  parallel_for(static_cast<int64_t>(parts), 1, [&](int64_t begin, int64_t end) {
    const OneThread one(true);
    for (int64_t i = begin; i < end; ++i) part(static_cast<size_t>(i));
  });
  for (size_t i = 1; i < parts; ++i) {
    const char* const own = ahead(sums, (i - 1) * (weights_ + bias_));
    add(diff_weights, own, weight_floats_);
    if (bias_ > 0) add(diff_bias, ahead(own, weights_), bias_floats_);
  }
}

}  // namespace alcedo::onednn
