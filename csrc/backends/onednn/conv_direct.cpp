#include "backends/onednn/conv_direct.h"

#include <immintrin.h>

#include <algorithm>
#include <limits>

#include "backends/onednn/slab.h"

namespace alcedo::onednn {
namespace {

constexpr int64_t kLanes = 16;

// Two eights at a time: a block of 16. An odd number ends in three.
std::vector<int> groups_of(int64_t channels) {
  std::vector<int> groups;
  int64_t eights = (channels + 7) / 8;
  for (; eights > 3; eights -= 2) groups.push_back(2);
  groups.push_back(static_cast<int>(eights));
  return groups;
}

// Channels [0, num) of one block of 16, for the positions of a row.
ALCEDO_AVX512 void gather_row(const float* src, int64_t width, int64_t num, int64_t step, float* dst) {
  if (num == kLanes) {
    for (int64_t x = 0; x < width; ++x, dst += step) _mm512_storeu_ps(dst, _mm512_loadu_ps(src + x * kLanes));
    return;
  }
  const auto mask = static_cast<__mmask16>((1U << num) - 1);
  for (int64_t x = 0; x < width; ++x, dst += step) _mm512_mask_storeu_ps(dst, mask, _mm512_loadu_ps(src + x * kLanes));
}

}  // namespace

bool DirectConv::set(const ConvShape& shape, const KernelRequest& request) {
  using K = Activation::Kind;
  if (channel_block() != kLanes || shape.groups != 1 || shape.plain_src || shape.dtype != DType::f32 ||
      shape.src_shape.size() != 4)
    return false;
  if (request.training || request.backward || !request.tail.empty() || request.moves_zero()) return false;
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  lowest_ = -kInfinity;
  highest_ = kInfinity;
  if (request.activation.kind == K::relu) {
    lowest_ = 0;
  } else if (request.activation.kind == K::clip) {
    lowest_ = request.activation.alpha;
    highest_ = request.activation.beta;
  } else if (request.activation) {
    return false;
  }
  const int64_t largest = std::numeric_limits<int32_t>::max();
  if (num_elements(shape.src_shape) * kLanes > largest || num_elements(shape.dst_shape) * kLanes > largest)
    return false;
  shape_ = shape;
  groups_ = groups_of(shape.oc());
  gathers_ = shape.kernel[0] * shape.kernel[1] > 1 || shape.pad_begin[0] + shape.pad_begin[1] > 0 ||
             shape.pad_end[0] > 0 || shape.pad_end[1] > 0;
  channels_ = (shape.ic() + 1) / 2 * 2;
  lanes_ = thread_num();
  find_units();
  find_positions();
  return true;
}

// At least some hundred positions in a unit, no more than the cache holds, and work for every thread.
void DirectConv::find_units() {
  constexpr int64_t kFew = 96, kManyFloats = 32768;
  const int64_t batch = shape_.src_shape[0], out_rows = shape_.dst_shape[2], positions = out_rows * shape_.dst_shape[3];
  const auto image_rows = [&](int64_t rows) {
    return (rows - 1) * shape_.stride[0] + (shape_.kernel[0] - 1) * (shape_.dilation[0] + 1) + 1;
  };
  image_width_ = (shape_.dst_shape[3] - 1) * shape_.stride[1] + (shape_.kernel[1] - 1) * (shape_.dilation[1] + 1) + 1;
  const auto image_size = [&](int64_t rows) { return image_rows(rows) * image_width_ * channels_; };
  samples_ = 1;
  while (batch % (samples_ * 2 * lanes_) == 0 && (samples_ * positions < kFew || samples_ * positions % 8 != 0) &&
         image_size(out_rows) * samples_ * 2 <= kManyFloats) {
    samples_ *= 2;
  }
  bands_ = 1;
  const auto band = [&] { return (out_rows + bands_ - 1) / bands_; };
  if (samples_ == 1) {
    if (batch % lanes_ != 0) bands_ = std::min(lanes_, out_rows);
    while (band() > 1 && image_size(band()) > kManyFloats) bands_ *= 2;
  }
  rows_ = band();
  bands_ = (out_rows + rows_ - 1) / rows_;
  image_rows_ = image_rows(rows_);
  if (gathers_) packed_size_ = (samples_ * image_rows_ * image_width_ * channels_ + kLanes - 1) / kLanes * kLanes;
}

void DirectConv::find_positions() {
  const int64_t image = gathers_ ? image_rows_ * image_width_ * channels_ : shape_.padded_ic() * height() * width();
  const int64_t row = gathers_ ? image_width_ * channels_ : width() * kLanes;
  const int64_t column = gathers_ ? channels_ : kLanes;
  const int64_t out_plane = shape_.dst_shape[2] * shape_.dst_shape[3];
  const int64_t out_sample = shape_.padded_oc() * out_plane;
  const auto add = [](std::vector<int32_t>& list, int64_t value) { list.push_back(static_cast<int32_t>(value)); };
  for (int64_t n = 0; n < samples_; ++n) {
    for (int64_t y = 0; y < rows_; ++y) {
      for (int64_t x = 0; x < shape_.dst_shape[3]; ++x) {
        add(src_at_, n * image + y * shape_.stride[0] * row + x * shape_.stride[1] * column);
        add(dst_at_, n * out_sample + (y * shape_.dst_shape[3] + x) * kLanes);
      }
    }
  }
  if (!gathers_) {
    for (int64_t c = 0; c < channels_; c += kLanes) {
      add(run_at_, c * height() * width());
      add(run_length_, std::min(kLanes, channels_ - c));
    }
    steps_ = channels_;
    return;
  }
  for (int64_t y = 0; y < shape_.kernel[0]; ++y) {
    const int64_t at = y * (shape_.dilation[0] + 1) * row;
    if (shape_.dilation[1] == 0) {
      add(run_at_, at);
      add(run_length_, shape_.kernel[1] * channels_);
      continue;
    }
    for (int64_t x = 0; x < shape_.kernel[1]; ++x) {
      add(run_at_, at + x * (shape_.dilation[1] + 1) * column);
      add(run_length_, channels_);
    }
  }
  steps_ = shape_.kernel[0] * shape_.kernel[1] * channels_;
}

size_t DirectConv::weights_bytes() const { return static_cast<size_t>(steps_ * rounded_oc()) * sizeof(float); }

void DirectConv::pack(const Tensor& weights, float* packed) const {
  const int64_t ic = shape_.ic(), oc = shape_.oc(), taps = shape_.kernel[0] * shape_.kernel[1];
  const float* plain = weights.data<float>();
  int64_t first = 0;
  for (const int eights : groups_) {
    for (int64_t k = 0; k < steps_; k += 2) {
      for (int64_t i = 0; i < eights * 16; ++i) {
        const int64_t o = first + i / 2, c = (k + i % 2) % channels_;
        *packed++ = c < ic && o < oc ? plain[(o * ic + c) * taps + k / channels_] : 0.F;
      }
    }
    first += eights * 8;
  }
}

// The rows that a band reads, zeros around them.
void DirectConv::gather(const float* sample, int64_t first_row, float* image) const {
  const int64_t row_size = image_width_ * channels_, left = shape_.pad_begin[1];
  const int64_t plane = height() * width(), columns = std::min(width(), image_width_ - left);
  for (int64_t r = 0; r < image_rows_; ++r) {
    const int64_t y = first_row * shape_.stride[0] - shape_.pad_begin[0] + r;
    float* to = image + r * row_size;
    if (y < 0 || y >= height()) {
      std::fill_n(to, row_size, 0.F);
      continue;
    }
    std::fill_n(to, left * channels_, 0.F);
    const int64_t behind = left + columns;
    std::fill_n(to + behind * channels_, (image_width_ - behind) * channels_, 0.F);
    to += left * channels_;
    for (int64_t c = 0; c < channels_; c += kLanes) {
      gather_row(sample + c * plane + y * width() * kLanes, columns, std::min(kLanes, channels_ - c), channels_,
                 to + c);
    }
  }
}

void DirectConv::run_unit(int64_t unit, const float* src, const float* weights, const float* bias,
                          const float* residual, float* dst, float* scratch) const {
  const int64_t in_plane = height() * width(), out_width = shape_.dst_shape[3];
  const int64_t out_plane = shape_.dst_shape[2] * out_width;
  const int64_t first_sample = unit / bands_ * samples_, first_row = unit % bands_ * rows_;
  const int64_t rows = std::min(rows_, shape_.dst_shape[2] - first_row);
  const int64_t in_channels = shape_.padded_ic();
  const float* sample = src + first_sample * in_channels * in_plane;
  TileCall call{};
  if (gathers_) {
    for (int64_t n = 0; n < samples_; ++n) {
      gather(sample + n * in_channels * in_plane, first_row, scratch + n * image_rows_ * image_width_ * channels_);
    }
    call.src = scratch;
  } else {
    call.src = sample + first_row * shape_.stride[0] * width() * kLanes;
  }
  const int64_t out = first_sample * shape_.padded_oc() * out_plane + first_row * out_width * kLanes;
  call.src_at = src_at_.data();
  call.dst_at = dst_at_.data();
  call.num = samples_ * rows * out_width;
  call.run_at = run_at_.data();
  call.run_length = run_length_.data();
  call.num_runs = static_cast<int64_t>(run_at_.size());
  call.weights = weights;
  call.bias = bias;
  call.residual = residual ? residual + out : nullptr;
  call.dst = dst + out;
  call.block_stride = out_plane * kLanes;
  call.lowest = lowest_;
  call.highest = highest_;
  for (const int eights : groups_) {
    call.eights = eights;
    run_tiles(call);
    call.weights += steps_ * eights * 8;
    if (bias) call.bias += eights * 8;
    call.dst += call.block_stride;
    if (residual) call.residual += call.block_stride;
  }
}

void DirectConv::run(const float* src, const float* weights, const float* bias, const float* residual, float* dst,
                     float* scratch) const {
  const int64_t units = shape_.src_shape[0] / samples_ * bands_;
  parallel_for(lanes_, 1, [&](int64_t begin, int64_t end) {
    for (int64_t lane = begin; lane < end; ++lane) {
      for (int64_t unit = lane * units / lanes_; unit < (lane + 1) * units / lanes_; ++unit) {
        run_unit(unit, src, weights, bias, residual, dst, scratch + lane * packed_size_);
      }
    }
  });
}

}  // namespace alcedo::onednn
