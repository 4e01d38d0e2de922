// The kernels of this backend; each returns nullptr for what it does not do.
#pragma once

#include "backends/backend.h"

namespace alcedo::onednn {

std::unique_ptr<Kernel> create_conv(const KernelRequest& request);
std::unique_ptr<Kernel> create_conv_transpose(const KernelRequest& request);
std::unique_ptr<Kernel> create_inner_product(const KernelRequest& request);
std::unique_ptr<Kernel> create_pool(const KernelRequest& request);
std::unique_ptr<Kernel> create_global_pool(const KernelRequest& request);
std::unique_ptr<Kernel> create_mean(const KernelRequest& request);                   // ReduceMean
std::unique_ptr<Kernel> create_row_mean(const KernelRequest& request, size_t axis);  // over the axes from there on
std::unique_ptr<Kernel> create_layer_norm(const KernelRequest& request);
std::unique_ptr<Kernel> create_batchnorm(const KernelRequest& request);
std::unique_ptr<Kernel> create_eltwise(const KernelRequest& request);
std::unique_ptr<Kernel> create_binary(const KernelRequest& request);
std::unique_ptr<Kernel> create_concat(const KernelRequest& request);
std::unique_ptr<Kernel> create_resize(const KernelRequest& request);
std::unique_ptr<Kernel> create_softmax(const KernelRequest& request);
std::unique_ptr<Kernel> create_move(const KernelRequest& request);
std::unique_ptr<Kernel> create_matmul(const KernelRequest& request);
std::unique_ptr<Kernel> create_pointwise(const KernelRequest& request);

}  // namespace alcedo::onednn
