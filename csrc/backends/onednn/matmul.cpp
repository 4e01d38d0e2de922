// MatMul of two values (attention): oneDNN's sgemm, product by product.
#include <algorithm>

#include "backends/onednn/kernels.h"
#include "backends/onednn/onednn.h"
#include "base/parallel.h"

namespace alcedo::onednn {
namespace {

struct Products {
  int64_t m = 0, n = 0, k = 0;
  std::vector<int64_t> a, b;  // offsets of the factors of each product
};

// Offsets of an operand's matrices for every index over `batch`, with broadcasting.
std::vector<int64_t> offsets_of(const Shape& shape, const Shape& batch) {
  const size_t own = shape.size() - 2;
  std::vector<int64_t> offsets{0};
  std::vector<int64_t> strides(batch.size(), 0);
  int64_t stride = shape[own] * shape[own + 1];
  for (size_t i = own; i-- > 0;) {
    if (shape[i] != 1) strides[batch.size() - own + i] = stride;
    stride *= shape[i];
  }
  for (size_t axis = 0; axis < batch.size(); ++axis) {
    std::vector<int64_t> next;
    for (int64_t offset : offsets) {
      for (int64_t i = 0; i < batch[axis]; ++i) next.push_back(offset + i * strides[axis]);
    }
    offsets = std::move(next);
  }
  return offsets;
}

void sgemm(char trans_a, char trans_b, int64_t m, int64_t n, int64_t k, const float* a, const float* b, float beta,
           float* c) {
  const dnnl_status_t status =
      dnnl_sgemm(trans_a, trans_b, m, n, k, 1.F, a, trans_a == 'N' ? k : m, b, trans_b == 'N' ? n : k, beta, c, n);
  if (status != dnnl_success) throw dnnl::error(status, "MatMul");
}

class MatMulKernel final : public Kernel {
 public:
  MatMulKernel(const KernelRequest& request, Products products) : Kernel(request), p_(std::move(products)) {
    for (size_t i = 0; i < 2; ++i) src[i] = {DType::f32, request.src[i].shape, 1};
    dst[0] = {DType::f32, request.dst[0].shape, 1};
    name = "own:matmul";
    flops = 2.0 * static_cast<double>(p_.m * p_.n) * static_cast<double>(p_.k) * static_cast<double>(p_.a.size());
    if (request.backward) backward_src = {true, true};
  }

  void forward(const KernelArgs& args) override {
    const auto *a = static_cast<const float*>(args.src[0]), *b = static_cast<const float*>(args.src[1]);
    float* c = static_cast<float*>(args.dst[0]);
    const int64_t num = static_cast<int64_t>(p_.a.size());
    const auto range = [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        sgemm('N', 'N', p_.m, p_.n, p_.k, a + p_.a[i], b + p_.b[i], 0.F, c + i * p_.m * p_.n);
      }
    };
    // Many small products side by side, few large ones with all threads each.
    if (num >= thread_num()) {
      parallel_for(num, 1 + (1 << 16) / (p_.m * p_.n * p_.k + 1), range);
    } else {
      range(0, num);
    }
  }

  void backward(const KernelArgs& args) override {
    const auto *a = static_cast<const float*>(args.src[0]), *b = static_cast<const float*>(args.src[1]);
    const float* g = static_cast<const float*>(args.diff_dst[0]);
    for (size_t port = 0; port < 2; ++port) {
      float* out = static_cast<float*>(args.diff_src[port]);
      if (!out) continue;
      std::fill_n(out, src[port].elements(), 0.F);
      for (size_t i = 0; i < p_.a.size(); ++i, g += p_.m * p_.n) {
        if (port == 0) {
          sgemm('N', 'T', p_.m, p_.k, p_.n, g, b + p_.b[i], 1.F, out + p_.a[i]);
        } else {
          sgemm('T', 'N', p_.k, p_.n, p_.m, a + p_.a[i], g, 1.F, out + p_.b[i]);
        }
      }
      g = static_cast<const float*>(args.diff_dst[0]);
    }
  }

 private:
  Products p_;
};

}  // namespace

std::unique_ptr<Kernel> create_matmul(const KernelRequest& request) {
  if (request.bf16 || request.activation || request.residual || !request.is_data(0) || !request.is_data(1))
    return nullptr;
  const Shape &a = request.src[0].shape, &b = request.src[1].shape, &out = request.dst[0].shape;
  if (request.src[0].dtype != DType::f32 || request.src[1].dtype != DType::f32) return nullptr;
  if (a.size() < 2 || b.size() < 2 || num_elements(out) == 0 || num_elements(a) == 0) return nullptr;
  Products p;
  p.m = a[a.size() - 2];
  p.k = a.back();
  p.n = b.back();
  const Shape batch(out.begin(), out.end() - 2);
  p.a = offsets_of(a, batch);
  p.b = offsets_of(b, batch);
  return std::make_unique<MatMulKernel>(request, std::move(p));
}

}  // namespace alcedo::onednn
