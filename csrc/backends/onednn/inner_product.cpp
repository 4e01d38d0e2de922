// Gemm and MatMul with a constant matrix: oneDNN's inner product. In training the weights stay as the graph has them.
#include "backends/onednn/activation_math.h"
#include "backends/onednn/batchnorm_loops.h"
#include "backends/onednn/conv.h"
#include "backends/onednn/few_rows.h"
#include "backends/onednn/kernels.h"
#include "backends/onednn/threads.h"

namespace alcedo::onednn {
namespace {

struct Sizes {
  int64_t rows = 1, ic = 0, oc = 0;
  bool transposed = false;  // the graph's matrix is [O,K]
  bool bias = false;
};

class InnerProductKernel final : public Kernel {
 public:
  InnerProductKernel(const KernelRequest& request, const Sizes& s) : Kernel(request), sizes_(s) {
    src[0] = {DType::f32, request.src[0].shape, 1};
    dst[0] = {DType::f32, request.dst[0].shape, 1};
    const memory::desc x = plain_desc(DType::f32, {s.rows, s.ic}), y = plain_desc(DType::f32, {s.rows, s.oc});
    const memory::desc any = any_desc(DType::f32, {s.oc, s.ic});
    plain_ = s.transposed ? plain_desc(DType::f32, {s.oc, s.ic})
                          : memory::desc({s.oc, s.ic}, memory::data_type::f32, memory::dims{1, s.oc});
    const bool training = request.weight_gradients;
    // One form for both directions where there is a backward pass: these matrices are the largest of many networks.
    const bool plain = request.backward;
    const memory::desc bias =
        s.bias ? memory::desc({s.oc}, memory::data_type::f32, memory::format_tag::x) : memory::desc();
    dnnl::primitive_attr attr = scratchpad_attr();
    dnnl::post_ops ops;
    append_activations(ops, request);
    attr.set_post_ops(ops);
    const auto kind = request.backward ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
    const memory::desc& weights = plain ? plain_ : any;
    const dnnl::inner_product_forward::desc forward_desc =
        s.bias ? dnnl::inner_product_forward::desc(kind, x, weights, bias, y)
               : dnnl::inner_product_forward::desc(kind, x, weights, y);
    const dnnl::inner_product_forward::primitive_desc pd(forward_desc, attr, cpu());
    form_ = pd.weights_desc();
    name = pd.impl_info_str();
    activation_ = request.activation;
    few_rows_ = s.transposed && form_ == plain_ && has_few_rows(s.rows) && is_linear_piecewise(activation_.kind);
    if (few_rows_) name = "own:few_rows";
    flops = 2.0 * static_cast<double>(s.rows) * static_cast<double>(s.ic) * static_cast<double>(s.oc);
    std::vector<std::pair<int, memory::desc>> arguments{
        {DNNL_ARG_SRC, x}, {DNNL_ARG_WEIGHTS, form_}, {DNNL_ARG_DST, y}, {DNNL_ARG_SCRATCHPAD, pd.scratchpad_desc()}};
    if (s.bias) arguments.push_back({DNNL_ARG_BIAS, bias});
    forward_ = Primitive(dnnl::inner_product_forward(pd), arguments);
    scratch_bytes = pd.scratchpad_desc().get_size();
    if (!request.backward) return;
    const dnnl::inner_product_forward::primitive_desc hint({kind, x, any, y}, cpu());
    if (request.diff_wanted[0]) {
      const dnnl::inner_product_backward_data::primitive_desc bpd({x, plain ? plain_ : any, y}, scratchpad_attr(),
                                                                  cpu(), hint);
      data_weights_ = bpd.weights_desc();
      if (data_weights_ != form_) state_bytes = data_weights_.get_size();
      backward_data_ =
          Primitive(dnnl::inner_product_backward_data(bpd), {{DNNL_ARG_DIFF_DST, y},
                                                             {DNNL_ARG_WEIGHTS, data_weights_},
                                                             {DNNL_ARG_DIFF_SRC, x},
                                                             {DNNL_ARG_SCRATCHPAD, bpd.scratchpad_desc()}});
      scratch_bytes = std::max(scratch_bytes, bpd.scratchpad_desc().get_size());
    }
    if (!training) return;
    backward_src[0] = true;
    one_thread_ = !request.autotune;
    const OneThread one(one_thread_);
    const dnnl::inner_product_backward_weights::desc weights_desc =
        s.bias ? dnnl::inner_product_backward_weights::desc(x, plain_, bias, y)
               : dnnl::inner_product_backward_weights::desc(x, plain_, y);
    const dnnl::inner_product_backward_weights::primitive_desc wpd(weights_desc, scratchpad_attr(), cpu(), hint);
    std::vector<std::pair<int, memory::desc>> list{{DNNL_ARG_SRC, x},
                                                   {DNNL_ARG_DIFF_DST, y},
                                                   {DNNL_ARG_DIFF_WEIGHTS, plain_},
                                                   {DNNL_ARG_SCRATCHPAD, wpd.scratchpad_desc()}};
    if (s.bias) list.push_back({DNNL_ARG_DIFF_BIAS, bias});
    slice_weights();
    backward_weights_ = Primitive(dnnl::inner_product_backward_weights(wpd), list);
    scratch_bytes = std::max(scratch_bytes, wpd.scratchpad_desc().get_size());
  }

  size_t parameter_bytes(size_t port) const override {
    return port == 1 ? form_.get_size() : static_cast<size_t>(sizes_.oc) * sizeof(float);
  }
  bool reads_plain(size_t port) const override { return port == 1 && form_ == plain_; }
  void pack(size_t port, const Tensor& plain, void* packed) const override {
    if (port != 1 || form_ == plain_) return Kernel::pack(port, plain, packed);
    reorder_now(plain_, plain.raw(), form_, packed);
  }
  bool same_forms(const Kernel& other) const override {
    const auto* product = dynamic_cast<const InnerProductKernel*>(&other);
    return product && product->form_ == form_ && state_bytes == 0 && product->sizes_.bias == sizes_.bias;
  }
  void prepare(const KernelArgs& args, const std::vector<const Tensor*>& plain) override {
    if (state_bytes > 0 && plain.size() > 1 && plain[1])
      reorder_now(plain_, plain[1]->raw(), data_weights_, args.state);
  }

  void forward(const KernelArgs& args) override {
    if (few_rows_) return forward_few_rows(args);
    if (sizes_.bias) {
      forward_.run({args.src[0], args.parameters[1], args.dst[0], args.scratch, args.parameters[2]});
    } else {
      forward_.run({args.src[0], args.parameters[1], args.dst[0], args.scratch});
    }
  }

  void backward(const KernelArgs& args) override {
    if (!args.diff_parameters[1] && sizes_.bias && args.diff_parameters[2]) {
      sum_rows(static_cast<const float*>(args.diff_dst[0]), static_cast<float*>(args.diff_parameters[2]));
    }
    if (args.diff_parameters[1] && backward_weights_) {
      const OneThread one(one_thread_);
      if (sizes_.bias) {
        backward_weights_.run(
            {args.src[0], args.diff_dst[0], args.diff_parameters[1], args.scratch, args.diff_parameters[2]});
      } else {
        backward_weights_.run({args.src[0], args.diff_dst[0], args.diff_parameters[1], args.scratch});
      }
    }
    if (args.diff_src[0]) {
      backward_data_.run(
          {args.diff_dst[0], state_bytes > 0 ? args.state : args.parameters[1], args.diff_src[0], args.scratch});
    }
  }

  // Whole rows of the graph's matrix.
  void backward_slice(const KernelArgs& args, int64_t begin, int64_t num, float* gradient) override {
    const auto *x = static_cast<const float*>(args.src[0]), *g = static_cast<const float*>(args.diff_dst[0]);
    const int64_t row = row_floats();
    const float* outer = sizes_.transposed ? g : x;  // its columns are the rows of the slice
    const OneThread one(one_thread_);
    const dnnl_status_t status =
        dnnl_sgemm('T', 'N', num / row, row, sizes_.rows, 1.F, outer + begin / row,
                   sizes_.transposed ? sizes_.oc : sizes_.ic, sizes_.transposed ? x : g, row, 0.F, gradient, row);
    if (status != dnnl_success) throw dnnl::error(status, "gradient of an inner product");
  }

 private:
  void forward_few_rows(const KernelArgs& args) const {
    float* y = static_cast<float*>(args.dst[0]);
    few_rows_product(sizes_.rows, sizes_.ic, sizes_.oc, static_cast<const float*>(args.src[0]),
                     static_cast<const float*>(args.parameters[1]), y);
    const float* bias = sizes_.bias ? static_cast<const float*>(args.parameters[2]) : nullptr;
    const float one = 1.F, zero = 0.F;
    for (int64_t r = 0; r < sizes_.rows; ++r) {
      float* row = y + r * sizes_.oc;
      for (int64_t o = 0; bias && o < sizes_.oc; ++o) row[o] += bias[o];
      if (activation_) slab_scale<float>(1, sizes_.oc, activation_, row, &one, &zero, nullptr, row);
    }
  }

  int64_t row_floats() const { return sizes_.transposed ? sizes_.ic : sizes_.oc; }

  // Large matrices: parts of about 4 MiB, which stay in the cache until they are used.
  void slice_weights() {
    constexpr int64_t kSlice = 1 << 20;
    if (sizes_.ic * sizes_.oc < 2 * kSlice) return;
    sliced_port = 1;
    slice_bytes = static_cast<size_t>(std::max<int64_t>(kSlice / row_floats(), 16) * row_floats()) * sizeof(float);
  }

  void sum_rows(const float* g, float* sums) const {
    std::fill_n(sums, sizes_.oc, 0.F);
    for (int64_t n = 0; n < sizes_.rows; ++n) {
      for (int64_t c = 0; c < sizes_.oc; ++c) sums[c] += g[n * sizes_.oc + c];
    }
  }

  Sizes sizes_;
  Activation activation_;
  bool few_rows_ = false;
  memory::desc plain_, form_, data_weights_;
  bool one_thread_ = false;  // the gradient of the weights is added up the same way whatever the number of threads
  Primitive forward_, backward_data_, backward_weights_;
};

}  // namespace

std::unique_ptr<Kernel> create_inner_product(const KernelRequest& request) {
  const auto& src = request.src;
  if (request.residual || src.size() < 2 || !request.is_data(0) || !request.parameter[1]) return nullptr;
  if (src[0].dtype != DType::f32 || src[1].dtype != DType::f32 || src[1].shape.size() != 2) return nullptr;
  const auto& attributes = request.node->attributes;
  Sizes s;
  if (request.node->op_type == "Gemm") {
    if (attributes.integer("transA", 0) != 0 || attributes.real("alpha", 1) != 1 || attributes.real("beta", 1) != 1) {
      return nullptr;
    }
    s.transposed = attributes.integer("transB", 0) != 0;
  }
  s.ic = src[1].shape[s.transposed ? 1 : 0];
  s.oc = src[1].shape[s.transposed ? 0 : 1];
  const Shape& shape = src[0].shape;
  if (shape.size() < 2 || num_elements(shape) == 0 || s.oc == 0) return nullptr;
  for (size_t i = 0; i + 1 < shape.size(); ++i) s.rows *= shape[i];
  s.bias = src.size() > 2 && src[2].dtype != DType::undefined;
  if (s.bias) {
    const Shape& bias = src[2].shape;
    if (!request.parameter[2] || src[2].dtype != DType::f32 || bias.empty() || bias.back() != s.oc) return nullptr;
    if (num_elements(bias) != s.oc) return nullptr;
  }
  try {
    return std::make_unique<InnerProductKernel>(request, s);
  } catch (const dnnl::error& error) {
    if (error.status != dnnl_unimplemented) throw;
    return nullptr;
  }
}

}  // namespace alcedo::onednn
