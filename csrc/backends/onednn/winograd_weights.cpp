// A transformed kernel is a linear map of its 9 taps, the same for all channels. The map is not written down here:
// oneDNN transforms nine kernels with a single tap each, on a form of 16x16 channels, which also checks that the form
// is laid out as this file thinks.
#include "backends/onednn/winograd_weights.h"

#include <array>
#include <map>
#include <mutex>
#include <tuple>

#include "backends/onednn/slab.h"
#include "base/parallel.h"

namespace alcedo::onednn {
namespace {

constexpr int kBlock = 16, kTaps = 9, kMost = 36;  // channels; taps of a kernel; taps of a transformed one

// Offsets in floats: of the first tap of a kernel, and from one transformed tap to the next.
struct WinogradLayout {
  explicit WinogradLayout(const dnnl_wino_desc_t& desc) : form(desc) {}
  const dnnl_wino_desc_t& form;

  bool known() const {
    return form.r == 3 && (form.alpha == 4 || form.alpha == 6) && form.oc_block == kBlock && form.ic_block == kBlock &&
           (form.wino_format == dnnl_wino_wei_OBaaIBOIio || form.wino_format == dnnl_wino_wei_aaOBiOo ||
            form.wino_format == dnnl_wino_wei_aaOio);
  }
  int taps() const { return form.alpha * form.alpha; }
  int64_t step() const {
    const int64_t columns = int64_t{form.ic} * form.oc;
    return form.wino_format == dnnl_wino_wei_OBaaIBOIio ? int64_t{form.ic} * form.oc2_block * kBlock : columns;
  }
  // Of a block of output channels.
  int64_t at(int64_t block, int64_t ic) const {
    const int64_t wide = form.oc2_block;
    switch (form.wino_format) {
      case dnnl_wino_wei_OBaaIBOIio: {
        const int64_t chunk = int64_t{form.ic2_block} * kBlock;
        return block / wide * taps() * step() + (((ic / chunk * wide + block % wide) * chunk) + ic % chunk) * kBlock;
      }
      case dnnl_wino_wei_aaOBiOo:
        return ((block / wide * form.ic + ic) * wide + block % wide) * kBlock;
      default:
        return (block * form.ic + ic) * kBlock;
    }
  }
};

struct Transform {
  bool valid = false;
  std::array<float, kMost * kTaps> map{};
};

Transform probe(const memory::desc& to) {
  memory::desc small = to;
  dnnl_wino_desc_t& form = small.data.format_desc.wino_desc;
  form.ic = form.oc = kBlock;
  form.ic2_block = form.oc2_block = 1;
  form.size = sizeof(float) * kBlock * kBlock * static_cast<size_t>(form.alpha * form.alpha);
  for (int i = 0; i < 2; ++i) small.data.dims[i] = small.data.padded_dims[i] = kBlock;
  const Shape shape{kBlock, kBlock, 3, 3};
  std::vector<float> plain(static_cast<size_t>(num_elements(shape)), 0.F), packed(form.size / sizeof(float));
  // Output channel t has tap t alone, between different input channels.
  const auto input_of = [](int t) { return (5 * t + 3) % kBlock; };
  for (int t = 0; t < kTaps; ++t) plain[static_cast<size_t>((t * kBlock + input_of(t)) * kTaps + t)] = 1;
  reorder_now(plain_desc(DType::f32, shape), plain.data(), small, packed.data());
  const WinogradLayout layout(form);
  Transform transform;
  size_t elsewhere = packed.size();
  for (const float x : packed) elsewhere -= x == 0 ? 1 : 0;
  for (int t = 0; t < kTaps; ++t) {
    for (int k = 0; k < layout.taps(); ++k) {
      const float x = packed[static_cast<size_t>(layout.at(0, input_of(t)) + t + k * layout.step())];
      transform.map[static_cast<size_t>(k * kTaps + t)] = x;
      elsewhere -= x == 0 ? 0 : 1;
    }
  }
  transform.valid = elsewhere == 0;
  return transform;
}

const Transform& transform_of(const memory::desc& to) {
  static std::mutex mutex;
  static std::map<std::tuple<int, int, float>, Transform> known;
  const dnnl_wino_desc_t& form = to.data.format_desc.wino_desc;
  const std::lock_guard lock(mutex);
  const auto [at, fresh] = known.try_emplace({form.wino_format, form.alpha, form.adj_scale});
  if (fresh) {
    try {
      at->second = probe(to);
    } catch (const dnnl::error&) {
      // Left invalid: oneDNN's own reorder does the work.
    }
  }
  return at->second;
}

// One input channel, a block of output channels `row` floats apart.
ALCEDO_CLONES void transform_block(const float* taps, int64_t row, const float* map, int num, int64_t step,
                                   float* out) {
  Vec<kBlock> w[kTaps];
  for (int t = 0; t < kTaps; ++t) {
    for (int o = 0; o < kBlock; ++o) w[t][o] = taps[o * row + t];
  }
  for (int k = 0; k < num; ++k) {
    Vec<kBlock> sum = w[0] * map[k * kTaps];
    for (int t = 1; t < kTaps; ++t) sum += w[t] * map[k * kTaps + t];
    store<kBlock>(out + k * step, sum);
  }
}

}  // namespace

bool pack_winograd(const float* plain, const memory::desc& to, void* packed) {
  if (to.data.format_kind != dnnl_format_kind_wino) return false;
  const dnnl_wino_desc_t& form = to.data.format_desc.wino_desc;
  const WinogradLayout layout(form);
  if (!layout.known() || to.data.dims[0] != form.oc || to.data.dims[1] != form.ic) return false;
  const Transform& transform = transform_of(to);
  if (!transform.valid) return false;
  const int64_t blocks = form.oc / kBlock, row = int64_t{form.ic} * kTaps;
  parallel_for(blocks, 1, [&](int64_t begin, int64_t end) {
    for (int64_t block = begin; block < end; ++block) {
      for (int64_t ic = 0; ic < form.ic; ++ic) {
        transform_block(plain + block * kBlock * row + ic * kTaps, row, transform.map.data(), layout.taps(),
                        layout.step(), static_cast<float*>(packed) + layout.at(block, ic));
      }
    }
  });
  return true;
}

}  // namespace alcedo::onednn
