#include "backends/conv_slice.h"

#include <algorithm>

#include "backends/onednn/activation_math.h"
#include "layers/window.h"

namespace alcedo {
namespace onednn {
namespace {

// One block of output channels: out = activation(before - sum over taps of weights[tap] * plane[offset[tap]]).
struct SliceArgs {
  const float* before;
  float* out;
  const float* plane;
  const int64_t* offsets;    // per tap, within the planes
  const float* const* taps;  // per tap, the weights of this block
  int64_t num_taps, height, width, row_step, column_step;
  Activation activation;
};

template <Act K, int L, int T>
ALCEDO_INLINE void slice(const SliceArgs& a) {
  const ActivationNumbers numbers(a.activation);
  const int64_t num = T > 0 ? T : a.num_taps;
  Vec<L> weights[T > 0 ? T : 1];
  for (int t = 0; t < T; ++t) weights[t] = load<L>(a.taps[t]);
  const float* before = a.before;
  float* out = a.out;
  for (int64_t y = 0; y < a.height; ++y) {
    const float* at = a.plane + y * a.row_step;
    for (int64_t x = 0; x < a.width; ++x, at += a.column_step, before += L, out += L) {
      Vec<L> sum = load<L>(before);
      if constexpr (T > 0) {
        for (int t = 0; t < T; ++t) sum -= weights[t] * at[a.offsets[t]];
      } else {
        for (int64_t t = 0; t < num; ++t) sum -= load<L>(a.taps[t]) * at[a.offsets[t]];
      }
      store<L>(out, activate<K, L>(sum, numbers));
    }
  }
}

template <int L>
ALCEDO_INLINE void slice_any(const SliceArgs& args) {
  with_cheap_activation(
      args.activation.kind, [&](auto act) __attribute__((always_inline)) {
        constexpr Act K = decltype(act)::value;
        if (args.num_taps == 9) return slice<K, L, 9>(args);
        if (args.num_taps == 1) return slice<K, L, 1>(args);
        slice<K, L, 0>(args);
      });
}
ALCEDO_CLONES void slice_16(const SliceArgs& args) { slice_any<16>(args); }
ALCEDO_CLONES void slice_8(const SliceArgs& args) { slice_any<8>(args); }

}  // namespace
}  // namespace onednn

bool ConvSlice::fits(const KernelRequest& request, const MemoryDesc& src, const MemoryDesc& dst) {
  return request.node->op_type == "Conv" && request.node->attributes.integer("group", 1) == 1 && !request.residual &&
         src.shape.size() == 4 && src.dtype == DType::f32 && dst.dtype == DType::f32 &&
         (dst.block == 16 || dst.block == 8) && onednn::is_linear_piecewise(request.activation.kind);
}

ConvSlice::ConvSlice(const KernelRequest& request, const MemoryDesc& src, const MemoryDesc& dst, const Tensor& weights)
    : src_(src), dst_(dst), activation_(request.activation) {
  const Window window = window_of(*request.node, src.shape, {weights.dim(2), weights.dim(3)});
  src_.shape[0] = dst_.shape[0] = 1;
  for (int i = 0; i < 2; ++i) {
    kernel_[i] = window.kernel[i];
    stride_[i] = window.stride[i];
    dilation_[i] = window.dilation[i];
    pad_begin_[i] = window.pad_begin[i];
    // As far as the last window reaches, and all of the source.
    plane_[i] = std::max((window.out[i] - 1) * stride_[i] + (kernel_[i] - 1) * dilation_[i] + 1,
                         window.pad_begin[i] + window.in[i]);
  }
  oc_ = dst.channel_blocks() * dst.block;
  const int64_t oc = weights.dim(0), ic = weights.dim(1), taps = kernel_[0] * kernel_[1];
  weights_.assign(static_cast<size_t>(ic * taps * oc_), 0.f);
  const float* from = weights.data<float>();
  parallel_for(ic, 8, [&](int64_t begin, int64_t end) {
    for (int64_t o = 0; o < oc; ++o) {
      for (int64_t i = begin * taps; i < end * taps; ++i) weights_[i * oc_ + o] = from[o * ic * taps + i];
    }
  });
}

void ConvSlice::run(const std::vector<Row>& rows) const {
  parallel_for(static_cast<int64_t>(rows.size()), 1, [&](int64_t begin, int64_t end) {
    std::vector<float> planes;
    for (int64_t i = begin; i < end; ++i) {
      if (dst_.block == 16) {
        run_row<16>(rows[i], planes);
      } else {
        run_row<8>(rows[i], planes);
      }
    }
  });
}

template <int L>
void ConvSlice::run_row(const Row& row, std::vector<float>& planes) const {
  const int64_t size = plane_[0] * plane_[1], height = src_.shape[2], width = src_.shape[3];
  const int64_t taps = kernel_[0] * kernel_[1];
  planes.assign(static_cast<size_t>(size * row.num_channels), 0.f);
  std::vector<float> dense(static_cast<size_t>(height * width));
  std::vector<int64_t> offsets;
  for (int64_t c = 0; c < row.num_channels; ++c) {
    copy_channel(src_, const_cast<void*>(row.src), row.channels[c], dense.data(), true);
    float* plane = planes.data() + c * size;
    for (int64_t y = 0; y < height; ++y) {
      std::copy_n(dense.data() + y * width, width, plane + (y + pad_begin_[0]) * plane_[1] + pad_begin_[1]);
    }
    for (int64_t y = 0; y < kernel_[0]; ++y) {
      for (int64_t x = 0; x < kernel_[1]; ++x) {
        offsets.push_back(c * size + y * dilation_[0] * plane_[1] + x * dilation_[1]);
      }
    }
  }
  std::vector<const float*> weights(offsets.size());
  onednn::SliceArgs args{};
  args.plane = planes.data();
  args.offsets = offsets.data();
  args.taps = weights.data();
  args.num_taps = static_cast<int64_t>(offsets.size());
  args.height = dst_.shape[2];
  args.width = dst_.shape[3];
  args.row_step = stride_[0] * plane_[1];
  args.column_step = stride_[1];
  args.activation = activation_;
  const int64_t slab = args.height * args.width * L;
  for (int64_t block = 0; block < oc_ / L; ++block) {
    for (size_t t = 0; t < weights.size(); ++t) {
      const int64_t c = row.channels[static_cast<int64_t>(t) / taps];
      weights[t] = weights_.data() + (c * taps + static_cast<int64_t>(t) % taps) * oc_ + block * L;
    }
    args.before = row.before + block * slab;
    args.out = static_cast<float*>(row.dst) + block * slab;
    L == 16 ? onednn::slice_16(args) : onednn::slice_8(args);
  }
}

}  // namespace alcedo
