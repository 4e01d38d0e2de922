// Concat along the channels, plain or blocked; blocks are shifted lane by lane where a part does not end on one.
#include <algorithm>
#include <cstring>

#include "backends/onednn/kernels.h"
#include "backends/onednn/slab.h"

namespace alcedo::onednn {
namespace {

// N lanes of every position; a constant N becomes one or two moves.
template <class T, int N>
void copy_lanes(const T* src, T* dst, int64_t spatial, int lanes) {
  for (int64_t i = 0; i < spatial; ++i) std::memcpy(dst + i * lanes, src + i * lanes, N * sizeof(T));
}

template <class T>
using CopyLanes = void (*)(const T*, T*, int64_t, int);
template <class T>
constexpr CopyLanes<T> kCopyLanes[16] = {nullptr,           copy_lanes<T, 1>,  copy_lanes<T, 2>,  copy_lanes<T, 3>,
                                         copy_lanes<T, 4>,  copy_lanes<T, 5>,  copy_lanes<T, 6>,  copy_lanes<T, 7>,
                                         copy_lanes<T, 8>,  copy_lanes<T, 9>,  copy_lanes<T, 10>, copy_lanes<T, 11>,
                                         copy_lanes<T, 12>, copy_lanes<T, 13>, copy_lanes<T, 14>, copy_lanes<T, 15>};

// Channels [from, from + count) of `src` become [to, to + count) of `dst`, one sample. T has the element's size.
template <class T>
void copy_channels(const T* src, int64_t from, T* dst, int64_t to, int64_t count, int64_t spatial, int lanes) {
  while (count > 0) {
    const int64_t a = from % lanes, b = to % lanes;
    const T* s = src + from / lanes * lanes * spatial + a;
    T* d = dst + to / lanes * lanes * spatial + b;
    const int64_t n = std::min({count, lanes - a, lanes - b});
    if (n == lanes) {
      std::memcpy(d, s, static_cast<size_t>(spatial * lanes) * sizeof(T));
    } else {
      kCopyLanes<T>[n](s, d, spatial, lanes);
    }
    from += n;
    to += n;
    count -= n;
  }
}

template <class T>
class ConcatKernel final : public Kernel {
 public:
  ConcatKernel(const KernelRequest& request, const MemoryDesc& format) : Kernel(request) {
    dst[0] = format;
    int64_t offset = 0;
    for (size_t i = 0; i < request.src.size(); ++i) {
      offsets_.push_back(offset);
      offset += request.src[i].shape[1];
      src[i] = {format.dtype, request.src[i].shape, format.block};
    }
    name = "own:concat";
    recomputable = keeps_src = true;
  }

  void forward(const KernelArgs& args) override {
    const Slabs d = slabs_of(dst[0]);
    T* out = static_cast<T*>(args.dst[0]);
    parallel_for(d.batch, 1, [&](int64_t begin, int64_t end) {
      for (int64_t n = begin; n < end; ++n) {
        for (size_t i = 0; i < src.size(); ++i) {
          const Slabs s = slabs_of(src[i]);
          copy_channels(static_cast<const T*>(args.src[i]) + n * s.blocks * s.size(), 0, out + n * d.blocks * d.size(),
                        offsets_[i], s.channels, d.spatial, d.lanes);
        }
      }
    });
    clear_padding(d, out);
  }

  void backward(const KernelArgs& args) override {
    const Slabs d = slabs_of(dst[0]);
    const T* g = static_cast<const T*>(args.diff_dst[0]);
    for (size_t i = 0; i < src.size(); ++i) {
      if (!args.diff_src[i]) continue;
      const Slabs s = slabs_of(src[i]);
      T* out = static_cast<T*>(args.diff_src[i]);
      parallel_for(d.batch, 1, [&](int64_t begin, int64_t end) {
        for (int64_t n = begin; n < end; ++n) {
          copy_channels(g + n * d.blocks * d.size(), offsets_[i], out + n * s.blocks * s.size(), 0, s.channels,
                        d.spatial, d.lanes);
        }
      });
      clear_padding(s, out);
    }
  }

 private:
  std::vector<int64_t> offsets_;
};

}  // namespace

std::unique_ptr<Kernel> create_concat(const KernelRequest& request) {
  if (request.activation || request.residual) return nullptr;
  const Shape& out = request.dst[0].shape;
  int64_t axis = request.node->attributes.integer("axis", 0);
  if (axis < 0) axis += static_cast<int64_t>(out.size());
  if (axis != 1 || out.size() < 2 || num_elements(out) == 0) return nullptr;
  MemoryDesc format{request.bf16 ? DType::bf16 : DType::f32, out, 1};
  for (size_t i = 0; i < request.src.size(); ++i) {
    if (!request.is_data(i) || request.src[i].dtype != DType::f32 || num_elements(request.src[i].shape) == 0)
      return nullptr;
    format.block = std::max(format.block, request.at_hand[i].block);
  }
  if (format.dtype == DType::bf16) return std::make_unique<ConcatKernel<uint16_t>>(request, format);
  return std::make_unique<ConcatKernel<float>>(request, format);
}

}  // namespace alcedo::onednn
