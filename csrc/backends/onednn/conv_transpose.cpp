// ConvTranspose in evaluation: oneDNN's gradient of a convolution by its input, then bias and activation in one pass.
#include <algorithm>

#include "backends/onednn/activation_math.h"
#include "backends/onednn/batchnorm_loops.h"
#include "backends/onednn/kernels.h"
#include "backends/onednn/onednn.h"
#include "layers/window.h"

namespace alcedo::onednn {
namespace {

class ConvTransposeKernel final : public Kernel {
 public:
  ConvTransposeKernel(const KernelRequest& request, const Window& window)
      : Kernel(request), act_(request.activation), weights_(request.src[1].shape) {
    const int block = channel_block();
    src[0] = {DType::f32, request.src[0].shape, block};
    made_ = {DType::f32, request.dst[0].shape, block};
    dst[0] = made_;
    // Few channels: their block is mostly padding.
    if (made_.channels() * 2 <= block) dst[0].block = 1;
    padded_ = weights_;
    padded_[0] = src[0].channel_blocks() * block;
    padded_[1] = made_.channel_blocks() * block;
    memory::dims stride, dilation, begin, end;
    for (size_t i = 0; i < window.kernel.size(); ++i) {
      stride.push_back(window.stride[i]);
      dilation.push_back(window.dilation[i] - 1);
      begin.push_back(window.pad_begin[i]);
      const int64_t extent = (window.kernel[i] - 1) * window.dilation[i] + 1;
      end.push_back((window.in[i] - 1) * window.stride[i] + extent - window.out[i] - window.pad_begin[i]);
    }
    const memory::desc x = desc_of(src[0]), y = desc_of(made_), any = any_desc(DType::f32, padded_);
    const auto how = dnnl::algorithm::convolution_direct;
    const dnnl::convolution_forward::primitive_desc hint(
        {dnnl::prop_kind::forward_training, how, y, any, x, stride, dilation, begin, end}, scratchpad_attr(), cpu());
    const dnnl::convolution_backward_data::primitive_desc pd({how, y, any, x, stride, dilation, begin, end},
                                                             scratchpad_attr(), cpu(), hint);
    form_ = pd.weights_desc();
    run_ = Primitive(dnnl::convolution_backward_data(pd), {{DNNL_ARG_DIFF_DST, x},
                                                           {DNNL_ARG_WEIGHTS, form_},
                                                           {DNNL_ARG_DIFF_SRC, y},
                                                           {DNNL_ARG_SCRATCHPAD, pd.scratchpad_desc()}});
    name = pd.impl_info_str();
    flops = 2.0 * static_cast<double>(num_elements(request.src[0].shape)) *
            static_cast<double>(num_elements(weights_) / weights_[0]);
    own_scratch_ = dst[0].block == 1 ? made_.bytes() : 0;
    scratch_bytes = own_scratch_ + pd.scratchpad_desc().get_size();
    state_bytes = 2 * width() * sizeof(float);
  }

  size_t parameter_bytes(size_t port) const override {
    return port == 1 ? form_.get_size() : static_cast<size_t>(made_.channels()) * sizeof(float);
  }

  void pack(size_t port, const Tensor& plain, void* packed) const override {
    if (port != 1) return Kernel::pack(port, plain, packed);
    Tensor padded(DType::f32, padded_);
    const int64_t taps = num_elements(weights_) / (weights_[0] * weights_[1]);
    for (int64_t i = 0; i < weights_[0]; ++i) {
      std::copy_n(plain.data<float>() + i * weights_[1] * taps, weights_[1] * taps,
                  padded.data<float>() + i * padded_[1] * taps);
    }
    reorder_now(plain_desc(DType::f32, padded_), padded.raw(), form_, packed);
  }

  // The factors (all 1) and the bias, with padding.
  void prepare(const KernelArgs& args, const std::vector<const Tensor*>&) override {
    float* scale = static_cast<float*>(args.state);
    std::fill_n(scale, width(), 1.F);
    std::fill_n(scale + width(), width(), 0.F);
    if (args.parameters.size() > 2 && args.parameters[2])
      std::copy_n(static_cast<const float*>(args.parameters[2]), made_.channels(), scale + width());
  }

  void forward(const KernelArgs& args) override {
    float* out = static_cast<float*>(args.dst[0]);
    float* made = own_scratch_ ? static_cast<float*>(args.scratch) : out;
    run_.run({args.src[0], args.parameters[1], made, static_cast<char*>(args.scratch) + own_scratch_});
    const float *scale = static_cast<const float*>(args.state), *shift = scale + width();
    const Slabs s = slabs_of(made_);
    parallel_for(s.num(), slab_grain(s), [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const int64_t c = i % s.blocks * s.lanes;
        slab_scale<float>(s.lanes, s.size(), act_, made + i * s.size(), scale + c, shift + c, nullptr,
                          made + i * s.size());
      }
    });
    if (own_scratch_) {
      take_channels(s, made, out);
    } else if (act_.moves_zero()) {
      clear_padding(s, out);
    }
  }

 private:
  size_t width() const { return static_cast<size_t>(made_.channel_blocks() * made_.block); }

  static void take_channels(const Slabs& s, const float* from, float* to) {
    parallel_for(s.batch * s.spatial, 16384, [&](int64_t begin, int64_t end) {
      for (int64_t c = 0; c < s.channels; ++c) {
        for (int64_t i = begin; i < end; ++i)
          to[(i / s.spatial * s.channels + c) * s.spatial + i % s.spatial] = from[i * s.lanes + c];
      }
    });
  }

  Activation act_;
  Shape weights_, padded_;
  MemoryDesc made_;
  memory::desc form_;
  Primitive run_;
  size_t own_scratch_ = 0;
};

}  // namespace

std::unique_ptr<Kernel> create_conv_transpose(const KernelRequest& request) {
  const auto& src = request.src;
  if (request.bf16 || request.backward || request.residual || !is_linear_piecewise(request.activation.kind))
    return nullptr;
  if (src.size() < 2 || !request.is_data(0) || !request.parameter[1]) return nullptr;
  if (src.size() > 2 && src[2].dtype != DType::undefined && !request.parameter[2]) return nullptr;
  const size_t rank = src[0].shape.size();
  if (src[0].dtype != DType::f32 || rank < 3 || rank > 5 || request.node->attributes.integer("group", 1) != 1)
    return nullptr;
  if (num_elements(src[0].shape) == 0 || num_elements(request.dst[0].shape) == 0) return nullptr;
  const Shape& weights = src[1].shape;
  const Window window = transposed_window_of(*request.node, src[0].shape, Shape(weights.begin() + 2, weights.end()));
  try {
    return std::make_unique<ConvTransposeKernel>(request, window);
  } catch (const dnnl::error& error) {
    if (error.status != dnnl_unimplemented && error.status != dnnl_invalid_arguments) throw;
    return nullptr;
  }
}

}  // namespace alcedo::onednn
