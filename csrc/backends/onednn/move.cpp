// Layers that only move elements (Pad, Slice, Transpose, Tile, Expand, Split, Gather with known indices, DepthToSpace,
// SpaceToDepth), between any formats: the layer's own reference moves a tensor of positions once, when the kernel is
// made; a run of the kernel copies along them.
#include <algorithm>
#include <cstring>

#include "backends/onednn/kernels.h"
#include "base/parallel.h"

namespace alcedo::onednn {
namespace {

// `num` elements from dst on come from src, src + stride, ...; src -1: the fill value.
struct Run {
  int32_t dst, src, stride, num;
};

// Positions of one result: runs, or single elements where runs would be short.
struct Moves {
  std::vector<Run> runs;
  std::vector<int32_t> elements;
};

constexpr int32_t kFill = -1, kPadding = -2;
constexpr int64_t kLongestRun = 4096;

// Per element of memory the element of the value, -1 for padding.
template <class F>
void each_element(const MemoryDesc& desc, F f) {
  if (desc.block == 1) {
    for (int64_t i = 0, n = num_elements(desc.shape); i < n; ++i) f(i, i);
    return;
  }
  const int64_t channels = desc.channels(), spatial = desc.spatial(), blocks = desc.channel_blocks();
  int64_t at = 0;
  for (int64_t i = 0; i < desc.batch() * blocks; ++i) {
    for (int64_t s = 0; s < spatial; ++s) {
      for (int64_t l = 0; l < desc.block; ++l, ++at) {
        const int64_t c = i % blocks * desc.block + l;
        f(at, c < channels ? (i / blocks * channels + c) * spatial + s : -1);
      }
    }
  }
}

Moves moves_of(const MemoryDesc& src, const MemoryDesc& dst, const Tensor& places) {
  std::vector<int32_t> memory_of(static_cast<size_t>(num_elements(src.shape)));
  each_element(src, [&](int64_t at, int64_t element) {
    if (element >= 0) memory_of[element] = static_cast<int32_t>(at);
  });
  Moves moves;
  moves.elements.resize(static_cast<size_t>(dst.elements()));
  const int64_t* place = static_cast<const int64_t*>(places.raw());
  each_element(dst, [&](int64_t at, int64_t element) {
    moves.elements[at] = element < 0 ? kPadding : place[element] == 0 ? kFill : memory_of[place[element] - 1];
  });
  const auto& e = moves.elements;
  const int64_t size = static_cast<int64_t>(e.size());
  for (int64_t i = 0; i < size;) {
    int64_t end = i + 1;
    const int32_t stride = e[i] < 0 || end == size || e[end] < 0 ? 0 : e[end] - e[i];
    if (e[i] < 0) {
      while (end < size && end - i < kLongestRun && e[end] == e[i]) ++end;
    } else if (end < size && e[end] >= 0) {
      while (end < size && end - i < kLongestRun && e[end] >= 0 && e[end] - e[end - 1] == stride) ++end;
    }
    moves.runs.push_back({static_cast<int32_t>(i), e[i], stride, static_cast<int32_t>(end - i)});
    i = end;
    if (static_cast<int64_t>(moves.runs.size()) * 4 > size + 64) break;
  }
  if (static_cast<int64_t>(moves.runs.size()) * 4 > size + 64) {
    moves.runs.clear();
  } else {
    moves.elements = {};
  }
  return moves;
}

template <class T>
void copy_runs(const Run* run, const Run* end, const T* src, T fill, T* dst) {
  for (; run < end; ++run) {
    T* to = dst + run->dst;
    if (run->src < 0) {
      std::fill_n(to, run->num, run->src == kFill ? fill : T(0));
    } else if (run->stride == 1) {
      std::memcpy(to, src + run->src, static_cast<size_t>(run->num) * sizeof(T));
    } else {
      const T* from = src + run->src;
      for (int64_t i = 0, n = run->num, s = run->stride; i < n; ++i) to[i] = from[i * s];
    }
  }
}

class MoveKernel final : public Kernel {
 public:
  MoveKernel(const KernelRequest& request, const MemoryDesc& from, const std::vector<MemoryDesc>& to,
             const std::vector<Tensor>& places, uint64_t fill)
      : Kernel(request), fill_(fill) {
    src[0] = from;
    dst = to;
    name = "own:move";
    for (size_t i = 0; i < to.size(); ++i) {
      moves_.emplace_back();
      if (to[i].defined()) moves_.back() = moves_of(from, to[i], places[i]);
    }
  }

  void forward(const KernelArgs& args) override {
    for (size_t i = 0; i < dst.size(); ++i) {
      if (!args.dst[i]) continue;
      switch (size_of(src[0].dtype)) {
        case 1:
          move<uint8_t>(i, args);
          break;
        case 4:
          move<uint32_t>(i, args);
          break;
        default:
          move<uint64_t>(i, args);
      }
    }
  }

 private:
  template <class T>
  void move(size_t port, const KernelArgs& args) {
    const Moves& m = moves_[port];
    const T* from = static_cast<const T*>(args.src[0]);
    T* to = static_cast<T*>(args.dst[port]);
    const T fill = static_cast<T>(fill_);
    const int64_t num_runs = static_cast<int64_t>(m.runs.size()), elements = dst[port].elements();
    if (num_runs > 0) {
      parallel_for(num_runs, 1 + 16384 * num_runs / elements, [&](int64_t begin, int64_t end) {
        copy_runs(m.runs.data() + begin, m.runs.data() + end, from, fill, to);
      });
      return;
    }
    const int32_t* e = m.elements.data();
    parallel_for(elements, 8192, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) to[i] = e[i] >= 0 ? from[e[i]] : e[i] == kFill ? fill : T(0);
    });
  }

  std::vector<Moves> moves_;
  uint64_t fill_;
};

uint64_t bits_of(const Tensor& one) {
  uint64_t bits = 0;
  if (one.size() == 1) std::memcpy(&bits, one.raw(), std::min<size_t>(one.bytes(), sizeof bits));
  return bits;
}

}  // namespace

std::unique_ptr<Kernel> create_move(const KernelRequest& request) {
  if (request.backward || request.activation || request.residual || !request.is_data(0)) return nullptr;
  const TensorInfo& from = request.src[0];
  const size_t size = from.dtype == DType::undefined || from.dtype == DType::string ? 0 : size_of(from.dtype);
  if (request.bf16 || (size != 1 && size != 4 && size != 8)) return nullptr;
  const int64_t num = num_elements(from.shape);
  if (num == 0 || num > (int64_t{1} << 28)) return nullptr;
  const bool pad = request.node->op_type == "Pad";
  // The positions, from 1 on; what comes from nowhere is 0.
  Tensor positions(DType::i64, from.shape);
  for (int64_t i = 0; i < num; ++i) positions.data<int64_t>()[i] = i + 1;
  std::vector<Tensor> held(request.src.size());
  std::vector<const Tensor*> src(request.src.size(), nullptr);
  src[0] = &positions;
  uint64_t fill = 0;
  for (size_t i = 1; i < request.src.size(); ++i) {
    if (request.src[i].dtype == DType::undefined) continue;
    if (!request.src[i].known()) return nullptr;
    held[i] = request.src[i].constant;
    if (pad && i == 2) {
      fill = bits_of(held[i]);
      held[i] = Tensor(DType::i64, held[i].shape());
    }
    src[i] = &held[i];
  }
  const bool keeps = request.node->op_type != "Transpose";
  const MemoryDesc format{from.dtype, from.shape, request.at_hand[0].block};
  std::vector<Tensor> places(request.dst.size());
  std::vector<Tensor*> dst(request.dst.size(), nullptr);
  std::vector<MemoryDesc> formats(request.dst.size());
  for (size_t i = 0; i < request.dst.size(); ++i) {
    const TensorInfo& to = request.dst[i];
    if (to.dtype == DType::undefined) continue;
    if (num_elements(to.shape) == 0 || num_elements(to.shape) > (int64_t{1} << 28)) return nullptr;
    places[i] = Tensor(DType::i64, to.shape);
    dst[i] = &places[i];
    formats[i] = {to.dtype, to.shape, keeps && to.shape.size() == from.shape.size() ? format.block : 1};
  }
  find_layer(request.node->op_type)->forward({*request.node, src, dst});
  return std::make_unique<MoveKernel>(request, format, formats, places, fill);
}

}  // namespace alcedo::onednn
