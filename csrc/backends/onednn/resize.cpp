// Resize over space, plain or blocked: rows are combined first, then positions; every result is a weighted sum of a
// few source positions (layers/resize.h).
#include "layers/resize.h"

#include <algorithm>

#include "backends/onednn/kernels.h"
#include "backends/onednn/slab.h"

namespace alcedo::onednn {
namespace {

struct AxisTaps {
  int64_t in = 1, out = 1;
  int num = 1;
  std::vector<int64_t> index;
  std::vector<float> weight;

  AxisTaps() : index{0}, weight{1.F} {}
  explicit AxisTaps(const Taps& taps) : in(taps.in), out(taps.out), num(taps.num), index(taps.index) {
    weight.assign(taps.weight.begin(), taps.weight.end());
  }
};

// row = sum of w[k] * src[at[k]], whole rows of `size` floats.
ALCEDO_CLONES void combine_rows(const float* src, int64_t size, const int64_t* at, const float* w, int num,
                                float* row) {
  const float* first = src + at[0] * size;
  slab_loop<Layout<16, true>>(
      size, [&](auto width, int64_t i) __attribute__((always_inline)) {
        constexpr int W = decltype(width)::value;
        Vec<W> sum = load<W>(first + i) * w[0];
        for (int k = 1; k < num; ++k) sum += load<W>(src + at[k] * size + i) * w[k];
        store<W>(row + i, sum);
      });
}

template <int L>
ALCEDO_INLINE void combine_positions_of(const float* row, const AxisTaps& x, float* out) {
  const int64_t* at = x.index.data();
  const float* w = x.weight.data();
  if (x.num == 1) {
    for (int64_t i = 0; i < x.out; ++i) store<L>(out + i * L, load<L>(row + at[i] * L));
  } else if (x.num == 2) {
    for (int64_t i = 0; i < x.out; ++i, at += 2, w += 2)
      store<L>(out + i * L, load<L>(row + at[0] * L) * w[0] + load<L>(row + at[1] * L) * w[1]);
  } else {
    for (int64_t i = 0; i < x.out; ++i, at += x.num, w += x.num) {
      Vec<L> sum = load<L>(row + at[0] * L) * w[0];
      for (int k = 1; k < x.num; ++k) sum += load<L>(row + at[k] * L) * w[k];
      store<L>(out + i * L, sum);
    }
  }
}
ALCEDO_CLONES void combine_positions(int lanes, const float* row, const AxisTaps& x, float* out) {
  if (lanes == 16) return combine_positions_of<16>(row, x, out);
  if (lanes == 8) return combine_positions_of<8>(row, x, out);
  combine_positions_of<1>(row, x, out);
}

class ResizeKernel final : public Kernel {
 public:
  ResizeKernel(const KernelRequest& request, AxisTaps y, AxisTaps x)
      : Kernel(request), y_(std::move(y)), x_(std::move(x)) {
    src[0] = {DType::f32, request.src[0].shape, request.at_hand[0].block};
    dst[0] = {DType::f32, request.dst[0].shape, src[0].block};
    name = "own:resize";
    scratch_bytes = static_cast<size_t>(thread_num() * row_floats()) * sizeof(float);
  }

  void forward(const KernelArgs& args) override {
    const Slabs s = slabs_of(src[0]), d = slabs_of(dst[0]);
    const int64_t from_row = x_.in * s.lanes, to_row = x_.out * s.lanes;
    // Rows of all slabs, a run of them per thread, each with a row of scratch.
    const int64_t rows = d.num() * y_.out, lanes = thread_num();
    const int64_t parts = std::min(lanes, 1 + rows * to_row / 16384);
    parallel_for(parts, 1, [&](int64_t begin, int64_t end) {
      for (int64_t part = begin; part < end; ++part) {
        float* scratch = static_cast<float*>(args.scratch) + part * row_floats();
        for (int64_t r = rows * part / parts; r < rows * (part + 1) / parts; ++r) {
          const int64_t slab = r / y_.out, oy = r % y_.out;
          const float* from = static_cast<const float*>(args.src[0]) + slab * s.size();
          const int64_t* at = y_.index.data() + oy * y_.num;
          const float* w = y_.weight.data() + oy * y_.num;
          const float* row = from + at[0] * from_row;
          if (y_.num > 2 || (y_.num == 2 && w[0] != 1)) {
            combine_rows(from, from_row, at, w, y_.num, scratch);
            row = scratch;
          }
          combine_positions(s.lanes, row, x_, static_cast<float*>(args.dst[0]) + slab * d.size() + oy * to_row);
        }
      }
    });
  }

  // The transposed sums, a slab at a time.
  void backward(const KernelArgs& args) override {
    if (!args.diff_src[0]) return;
    const Slabs s = slabs_of(src[0]), d = slabs_of(dst[0]);
    parallel_for(s.num(), slab_grain(d), [&](int64_t begin, int64_t end) {
      for (int64_t slab = begin; slab < end; ++slab) {
        const float* g = static_cast<const float*>(args.diff_dst[0]) + slab * d.size();
        float* out = static_cast<float*>(args.diff_src[0]) + slab * s.size();
        std::fill_n(out, s.size(), 0.F);
        for (int64_t i = 0; i < y_.out * x_.out; ++i, g += s.lanes) {
          const int64_t oy = i / x_.out, ox = i % x_.out;
          for (int ky = 0; ky < y_.num; ++ky) {
            float* row = out + y_.index[oy * y_.num + ky] * x_.in * s.lanes;
            for (int kx = 0; kx < x_.num; ++kx) {
              const float w = y_.weight[oy * y_.num + ky] * x_.weight[ox * x_.num + kx];
              float* to = row + x_.index[ox * x_.num + kx] * s.lanes;
              for (int l = 0; l < s.lanes; ++l) to[l] += w * g[l];
            }
          }
        }
      }
    });
  }

 private:
  int64_t row_floats() const { return (x_.in * src[0].block + 15) / 16 * 16; }

  AxisTaps y_, x_;
};

}  // namespace

std::unique_ptr<Kernel> create_resize(const KernelRequest& request) {
  if (request.bf16 || request.activation || request.residual || !request.is_data(0)) return nullptr;
  const Shape& shape = request.src[0].shape;
  const size_t rank = shape.size();
  if (request.src[0].dtype != DType::f32 || rank < 3 || rank > 4 || num_elements(request.dst[0].shape) == 0)
    return nullptr;
  ResizeInputs inputs;
  for (size_t i = 1; i < request.src.size() && i < 4; ++i) {
    const TensorInfo& info = request.src[i];
    if (info.dtype == DType::undefined || num_elements(info.shape) == 0) continue;
    if (!info.known()) return nullptr;
    if (i == 1) inputs.roi = info.constant.to_floats();
    if (i == 2) inputs.scales = info.constant.to_floats();
    if (i == 3) inputs.sizes = info.constant.to_ints();
  }
  std::vector<AxisTaps> space;
  const std::vector<ResizeAxis> axes = resize_axes(*request.node, shape, inputs);
  for (size_t a = 0; a < rank; ++a) {
    const Taps taps = make_taps(*request.node, axes[a]);
    if (!taps.outside.empty() || (a < 2 && !taps.identity())) return nullptr;
    if (a >= 2) space.emplace_back(taps);
  }
  if (rank == 3) space.insert(space.begin(), AxisTaps());
  return std::make_unique<ResizeKernel>(request, space[0], space[1]);
}

}  // namespace alcedo::onednn
