// Conv: oneDNN's convolutions on blocked activations; bias, residual sum and activation as post-ops.
#include "backends/onednn/conv_direct.h"
#include "backends/onednn/conv_gradient.h"
#include "backends/onednn/kernels.h"
#include "backends/onednn/slab.h"
#include "backends/onednn/threads.h"
#include "backends/onednn/winograd_weights.h"
#include "base/parallel_copy.h"

namespace alcedo::onednn {
namespace {

class ConvKernel final : public Kernel {
 public:
  ConvKernel(const KernelRequest& request, const ConvShape& shape, const ConvChoice& choice)
      : Kernel(request), shape_(shape), gradients_(request.weight_gradients), bias_(shape.bias) {
    src[0] = shape.src_format(block_of(choice.forward.src_desc()));
    dst[0] = shape.dst_format(block_of(choice.forward.dst_desc()));
    if (request.residual) src[request.src.size()] = dst[0];
    residual_ = request.residual ? static_cast<int>(request.src.size()) : -1;
    adds_residual_ = adds_residual(choice.forward);
    if (!adds_residual_) inplace_src = residual_;
    if (residual_ >= 0 && request.backward) {
      diff_rule.assign(request.num_src(), DiffRule::own);
      diff_rule[residual_] = DiffRule::is_diff_dst;
    }
    name = choice.name;
    clears_ = shape.padded_oc() != shape.oc() && request.moves_zero();
    flops = shape.flops();

    const auto& fpd = choice.forward;
    forward_weights_ = fpd.weights_desc();
    std::vector<std::pair<int, memory::desc>> arguments{{DNNL_ARG_SRC, fpd.src_desc()},
                                                        {DNNL_ARG_WEIGHTS, forward_weights_},
                                                        {DNNL_ARG_DST, fpd.dst_desc()},
                                                        {DNNL_ARG_SCRATCHPAD, fpd.scratchpad_desc()}};
    if (bias_) arguments.push_back({DNNL_ARG_BIAS, fpd.bias_desc()});
    if (adds_residual_) arguments.push_back({kResidualArgument, fpd.dst_desc()});
    forward_ = Primitive(dnnl::convolution_forward(fpd), arguments);
    scratch_bytes = fpd.scratchpad_desc().get_size();
    form_ = forward_weights_;

    if (gradients_) {
      form_ = choice.backward_weights.diff_weights_desc();
      const OneThread one(!request.autotune);
      weight_gradient_ = WeightGradient(choice.backward_weights, gradient_parts(shape, request.autotune), shape);
      scratch_bytes = std::max(scratch_bytes, weight_gradient_.scratch_bytes());
      backward_src[0] = true;
    }
    if (forward_weights_ != form_) forward_at_ = reserve(forward_weights_);
    if (choice.has_backward_data) {
      const auto& pd = choice.backward_data;
      data_weights_ = pd.weights_desc();
      backward_data_ = Primitive(dnnl::convolution_backward_data(pd), {{DNNL_ARG_DIFF_DST, pd.diff_dst_desc()},
                                                                       {DNNL_ARG_WEIGHTS, data_weights_},
                                                                       {DNNL_ARG_DIFF_SRC, pd.diff_src_desc()},
                                                                       {DNNL_ARG_SCRATCHPAD, pd.scratchpad_desc()}});
      scratch_bytes = std::max(scratch_bytes, pd.scratchpad_desc().get_size());
      if (data_weights_ != form_) data_at_ = reserve(data_weights_);
    }
    if (gradients_) {
      if (forward_at_ >= 0) forward_reorder_ = reorder_primitive(form_, forward_weights_);
      if (data_at_ >= 0) data_reorder_ = reorder_primitive(form_, data_weights_);
    }
  }

  size_t parameter_bytes(size_t port) const override {
    return port == 1 ? form_.get_size() : static_cast<size_t>(shape_.padded_oc()) * sizeof(float);
  }

  void pack(size_t port, const Tensor& plain, void* packed) const override {
    if (port == 1) return pack_weights(plain, form_, packed);
    std::fill_n(static_cast<float*>(packed), shape_.padded_oc(), 0.f);
    std::copy_n(plain.data<float>(), plain.size(), static_cast<float*>(packed));
  }

  bool same_forms(const Kernel& other) const override {
    const auto* conv = dynamic_cast<const ConvKernel*>(&other);
    return conv && conv->form_ == form_ && state_bytes == 0 && conv->bias_ == bias_;
  }

  void unpack(size_t port, const void* packed, Tensor& plain) const override {
    if (port != 1) {
      std::copy_n(static_cast<const float*>(packed), plain.size(), plain.data<float>());
      return;
    }
    Tensor padded(DType::f32, shape_.padded_weights());
    reorder_now(form_, packed, shape_.plain_weights(), padded.raw());
    shape_.copy_weights(padded.data<float>(), plain.data<float>(), false);
  }

  void prepare(const KernelArgs& args, const std::vector<const Tensor*>& plain) override {
    const Tensor* weights = plain.size() > 1 ? plain[1] : nullptr;
    if (weights) {
      if (forward_at_ >= 0) pack_weights(*weights, forward_weights_, at(args.state, forward_at_));
      if (data_at_ >= 0) pack_weights(*weights, data_weights_, at(args.state, data_at_));
      return;
    }
    if (forward_at_ >= 0) forward_reorder_.run({args.parameters[1], at(args.state, forward_at_)});
    if (data_at_ >= 0) data_reorder_.run({args.parameters[1], at(args.state, data_at_)});
  }

  void forward(const KernelArgs& args) override {
    const void* residual = residual_ < 0 ? nullptr : args.src[residual_];
    if (residual && !adds_residual_ && residual != args.dst[0]) parallel_copy(args.dst[0], residual, dst[0].bytes());
    const void* weights = forward_at_ >= 0 ? at(args.state, forward_at_) : args.parameters[1];
    if (bias_ && adds_residual_) {
      forward_.run({args.src[0], weights, args.dst[0], args.scratch, args.parameters[2], residual});
    } else if (bias_ || adds_residual_) {
      forward_.run({args.src[0], weights, args.dst[0], args.scratch, bias_ ? args.parameters[2] : residual});
    } else {
      forward_.run({args.src[0], weights, args.dst[0], args.scratch});
    }
    if (!clears_) return;
    if (shape_.dtype == DType::bf16) {
      clear_padding(slabs_of(dst[0]), static_cast<bf16_t*>(args.dst[0]));
    } else {
      clear_padding(slabs_of(dst[0]), static_cast<float*>(args.dst[0]));
    }
  }

  void backward(const KernelArgs& args) override {
    if (gradients_ && args.diff_parameters[1]) {
      weight_gradient_.run(args.src[0], args.diff_dst[0], args.diff_parameters[1],
                           bias_ ? args.diff_parameters[2] : nullptr, args.scratch);
    }
    if (args.diff_src[0]) {
      const void* weights = data_at_ >= 0 ? at(args.state, data_at_) : args.parameters[1];
      backward_data_.run({args.diff_dst[0], weights, args.diff_src[0], args.scratch});
    }
  }

 private:
  int64_t reserve(const memory::desc& desc) {
    const int64_t offset = static_cast<int64_t>(state_bytes);
    state_bytes += (desc.get_size() + 63) / 64 * 64;
    return offset;
  }
  static char* at(void* base, int64_t offset) { return static_cast<char*>(base) + offset; }

  void pack_weights(const Tensor& plain, const memory::desc& to, void* packed) const {
    if (plain.shape() == shape_.padded_weights()) return pack_padded(plain, to, packed);
    Tensor padded(DType::f32, shape_.padded_weights());
    shape_.copy_weights(padded.data<float>(), const_cast<float*>(plain.data<float>()), true);
    pack_padded(padded, to, packed);
  }

  void pack_padded(const Tensor& padded, const memory::desc& to, void* packed) const {
    if (pack_winograd(padded.data<float>(), to, packed)) return;
    reorder_now(shape_.plain_weights(), padded.raw(), to, packed);
  }

  ConvShape shape_;
  bool gradients_, bias_;
  bool adds_residual_ = false;  // else it lies in dst already
  bool clears_ = false;         // the activation moves the zeros of padding channels
  int residual_ = -1;
  Primitive forward_, backward_data_, forward_reorder_, data_reorder_;
  WeightGradient weight_gradient_;
  memory::desc form_, forward_weights_, data_weights_;
  int64_t forward_at_ = -1, data_at_ = -1;  // offsets in the state, -1: the form itself is used
};

}  // namespace

std::unique_ptr<Kernel> create_conv(const KernelRequest& request) {
  ConvShape shape;
  if (!shape.set(request)) return nullptr;
  try {
    const ConvChoice choice = choose_conv(shape, request);
    if (auto own = create_direct_conv(request, shape, choice)) return own;
    return std::make_unique<ConvKernel>(request, shape, choice);
  } catch (const dnnl::error& error) {
    if (error.status != dnnl_unimplemented) throw;
    return nullptr;
  }
}

}  // namespace alcedo::onednn
