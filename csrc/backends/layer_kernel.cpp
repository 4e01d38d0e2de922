// The last implementation of every list: the layer's own reference, on plain memory.
#include <algorithm>

#include "backends/backend.h"
#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo {
namespace {

// Gradients of integers (between QuantizeLinear and DequantizeLinear) have fractions.
DType gradient_type(DType type) { return type == DType::f64 ? type : DType::f32; }

class LayerKernel final : public Kernel {
 public:
  LayerKernel(const KernelRequest& request, const Layer* layer)
      : Kernel(request), layer_(layer), node_(*request.node), training_(request.training), dst_info_(request.dst) {
    name = "reference";
    for (size_t i = 0; i < request.src.size(); ++i) {
      if (request.is_data(i)) src[i] = {request.src[i].dtype, request.src[i].shape, 1};
    }
    for (size_t i = 0; i < request.dst.size(); ++i) {
      if (request.dst[i].dtype != DType::undefined) dst[i] = {request.dst[i].dtype, request.dst[i].shape, 1};
    }
    if (request.backward) {
      backward_src.assign(backward_src.size(), true);
      backward_dst.assign(backward_dst.size(), true);
    }
    is_batchnorm_ = node_.op_type == "BatchNormalization" && training_;
  }

  void forward(const KernelArgs& args) override {
    Views views(*this, args);
    ForwardArgs call{node_, views.src, views.dst, training_, args.seed};
    std::vector<Tensor*> statistics;
    if (is_batchnorm_) {
      // The layer reads the old values while it writes the new ones.
      moved_.resize(2);
      for (int i = 0; i < 2; ++i) {
        if (!moved_[i].defined()) moved_[i] = views.storage_src[3 + i].clone();
        statistics.push_back(&moved_[i]);
      }
      call.statistics = &statistics;
    }
    layer_->forward(call);
    if (!is_batchnorm_) return;
    for (int i = 0; i < 2; ++i)
      std::copy_n(moved_[i].data<float>(), moved_[i].size(), static_cast<float*>(args.parameters[3 + i]));
  }

  void backward(const KernelArgs& args) override {
    Views views(*this, args);
    std::vector<const Tensor*> dst(views.dst.begin(), views.dst.end());
    std::vector<Tensor> storage;
    storage.reserve(args.diff_dst.size() + num_src_);
    std::vector<const Tensor*> diff_dst(args.diff_dst.size(), nullptr);
    for (size_t i = 0; i < args.diff_dst.size(); ++i) {
      if (!args.diff_dst[i]) continue;
      storage.push_back(
          Tensor::view(gradient_type(dst_info_[i].dtype), dst_info_[i].shape, const_cast<void*>(args.diff_dst[i])));
      diff_dst[i] = &storage.back();
    }
    std::vector<Tensor*> diff_src(num_src_, nullptr);
    for (size_t i = 0; i < num_src_; ++i) {
      void* pointer = args.diff_parameters[i] ? args.diff_parameters[i] : args.diff_src[i];
      if (!pointer) continue;
      storage.push_back(Tensor::view(gradient_type(src_info_[i].dtype), src_info_[i].shape, pointer));
      diff_src[i] = &storage.back();
    }
    layer_->backward(BackwardArgs{node_, views.src, dst, diff_dst, diff_src, training_, args.seed, args.unit_products});
  }

 private:
  struct Views {
    std::vector<Tensor> storage_src, storage_dst;
    std::vector<const Tensor*> src;
    std::vector<Tensor*> dst;

    Views(const LayerKernel& kernel, const KernelArgs& args) {
      const size_t num_src = kernel.num_src_, num_dst = kernel.dst_info_.size();
      storage_src.resize(num_src);
      storage_dst.resize(num_dst);
      src.assign(num_src, nullptr);
      dst.assign(num_dst, nullptr);
      for (size_t i = 0; i < num_src; ++i) {
        const void* pointer = args.parameters[i] ? args.parameters[i] : args.src[i];
        if (!pointer) continue;
        const TensorInfo& info = kernel.src_info_[i];
        storage_src[i] = Tensor::view(info.dtype, info.shape, const_cast<void*>(pointer));
        src[i] = &storage_src[i];
      }
      for (size_t i = 0; i < num_dst; ++i) {
        if (!args.dst[i]) continue;
        storage_dst[i] = Tensor::view(kernel.dst_info_[i].dtype, kernel.dst_info_[i].shape, args.dst[i]);
        dst[i] = &storage_dst[i];
      }
    }
  };

  const Layer* layer_;
  Node node_;
  bool training_, is_batchnorm_;
  std::vector<TensorInfo> dst_info_;
  std::vector<Tensor> moved_;
};

}  // namespace

std::unique_ptr<Kernel> create_layer_kernel(const KernelRequest& request) {
  if (request.activation || !request.tail.empty() || request.residual) return nullptr;
  const Layer* layer = find_layer(request.node->op_type);
  require(layer != nullptr, error::kLayerUnsupported, "[", request.node->op_type, " ", request.node->name,
          "] is not supported");
  if (request.backward) {
    require(layer->backward != nullptr, error::kOperatorUnsupported, "[", request.node->op_type, " ",
            request.node->name, "] has no gradient");
  }
  return std::make_unique<LayerKernel>(request, layer);
}

}  // namespace alcedo
