// Our own direct convolution, for few channels: the sum runs over the channels that exist, and output channels are
// rounded up to 8, not to 16. Float32, forward, AVX-512.
#pragma once

#include "backends/onednn/conv.h"
#include "backends/onednn/conv_tiles.h"

namespace alcedo::onednn {

class DirectConv {
 public:
  // False: not for this kernel.
  bool set(const ConvShape& shape, const KernelRequest& request);

  size_t weights_bytes() const;
  size_t bias_bytes() const { return static_cast<size_t>(rounded_oc()) * sizeof(float); }
  size_t scratch_bytes() const { return static_cast<size_t>(lanes_ * packed_size_) * sizeof(float); }
  void pack(const Tensor& weights, float* packed) const;

  // `bias` and `residual` may be nullptr; `residual` may be `dst`.
  void run(const float* src, const float* weights, const float* bias, const float* residual, float* dst,
           float* scratch) const;

 private:
  int64_t rounded_oc() const { return (shape_.oc() + 7) / 8 * 8; }
  int64_t height() const { return shape_.src_shape[2]; }
  int64_t width() const { return shape_.src_shape[3]; }
  void find_units();
  void find_positions();
  void gather(const float* sample, int64_t first_row, float* image) const;
  void run_unit(int64_t unit, const float* src, const float* weights, const float* bias, const float* residual,
                float* dst, float* scratch) const;

  ConvShape shape_;
  std::vector<int> groups_;  // of output channels, in eights
  float lowest_, highest_;
  bool gathers_;              // the source is copied with its padding around it, channels side by side
  int64_t channels_, steps_;  // channels in a position of the source as it is read; length of a sum
  int64_t lanes_;             // threads
  // A unit of work: some samples, or a band of rows of one.
  int64_t samples_, bands_, rows_;
  int64_t image_rows_, image_width_, packed_size_ = 0;
  std::vector<int32_t> src_at_, dst_at_, run_at_, run_length_;
};

// The kernel, where it was measured to be faster than `choice`; else nullptr.
std::unique_ptr<Kernel> create_direct_conv(const KernelRequest& request, const ConvShape& shape,
                                           const ConvChoice& choice);

}  // namespace alcedo::onednn
