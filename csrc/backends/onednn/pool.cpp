// MaxPool and AveragePool by oneDNN in any format; GlobalAveragePool by a loop of our own.
#include <cstring>

#include "backends/onednn/kernels.h"
#include "backends/onednn/onednn.h"
#include "backends/onednn/reduce.h"
#include "backends/onednn/slab.h"
#include "layers/window.h"

namespace alcedo::onednn {
namespace {

class PoolKernel final : public Kernel {
 public:
  PoolKernel(const KernelRequest& request, dnnl::algorithm algorithm, const Window& window) : Kernel(request) {
    MemoryDesc from = request.at_hand[0];
    if (request.bf16) from.dtype = DType::bf16;
    src[0] = from;
    dst[0] = {from.dtype, request.dst[0].shape, from.block};
    const bool max = algorithm == dnnl::algorithm::pooling_max;
    const auto kind = request.backward ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
    memory::dims stride, kernel, begin, end;
    for (size_t i = 0; i < window.kernel.size(); ++i) {
      stride.push_back(window.stride[i]);
      kernel.push_back(window.kernel[i]);
      begin.push_back(window.pad_begin[i]);
      end.push_back((window.out[i] - 1) * window.stride[i] + window.kernel[i] - window.in[i] - window.pad_begin[i]);
    }
    const memory::desc s = desc_of(src[0]), d = desc_of(dst[0]);
    const dnnl::pooling_forward::primitive_desc pd({kind, algorithm, s, d, stride, kernel, begin, end},
                                                   scratchpad_attr(), cpu());
    name = pd.impl_info_str();
    workspace_ = max && request.backward;
    std::vector<std::pair<int, memory::desc>> arguments{
        {DNNL_ARG_SRC, s}, {DNNL_ARG_DST, d}, {DNNL_ARG_SCRATCHPAD, pd.scratchpad_desc()}};
    if (workspace_) arguments.push_back({DNNL_ARG_WORKSPACE, pd.workspace_desc()});
    forward_ = Primitive(dnnl::pooling_forward(pd), arguments);
    scratch_bytes = pd.scratchpad_desc().get_size();
    if (!request.backward) return;
    if (workspace_) saved_bytes = pd.workspace_desc().get_size();
    const dnnl::pooling_backward::primitive_desc bpd({algorithm, s, d, stride, kernel, begin, end}, scratchpad_attr(),
                                                     cpu(), pd);
    std::vector<std::pair<int, memory::desc>> list{
        {DNNL_ARG_DIFF_DST, d}, {DNNL_ARG_DIFF_SRC, s}, {DNNL_ARG_SCRATCHPAD, bpd.scratchpad_desc()}};
    if (workspace_) list.push_back({DNNL_ARG_WORKSPACE, bpd.workspace_desc()});
    backward_ = Primitive(dnnl::pooling_backward(bpd), list);
    scratch_bytes = std::max(scratch_bytes, bpd.scratchpad_desc().get_size());
  }

  void forward(const KernelArgs& args) override {
    if (workspace_) {
      forward_.run({args.src[0], args.dst[0], args.scratch, args.saved});
    } else {
      forward_.run({args.src[0], args.dst[0], args.scratch});
    }
  }

  void backward(const KernelArgs& args) override {
    if (!args.diff_src[0]) return;
    if (workspace_) {
      backward_.run({args.diff_dst[0], args.diff_src[0], args.scratch, args.saved});
    } else {
      backward_.run({args.diff_dst[0], args.diff_src[0], args.scratch});
    }
  }

 private:
  Primitive forward_, backward_;
  bool workspace_ = false;
};

class GlobalPoolKernel final : public Kernel {
 public:
  explicit GlobalPoolKernel(const KernelRequest& request) : Kernel(request) {
    src[0] = {DType::f32, request.src[0].shape, request.at_hand[0].block};
    if (request.bf16) src[0].dtype = DType::bf16;
    dst[0] = {DType::f32, request.dst[0].shape, request.at_hand[0].block};
    // With whole blocks a pooled value is the same bytes in both formats.
    if (src[0].channels() % src[0].block == 0 || dst[0].shape.size() < 3) dst[0].block = 1;
    scratch_bytes = static_cast<size_t>(src[0].batch() * src[0].channels()) * sizeof(float);
    name = "own:mean";
  }

  void forward(const KernelArgs& args) override {
    const int64_t channels = src[0].channels(), width = dst_width();
    const bool dense = channels == width;
    float* sums = static_cast<float*>(dense ? args.dst[0] : args.scratch);
    channel_products_of(args.src[0], sums);
    if (dense) return;
    float* out = static_cast<float*>(args.dst[0]);
    for (int64_t n = 0; n < src[0].batch(); ++n) {
      std::copy_n(sums + n * channels, channels, out + n * width);
      std::fill_n(out + n * width + channels, width - channels, 0.f);
    }
  }

  void backward(const KernelArgs& args) override {
    if (!args.diff_src[0]) return;
    if (src[0].dtype == DType::bf16) {
      spread<bf16_t>(args);
    } else {
      spread<float>(args);
    }
  }

 private:
  void channel_products_of(const void* from, float* sums) {
    channel_sums(src[0], from, nullptr, sums);
    const float factor = 1.f / static_cast<float>(src[0].spatial());
    for (int64_t i = 0, n = src[0].batch() * src[0].channels(); i < n; ++i) sums[i] *= factor;
  }

  // Floats from sample to sample of the result.
  int64_t dst_width() const { return dst[0].block == 1 ? src[0].channels() : src[0].channel_blocks() * src[0].block; }

  template <class T>
  void spread(const KernelArgs& args) {
    const Slabs s = slabs_of(src[0]);
    const int64_t width = dst_width();
    const float* g = static_cast<const float*>(args.diff_dst[0]);
    T* out = static_cast<T*>(args.diff_src[0]);
    const float factor = 1.f / static_cast<float>(s.spatial);
    parallel_for(s.num(), slab_grain(s), [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const int64_t n = i / s.blocks, c = i % s.blocks * s.lanes;
        T lanes[16];
        for (int l = 0; l < s.lanes; ++l) {
          store<1>(lanes + l, splat<1>(c + l < width ? g[n * width + c + l] * factor : 0.F));
        }
        for (int64_t k = 0; k < s.spatial; ++k) std::copy_n(lanes, s.lanes, out + i * s.size() + k * s.lanes);
      }
    });
  }
};

}  // namespace

std::unique_ptr<Kernel> create_pool(const KernelRequest& request) {
  if (request.activation || request.residual || !request.is_data(0) || request.src[0].dtype != DType::f32)
    return nullptr;
  if (request.dst.size() > 1 && request.dst[1].dtype != DType::undefined) return nullptr;
  const size_t rank = request.src[0].shape.size();
  if (rank < 3 || rank > 5 || num_elements(request.dst[0].shape) == 0) return nullptr;
  const Window window = window_of(*request.node, request.src[0].shape);
  const bool max = request.node->op_type == "MaxPool";
  const bool whole = request.node->attributes.integer("count_include_pad", 0) != 0;
  for (size_t i = 0; i < window.kernel.size(); ++i) {
    if (window.dilation[i] != 1) return nullptr;
    if (window.pad_begin[i] >= window.kernel[i] || window.pad_end[i] >= window.kernel[i]) return nullptr;
    // The last window reaches behind the padding (ceil_mode): how many elements count is the layer's business.
    const int64_t reach = (window.out[i] - 1) * window.stride[i] + window.kernel[i];
    const int64_t beyond = reach - window.in[i] - window.pad_begin[i];
    if (!max && beyond > window.pad_end[i]) return nullptr;
    if (beyond >= window.kernel[i]) return nullptr;
  }
  const auto algorithm = max     ? dnnl::algorithm::pooling_max
                         : whole ? dnnl::algorithm::pooling_avg_include_padding
                                 : dnnl::algorithm::pooling_avg_exclude_padding;
  try {
    return std::make_unique<PoolKernel>(request, algorithm, window);
  } catch (const dnnl::error& error) {
    if (error.status != dnnl_unimplemented) throw;
    return nullptr;
  }
}

std::unique_ptr<Kernel> create_global_pool(const KernelRequest& request) {
  if (request.activation || request.residual || !request.is_data(0) || request.src[0].dtype != DType::f32)
    return nullptr;
  if (request.src[0].shape.size() < 3 || num_elements(request.src[0].shape) == 0) return nullptr;
  return std::make_unique<GlobalPoolKernel>(request);
}

std::unique_ptr<Kernel> create_mean(const KernelRequest& request) {
  const std::vector<int64_t> axes = request.node->attributes.integers("axes");
  if (axes.empty() && request.node->attributes.integer("noop_with_empty_axes", 0) != 0) return nullptr;
  const auto rank = static_cast<int64_t>(request.src[0].shape.size());
  std::vector<bool> reduced(request.src[0].shape.size(), axes.empty());
  for (int64_t axis : axes) reduced[static_cast<size_t>(axis < 0 ? axis + rank : axis)] = true;
  const auto space = std::find(reduced.begin(), reduced.end(), true) - reduced.begin();
  const bool last = space < rank && std::find(reduced.begin() + space, reduced.end(), false) == reduced.end();
  if (!last) return nullptr;
  if (space == 2) {
    if (auto pool = create_global_pool(request)) return pool;
  }
  return create_row_mean(request, static_cast<size_t>(space));
}

}  // namespace alcedo::onednn
