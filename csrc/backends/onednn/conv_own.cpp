// Our own direct convolution as a kernel, and when it is taken.
#include "backends/onednn/conv_direct.h"
#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo::onednn {
namespace {

class DirectConvKernel final : public Kernel {
 public:
  DirectConvKernel(const KernelRequest& request, const ConvShape& shape, DirectConv conv)
      : Kernel(request), conv_(std::move(conv)), shape_(shape) {
    src[0] = shape.src_format(shape.block);
    dst[0] = shape.dst_format(shape.block);
    if (request.residual) {
      residual_ = static_cast<int>(request.src.size());
      src[request.src.size()] = dst[0];
    }
    inplace_src = residual_;
    name = "own:direct";
    flops = shape.flops();
    scratch_bytes = conv_.scratch_bytes();
  }

  size_t parameter_bytes(size_t port) const override { return port == 1 ? conv_.weights_bytes() : conv_.bias_bytes(); }

  void pack(size_t port, const Tensor& plain, void* packed) const override {
    auto* to = static_cast<float*>(packed);
    if (port == 1) return conv_.pack(plain, to);
    std::fill_n(to, conv_.bias_bytes() / sizeof(float), 0.F);
    std::copy_n(plain.data<float>(), plain.size(), to);
  }

  bool same_forms(const Kernel& other) const override {
    const auto* conv = dynamic_cast<const DirectConvKernel*>(&other);
    return conv && conv->shape_.bias == shape_.bias;
  }

  void unpack(size_t, const void*, Tensor&) const override { fail(error::kInternal, name, " is never trained"); }

  void forward(const KernelArgs& args) override {
    conv_.run(static_cast<const float*>(args.src[0]), static_cast<const float*>(args.parameters[1]),
              shape_.bias ? static_cast<const float*>(args.parameters[2]) : nullptr,
              residual_ >= 0 ? static_cast<const float*>(args.src[residual_]) : nullptr,
              static_cast<float*>(args.dst[0]), static_cast<float*>(args.scratch));
  }

 private:
  DirectConv conv_;
  ConvShape shape_;
  int residual_ = -1;
};

// Trials take time: only what has few channels, or many of which blocks of 16 are padding. oneDNN's 1x1 convolutions
// without a stride are never slower.
bool may_be_faster(const ConvShape& s) {
  if (s.kernel.size() != 2 || s.kernel[0] * s.kernel[1] * s.stride[0] * s.stride[1] == 1) return false;
  const auto eights = [](int64_t channels) { return (channels + 7) / 8 * 8; };
  constexpr int64_t kFew = 32;
  return std::min(s.ic(), s.oc()) <= kFew || 10 * eights(s.ic()) * eights(s.oc()) < 9 * s.padded_ic() * s.padded_oc();
}

Trial trial_of_own(const ConvShape& shape, const KernelRequest& request) {
  DirectConv conv;
  conv.set(shape, request);
  const auto rounded = [](size_t bytes) { return (bytes + 4095) / 4096 * 1024; };
  const size_t src = rounded(shape.src_format(shape.block).bytes());
  const size_t dst = rounded(shape.dst_format(shape.block).bytes());
  const size_t weights = rounded(conv.weights_bytes()), bias = rounded(conv.bias_bytes());
  const bool residual = request.residual;
  return Trial(src + dst + weights + bias + conv.scratch_bytes() / sizeof(float), [=](float* memory) {
    float* const to = memory + src;
    float* const w = to + dst;
    conv.run(memory, w, w + weights, residual ? to : nullptr, to, w + weights + bias);
  });
}

}  // namespace

std::unique_ptr<Kernel> create_direct_conv(const KernelRequest& request, const ConvShape& shape,
                                           const ConvChoice& choice) {
  DirectConv conv;
  if (!request.autotune || !may_be_faster(shape) || !conv.set(shape, request)) return nullptr;
  const ConvShape trial = trial_of(shape);
  const bool faster = second_is_faster(
      trial.key() + forward_key(request) + "/own",
      [&] { return forward_trial(trial, choose_conv(trial, request).forward); },
      [&] { return trial_of_own(trial, request); });
  if (!faster) return nullptr;
  return std::make_unique<DirectConvKernel>(request, shape, std::move(conv));
}

}  // namespace alcedo::onednn
