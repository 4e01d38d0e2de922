// Functions of one value or of two with any broadcasting, in the format in which the value lies: what no other kernel
// of this backend does. Loops are plain ones that the compiler turns into vectors.
#include <cmath>
#include <map>

#include "backends/onednn/broadcast.h"
#include "backends/onednn/kernels.h"
#include "backends/onednn/slab.h"

namespace alcedo::onednn {
namespace {

enum class Op : uint8_t { add, sub, mul, div, max, min, neg, abs, sqrt, reciprocal, square, floor, ceil };

template <Op O>
ALCEDO_INLINE float value_of(float a, float b) {
  if constexpr (O == Op::add) return a + b;
  if constexpr (O == Op::sub) return a - b;
  if constexpr (O == Op::mul) return a * b;
  if constexpr (O == Op::div) return a / b;
  if constexpr (O == Op::max) return a >= b || a != a ? a : b;
  if constexpr (O == Op::min) return a <= b || a != a ? a : b;
  if constexpr (O == Op::neg) return -a;
  if constexpr (O == Op::abs) return std::fabs(a);
  if constexpr (O == Op::sqrt) return std::sqrt(a);
  if constexpr (O == Op::reciprocal) return 1.F / a;
  if constexpr (O == Op::square) return a * a;
  if constexpr (O == Op::floor) return std::floor(a);
  if constexpr (O == Op::ceil) return std::ceil(a);
}

struct Rows {
  int64_t num, size;            // rows and floats of a row
  int64_t a_row, b_row;         // strides from row to row
  bool a_constant, b_constant;  // one number per row
};

template <Op O>
ALCEDO_INLINE void rows_of(const Rows& r, const float* a, const float* b, float* out) {
  for (int64_t i = 0; i < r.num; ++i, a += r.a_row, b += r.b_row, out += r.size) {
    if (r.b_constant) {
      const float y = *b;
      for (int64_t k = 0; k < r.size; ++k) out[k] = value_of<O>(a[k], y);
    } else if (r.a_constant) {
      const float x = *a;
      for (int64_t k = 0; k < r.size; ++k) out[k] = value_of<O>(x, b[k]);
    } else {
      for (int64_t k = 0; k < r.size; ++k) out[k] = value_of<O>(a[k], b[k]);
    }
  }
}

ALCEDO_CLONES void compute_rows(Op op, const Rows& r, const float* a, const float* b, float* out) {
  switch (op) {
    case Op::add:
      return rows_of<Op::add>(r, a, b, out);
    case Op::sub:
      return rows_of<Op::sub>(r, a, b, out);
    case Op::mul:
      return rows_of<Op::mul>(r, a, b, out);
    case Op::div:
      return rows_of<Op::div>(r, a, b, out);
    case Op::max:
      return rows_of<Op::max>(r, a, b, out);
    case Op::min:
      return rows_of<Op::min>(r, a, b, out);
    case Op::neg:
      return rows_of<Op::neg>(r, a, b, out);
    case Op::abs:
      return rows_of<Op::abs>(r, a, b, out);
    case Op::sqrt:
      return rows_of<Op::sqrt>(r, a, b, out);
    case Op::reciprocal:
      return rows_of<Op::reciprocal>(r, a, b, out);
    case Op::square:
      return rows_of<Op::square>(r, a, b, out);
    case Op::floor:
      return rows_of<Op::floor>(r, a, b, out);
    case Op::ceil:
      return rows_of<Op::ceil>(r, a, b, out);
  }
}

// f(0, 0) is 0, so that padding lanes stay zero (where the other operand's lanes are padding, too).
bool keeps_zero(Op op) { return op != Op::div && op != Op::reciprocal; }

class PointwiseKernel final : public Kernel {
 public:
  // `formats`: per operand, of the result's rank; one operand: a function of one value.
  PointwiseKernel(const KernelRequest& request, Op op, std::vector<MemoryDesc> formats, const MemoryDesc& to)
      : Kernel(request),
        op_(op),
        formats_(std::move(formats)),
        walk_(formats_[0], formats_.back(), to),
        clears_(!keeps_zero(op)) {
    dst[0] = to;
    for (size_t i = 0; i < formats_.size(); ++i) {
      // One number per sample and channel, or a part that is broadcast along the channels, meets padding lanes.
      clears_ = clears_ || (to.block > 1 && formats_[i].block == 1);
      if (!request.is_data(i)) continue;
      src[i] = formats_[i];
      src[i].shape = request.src[i].shape;
    }
    name = "own:pointwise";
    if (request.is_data(0) && formats_[0] == to) {
      inplace_src = 0;
    } else if (formats_.size() > 1 && request.is_data(1) && formats_[1] == to) {
      inplace_src = 1;
    }
  }

  size_t parameter_bytes(size_t port) const override {
    return port < formats_.size() ? formats_[port].bytes() : Kernel::parameter_bytes(port);
  }
  void pack(size_t port, const Tensor& plain, void* packed) const override {
    if (port >= formats_.size() || formats_[port].block == 1) return Kernel::pack(port, plain, packed);
    const MemoryDesc& d = formats_[port];
    const float* from = plain.data<float>();
    float* to = static_cast<float*>(packed);
    for (int64_t i = 0; i < d.batch() * d.channel_blocks(); ++i) {
      for (int64_t s = 0; s < d.spatial(); ++s) {
        for (int64_t l = 0; l < d.block; ++l) {
          const int64_t c = i % d.channel_blocks() * d.block + l;
          *to++ = c < d.channels() ? from[(i / d.channel_blocks() * d.channels() + c) * d.spatial() + s] : 0;
        }
      }
    }
  }

  void forward(const KernelArgs& args) override {
    const float* operands[2];
    for (size_t i = 0; i < 2; ++i) {
      const size_t port = i < formats_.size() ? i : 0;
      operands[i] = static_cast<const float*>(args.src[port] ? args.src[port] : args.parameters[port]);
    }
    float* out = static_cast<float*>(args.dst[0]);
    const auto &inner = walk_.axes.back(), &next = walk_.axes[walk_.axes.size() - 2];
    parallel_for(walk_.rows(), 1 + 8192 / inner.size, [&](int64_t begin, int64_t end) {
      walk_.stretches(begin, end, [&](int64_t a, int64_t b, int64_t to, int64_t num) {
        const Rows rows{num, inner.size, next.a, next.b, inner.a == 0, inner.b == 0};
        compute_rows(op_, rows, operands[0] + a, operands[1] + b, out + to);
      });
    });
    if (clears_) clear_padding(slabs_of(dst[0]), out);
  }

 private:
  Op op_;
  std::vector<MemoryDesc> formats_;
  BroadcastWalk walk_;
  bool clears_;
};

// Pow with one known exponent, where it is a simple function.
bool power(const TensorInfo& exponent, Op* op) {
  if (!exponent.known() || num_elements(exponent.shape) != 1) return false;
  const float e = exponent.constant.to_floats()[0];
  *op = e == 2 ? Op::square : e == 0.5F ? Op::sqrt : Op::reciprocal;
  return e == 2 || e == 0.5F || e == -1;
}

}  // namespace

std::unique_ptr<Kernel> create_pointwise(const KernelRequest& request) {
  static const std::map<std::string, Op> two{{"Add", Op::add}, {"Sub", Op::sub}, {"Mul", Op::mul},
                                             {"Div", Op::div}, {"Max", Op::max}, {"Min", Op::min}};
  static const std::map<std::string, Op> one{{"Neg", Op::neg},     {"Abs", Op::abs},
                                             {"Sqrt", Op::sqrt},   {"Reciprocal", Op::reciprocal},
                                             {"Floor", Op::floor}, {"Ceil", Op::ceil}};
  if (request.bf16 || request.backward || request.activation || request.residual) return nullptr;
  const std::string& type = request.node->op_type;
  const Shape& out = request.dst[0].shape;
  const auto& src = request.src;
  size_t operands = two.count(type) ? 2 : 1;
  Op op;
  if (operands == 2) {
    if (src.size() != 2) return nullptr;
    op = two.at(type);
  } else if (one.count(type)) {
    op = one.at(type);
  } else if (type != "Pow" || src[0].shape != out || !power(src[1], &op)) {
    return nullptr;
  }
  if (out.empty() || num_elements(out) == 0 || request.dst[0].dtype != DType::f32) return nullptr;
  // The result lies as the largest operand does, if the others can.
  std::vector<MemoryDesc> formats;
  MemoryDesc to{DType::f32, out, 1};
  for (size_t i = 0; i < operands; ++i) {
    if (src[i].dtype != DType::f32) return nullptr;
    Shape shape(out.size() - src[i].shape.size(), 1);
    shape.insert(shape.end(), src[i].shape.begin(), src[i].shape.end());
    formats.push_back({DType::f32, shape, 1});
    if (request.is_data(i) && src[i].shape == out) to.block = std::max(to.block, request.at_hand[i].block);
  }
  const auto has_channels = [&](size_t i) { return formats[i].shape.size() > 1 && formats[i].shape[1] != 1; };
  for (size_t i = 0; i < operands; ++i) {
    // A value of fewer axes has its channels elsewhere and lies plain.
    if (request.is_data(i) && has_channels(i) && src[i].shape.size() != out.size()) to.block = 1;
    if (out.size() > 1 && has_channels(i) && formats[i].shape[1] != out[1]) to.block = 1;
  }
  if (out.size() < 3 || (out.size() > 1 && out[1] == 1)) to.block = 1;
  for (size_t i = 0; i < operands; ++i) {
    if (to.block > 1 && has_channels(i)) formats[i].block = to.block;
  }
  return std::make_unique<PointwiseKernel>(request, op, std::move(formats), to);
}

}  // namespace alcedo::onednn
