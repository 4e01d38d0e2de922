// Errors of the engine's convolutions against float64 loops: float32 by the deterministic choice (direct), by the
// choice of this machine's timing (Winograd where it is faster), and bfloat16. Normal values, He-scaled weights,
// batch 2. One JSON line per shape, part and kernel: {shape, part, kind, kernel, l2, max}: |error| / |exact| as 2-norm,
// and the largest error over the largest value.
#include <omp.h>

#include <cmath>
#include <cstdio>
#include <random>

#include "layer_onednn.h"
#include "layer_ours.h"

using namespace alcedo;
using namespace alcedo::bench;

namespace {
struct Problem {
  ConvCase conv;
  Tensor src, weights, diff_dst;
  std::vector<double> exact[3];  // forward, backward data, backward weights

  explicit Problem(const ConvCase& c) : conv(c) {
    std::mt19937 random(7);
    const auto normal = [&](Shape shape, double scale) {
      Tensor tensor(DType::f32, std::move(shape));
      std::normal_distribution<double> distribution(0, scale);
      for (int64_t i = 0; i < tensor.size(); ++i) tensor.data<float>()[i] = static_cast<float>(distribution(random));
      return tensor;
    };
    src = normal({c.batch, c.ic, c.size, c.size}, 1);
    weights = normal({c.oc, c.ic / c.groups, c.kernel, c.kernel},
                     std::sqrt(2.0 / static_cast<double>(c.ic / c.groups * c.kernel * c.kernel)));
    diff_dst = normal({c.batch, c.oc, c.out(), c.out()}, 1);
    solve();
  }

  // One pass over all products gives all three results; threads split by what they write to.
  void solve() {
    const ConvCase& c = conv;
    const int64_t out = c.out(), pad = c.kernel / 2, icg = c.ic / c.groups, ocg = c.oc / c.groups;
    exact[0].assign(diff_dst.size(), 0);
    exact[1].assign(src.size(), 0);
    exact[2].assign(weights.size(), 0);
    const float *x = src.data<float>(), *w = weights.data<float>(), *dy = diff_dst.data<float>();
    const auto each = [&](int64_t n, int64_t o, int64_t i, const auto& use) {
      const int64_t in = o / ocg * icg + i;
      for (int64_t ky = 0; ky < c.kernel; ++ky) {
        for (int64_t kx = 0; kx < c.kernel; ++kx) {
          const int64_t at = ((o * icg + i) * c.kernel + ky) * c.kernel + kx;
          for (int64_t oy = 0; oy < out; ++oy) {
            const int64_t iy = oy * c.stride + ky - pad;
            if (iy < 0 || iy >= c.size) continue;
            for (int64_t ox = 0; ox < out; ++ox) {
              const int64_t ix = ox * c.stride + kx - pad;
              if (ix < 0 || ix >= c.size) continue;
              use(((n * c.oc + o) * out + oy) * out + ox, ((n * c.ic + in) * c.size + iy) * c.size + ix, at);
            }
          }
        }
      }
    };
#pragma omp parallel for
    for (int64_t o = 0; o < c.oc; ++o) {
      for (int64_t n = 0; n < c.batch; ++n) {
        for (int64_t i = 0; i < icg; ++i) {
          each(n, o, i, [&](int64_t y, int64_t s, int64_t k) {
            exact[0][y] += static_cast<double>(x[s]) * w[k];
            exact[2][k] += static_cast<double>(x[s]) * dy[y];
          });
        }
      }
    }
#pragma omp parallel for
    for (int64_t n = 0; n < c.batch; ++n) {
      for (int64_t o = 0; o < c.oc; ++o) {
        for (int64_t i = 0; i < icg; ++i) {
          each(n, o, i, [&](int64_t y, int64_t s, int64_t k) { exact[1][s] += static_cast<double>(w[k]) * dy[y]; });
        }
      }
    }
  }
};

void convert(const MemoryDesc& from, const void* source, const MemoryDesc& to, void* target) {
  if (from == to) {
    std::memcpy(target, source, from.bytes());
    return;
  }
  KernelArgs args;
  args.src = {source};
  args.dst = {target};
  create_reorder(from, to)->forward(args);
}

void measure(const Problem& p, Part part, const char* kind, bool bf16, bool autotune) {
  const ConvCase& c = p.conv;
  Attributes a;
  const int64_t pad = c.kernel / 2;
  a.set("kernel_shape", std::vector<int64_t>{c.kernel, c.kernel});
  a.set("strides", std::vector<int64_t>{c.stride, c.stride});
  a.set("pads", std::vector<int64_t>{pad, pad, pad, pad});
  a.set("group", c.groups);
  Ours ours("Conv", a, {p.src.shape(), p.weights.shape()}, 1, p.diff_dst.shape(), part, part == Part::backward_weights,
            bf16, autotune);
  Kernel& kernel = ours.kernel();
  KernelArgs& args = ours.args();
  const auto plain = [](const Tensor& tensor) { return MemoryDesc{DType::f32, tensor.shape(), 1}; };
  convert(plain(p.src), p.src.raw(), kernel.src[0], const_cast<void*>(args.src[0]));
  convert(plain(p.diff_dst), p.diff_dst.raw(), kernel.dst[0], const_cast<void*>(args.diff_dst[0]));
  kernel.pack(1, p.weights, args.parameters[1]);
  kernel.prepare(args, {nullptr, &p.weights});
  kernel.forward(args);
  if (part != Part::forward) kernel.backward(args);
  Tensor result(DType::f32, part == Part::forward         ? p.diff_dst.shape()
                            : part == Part::backward_data ? p.src.shape()
                                                          : p.weights.shape());
  if (part == Part::forward) {
    convert(kernel.dst[0], args.dst[0], plain(result), result.raw());
  } else if (part == Part::backward_data) {
    convert(kernel.src[0], args.diff_src[0], plain(result), result.raw());
  } else {
    kernel.unpack(1, args.diff_parameters[1], result);
  }
  const std::vector<double>& exact = p.exact[static_cast<int>(part)];
  double error = 0, norm = 0, worst = 0, largest = 0;
  for (int64_t i = 0; i < result.size(); ++i) {
    const double difference = result.data<float>()[i] - exact[i];
    error += difference * difference;
    norm += exact[i] * exact[i];
    worst = std::max(worst, std::fabs(difference));
    largest = std::max(largest, std::fabs(exact[i]));
  }
  static const char* const parts[] = {"forward", "backward data", "backward weights"};
  std::printf(
      "{\"shape\":\"%s%ldx%ld%s %ld-%ld@%ld\",\"part\":\"%s\",\"kind\":\"%s\",\"kernel\":\"%s\",\"l2\":%.3g,"
      "\"max\":%.3g}\n",
      c.groups > 1 ? "depthwise " : "", static_cast<long>(c.kernel), static_cast<long>(c.kernel),
      c.stride > 1 ? "/2" : "", static_cast<long>(c.ic), static_cast<long>(c.oc), static_cast<long>(c.size),
      parts[static_cast<int>(part)], kind, ours.name().c_str(), std::sqrt(error / norm), worst / largest);
  std::fflush(stdout);
}
}  // namespace

int main() {
  const ConvCase cases[] = {{2, 64, 64, 56, 3, 1, 1},   {2, 256, 256, 14, 3, 1, 1},  {2, 512, 512, 7, 3, 1, 1},
                            {2, 128, 128, 28, 3, 2, 1}, {2, 1024, 256, 14, 1, 1, 1}, {2, 144, 144, 28, 3, 1, 144}};
  for (const ConvCase& c : cases) {
    const Problem problem(c);
    for (const Part part : {Part::forward, Part::backward_data, Part::backward_weights}) {
      measure(problem, part, "direct", false, false);
      measure(problem, part, "timed", false, true);
      if (has_bf16() && part != Part::backward_weights) measure(problem, part, "bf16", true, false);
    }
  }
  return 0;
}
