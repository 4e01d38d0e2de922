// Lists of implementations per node type, and what kernels have in common.
#include "backends/backend.h"

#include <algorithm>
#include <map>

#include "backends/onednn/kernels.h"
#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo {
namespace {

const std::vector<CreateKernel>& fast_kernels(const std::string& op_type) {
  using namespace onednn;
  static const std::map<std::string, std::vector<CreateKernel>> lists{
      {"Conv", {create_conv}},
      {"ConvTranspose", {create_conv_transpose}},
      {"Gemm", {create_inner_product}},
      {"MatMul", {create_inner_product, create_matmul}},
      {"MaxPool", {create_pool}},
      {"AveragePool", {create_pool}},
      {"GlobalAveragePool", {create_global_pool}},
      {"BatchNormalization", {create_batchnorm}},
      {"Relu", {create_eltwise}},
      {"LeakyRelu", {create_eltwise}},
      {"Clip", {create_eltwise}},
      {"Sigmoid", {create_eltwise}},
      {"Tanh", {create_eltwise}},
      {"HardSigmoid", {create_eltwise}},
      {"HardSwish", {create_eltwise}},
      {"Add", {create_binary, create_pointwise}},
      {"Sub", {create_binary, create_pointwise}},
      {"Mul", {create_binary, create_pointwise}},
      {"Div", {create_binary, create_pointwise}},
      {"Concat", {create_concat}},
      {"Max", {create_pointwise}},
      {"Min", {create_pointwise}},
      {"Pow", {create_pointwise}},
      {"Neg", {create_pointwise}},
      {"Abs", {create_pointwise}},
      {"Sqrt", {create_pointwise}},
      {"Reciprocal", {create_pointwise}},
      {"Floor", {create_pointwise}},
      {"Ceil", {create_pointwise}},
      {"Pad", {create_move}},
      {"Slice", {create_move}},
      {"Transpose", {create_move}},
      {"Tile", {create_move}},
      {"Expand", {create_move}},
      {"Split", {create_move}},
      {"Gather", {create_move}},
      {"DepthToSpace", {create_move}},
      {"SpaceToDepth", {create_move}},
      {"Resize", {create_resize}},
      {"Softmax", {create_softmax}},
      {"ReduceMean", {create_mean}},
      {"LayerNormalization", {create_layer_norm}},
  };
  static const std::vector<CreateKernel> none;
  const auto found = lists.find(op_type);
  return found == lists.end() ? none : found->second;
}

bool takes_tail(const std::string& type) { return type == "Conv" || type == "Gemm" || type == "MatMul"; }

}  // namespace

bool KernelRequest::moves_zero() const {
  return activation.moves_zero() || std::any_of(tail.begin(), tail.end(), [](auto& a) { return a.moves_zero(); });
}

std::unique_ptr<Kernel> create_kernel(const KernelRequest& request, bool reference_only) {
  if (!request.tail.empty() && !takes_tail(request.node->op_type)) return nullptr;
  if (!reference_only) {
    KernelRequest wish = request;
    for (const bool bf16 : {true, false}) {
      if (bf16 && !request.bf16) continue;
      wish.bf16 = bf16;
      for (MemoryDesc& desc : wish.at_hand) {
        if (desc.dtype == DType::f32 || desc.dtype == DType::bf16) desc.dtype = bf16 ? DType::bf16 : DType::f32;
      }
      for (CreateKernel create : fast_kernels(request.node->op_type)) {
        if (auto kernel = create(wish)) return kernel;
      }
    }
  }
  return create_layer_kernel(request);
}

Kernel::Kernel(const KernelRequest& request) : num_src_(request.num_src()), src_info_(request.src) {
  src.resize(num_src_);
  dst.resize(request.dst.size());
  backward_src.assign(num_src_, false);
  backward_dst.assign(dst.size(), false);
  diff_rule.assign(num_src_, DiffRule::own);
}

size_t Kernel::parameter_bytes(size_t port) const {
  return static_cast<size_t>(num_elements(src_info_[port].shape)) * size_of(src_info_[port].dtype);
}

void Kernel::pack(size_t port, const Tensor& plain, void* packed) const {
  require(plain.bytes() == parameter_bytes(port), error::kInternal, "parameter ", port,
          " of a kernel changed its size");
  std::copy_n(static_cast<const char*>(plain.raw()), plain.bytes(), static_cast<char*>(packed));
}

void Kernel::unpack(size_t, const void* packed, Tensor& plain) const {
  std::copy_n(static_cast<const char*>(packed), plain.bytes(), static_cast<char*>(plain.raw()));
}

bool Kernel::same_forms(const Kernel&) const { return false; }

void Kernel::prepare(const KernelArgs&, const std::vector<const Tensor*>&) {}

void Kernel::backward_slice(const KernelArgs&, int64_t, int64_t, float*) {
  fail(error::kInternal, "kernel ", name, " has no gradient in slices");
}

void Kernel::backward(const KernelArgs&) { fail(error::kInternal, "kernel ", name, " has no backward"); }

Activation activation_of(const Node& node, const Tensor* low, const Tensor* high) {
  using K = Activation::Kind;
  const auto& a = node.attributes;
  const std::string& type = node.op_type;
  if (type == "Relu") return {K::relu};
  if (type == "LeakyRelu") {
    const float alpha = a.real("alpha", 0.01f);
    if (alpha < 0) return {};  // the slope cannot be told from the result
    return {K::leaky_relu, alpha, 0};
  }
  if (type == "Sigmoid") return {K::sigmoid};
  if (type == "Tanh") return {K::tanh};
  if (type == "HardSwish") return {K::hard_swish};
  if (type == "HardSigmoid") return {K::hard_sigmoid, a.real("alpha", 0.2f), a.real("beta", 0.5f)};
  if (type == "Clip") {
    constexpr float kLargest = 3.402823466e38f;
    const auto bound = [](const Tensor* t, float fallback) { return t ? t->to_floats().at(0) : fallback; };
    const Activation clip{K::clip, bound(low, a.real("min", -kLargest)), bound(high, a.real("max", kLargest))};
    // Limits that cross, or that are no numbers, are for the layer's own loops.
    return clip.alpha <= clip.beta ? clip : Activation{};
  }
  return {};
}

}  // namespace alcedo
