// layer_bench ROUNDS [PART_OF_A_NAME]: the engine's kernels on shapes of the bench networks against oneDNN's own best,
// in turn. One JSON line per case: {what, batch, kernel, best, gflop, mb, bf16, pairs: [[ours ms, theirs ms], ...]}.
#include <omp.h>

#include <cstdio>
#include <cstdlib>

#include "base/parallel.h"
#include "layer_onednn.h"
#include "layer_ours.h"

using namespace alcedo;
using namespace alcedo::bench;

namespace {
int rounds = 3;
std::string wanted;

double window(const std::function<void()>& work) {
  const double once = milliseconds(work);
  const int steps = std::max(3, static_cast<int>(30 / std::max(once, 0.001)));
  std::vector<double> times;
  for (int i = 0; i < steps; ++i) times.push_back(milliseconds(work));
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

void duel(const std::string& what, int64_t batch, double flops, bool bf16, const std::function<void()>& ours,
          const std::string& kernel, double bytes, OneDnn& theirs) {
  theirs.settle();
  if (!theirs.found()) return;
  ours();
  std::string pairs;
  for (int i = 0; i < rounds; ++i) {
    const double a = window(ours), b = window([&] { theirs.run(); });
    char text[80];
    std::snprintf(text, sizeof text, "%s[%.5f,%.5f]", i ? "," : "", a, b);
    pairs += text;
  }
  std::printf(
      "{\"what\":\"%s\",\"batch\":%ld,\"kernel\":\"%s\",\"best\":\"%s\",\"gflop\":%.4f,\"mb\":%.3f,"
      "\"bf16\":%s,\"pairs\":[%s]}\n",
      what.c_str(), static_cast<long>(batch), kernel.c_str(), theirs.name().c_str(), flops * 1e-9, bytes * 1e-6,
      bf16 ? "true" : "false", pairs.c_str());
  std::fflush(stdout);
}

bool skipped(const std::string& what) { return what.find(wanted) == std::string::npos; }

const char* name_of(Part part) {
  return part == Part::forward ? "forward" : part == Part::backward_data ? "backward data" : "backward weights";
}
constexpr Part kParts[] = {Part::forward, Part::backward_data, Part::backward_weights};

void conv(const ConvCase& c, bool bf16 = false) {
  for (const Part part : kParts) {
    if (bf16 && part == Part::backward_weights) continue;
    if (c.ic == 3 && part == Part::backward_data) continue;
    char text[120];
    std::snprintf(text, sizeof text, "%s %ldx%ld%s %ld-%ld@%ld %s%s", c.groups > 1 ? "depthwise" : "conv",
                  static_cast<long>(c.kernel), static_cast<long>(c.kernel), c.stride > 1 ? "/2" : "",
                  static_cast<long>(c.ic), static_cast<long>(c.oc), static_cast<long>(c.size), name_of(part),
                  bf16 ? " bf16" : "");
    if (skipped(text)) continue;
    const int64_t pad = c.kernel / 2;
    Attributes a;
    a.set("kernel_shape", std::vector<int64_t>{c.kernel, c.kernel});
    a.set("strides", std::vector<int64_t>{c.stride, c.stride});
    a.set("pads", std::vector<int64_t>{pad, pad, pad, pad});
    a.set("group", c.groups);
    const bool training = part == Part::backward_weights;
    Ours ours("Conv", a, {{c.batch, c.ic, c.size, c.size}, {c.oc, c.ic / c.groups, c.kernel, c.kernel}}, 1,
              {c.batch, c.oc, c.out(), c.out()}, part, training, bf16);
    OneDnn best;
    offer_conv(best, c, part, bf16);
    duel(
        text, c.batch, c.flops(), bf16, [&] { ours.run(); }, ours.name(), ours.bytes(), best);
  }
}

void other_layers() {
  const auto layer = [](const std::string& what, const std::string& type, const Attributes& attributes,
                        const std::vector<Shape>& src, size_t data, const Shape& dst, Part part, bool training,
                        double flops, double passes, const std::function<void(OneDnn&)>& offer) {
    if (skipped(what)) return;
    Ours ours(type, attributes, src, data, dst, part, training, false);
    OneDnn best;
    offer(best);
    duel(
        what, src[0][0], flops, false, [&] { ours.run(); }, ours.name(), ours.bytes() * passes, best);
  };
  for (const auto& [channels, size] : {std::pair<int64_t, int64_t>{64, 112}, {256, 56}, {512, 14}}) {
    const Shape shape{8, channels, size, size}, one{channels};
    const std::string at = " " + std::to_string(channels) + "@" + std::to_string(size);
    const std::vector<Shape> src{shape, one, one, one, one};
    // Statistics and result each need the values once: 3 passes of the 2 that bytes() counts; backward likewise 5.
    layer("batchnorm" + at + " training forward", "BatchNormalization", {}, src, 1, shape, Part::forward, true, 0, 1.5,
          [&](OneDnn& best) { offer_batchnorm(best, shape, Part::forward, true); });
    layer("batchnorm" + at + " training backward", "BatchNormalization", {}, src, 1, shape, Part::backward_data, true,
          0, 2.5, [&](OneDnn& best) { offer_batchnorm(best, shape, Part::backward_data, true); });
  }
  const Shape image{8, 64, 112, 112}, half{8, 64, 56, 56}, late{8, 2048, 7, 7}, pooled{8, 2048, 1, 1};
  Attributes pool;
  pool.set("kernel_shape", std::vector<int64_t>{3, 3});
  pool.set("strides", std::vector<int64_t>{2, 2});
  pool.set("pads", std::vector<int64_t>{1, 1, 1, 1});
  layer("maxpool 3x3/2 64@112 forward", "MaxPool", pool, {image}, 1, half, Part::forward, false, 0, 1,
        [&](OneDnn& best) { offer_pool(best, image, half, 3, 2, 1, true, Part::forward); });
  layer("maxpool 3x3/2 64@112 backward", "MaxPool", pool, {image}, 1, half, Part::backward_data, true, 0, 1,
        [&](OneDnn& best) { offer_pool(best, image, half, 3, 2, 1, true, Part::backward_data); });
  layer("global average pool 2048@7 forward", "GlobalAveragePool", {}, {late}, 1, pooled, Part::forward, false, 0, 1,
        [&](OneDnn& best) { offer_pool(best, late, pooled, 7, 1, 0, false, Part::forward); });
  Attributes transposed;
  transposed.set("transB", int64_t{1});
  for (const auto& [ic, oc] : {std::pair<int64_t, int64_t>{2048, 1000}, {25088, 4096}}) {
    for (const Part part : kParts) {
      const int64_t in = ic, out = oc;
      layer("gemm " + std::to_string(ic) + "-" + std::to_string(oc) + " " + name_of(part), "Gemm", transposed,
            {{8, ic}, {oc, ic}, {oc}}, 1, {8, oc}, part, part == Part::backward_weights, 16.0 * ic * oc, 1,
            [&](OneDnn& best) { offer_gemm(best, 8, in, out, part); });
    }
  }
  const Shape wide{8, 256, 56, 56};
  layer("relu 256@56", "Relu", {}, {wide}, 1, wide, Part::forward, false, 0, 1,
        [&](OneDnn& best) { offer_relu(best, wide); });
  layer("add 256@56", "Add", {}, {wide, wide}, 2, wide, Part::forward, false, 0, 1,
        [&](OneDnn& best) { offer_add(best, wide); });
}

void reorders() {
  const Shape shape{8, 256, 56, 56};
  for (const bool to_blocked : {true, false}) {
    const std::string what = to_blocked ? "reorder 256@56 to blocked" : "reorder 256@56 to nchw";
    if (skipped(what)) continue;
    const MemoryDesc plain{DType::f32, shape, 1}, blocked{DType::f32, shape, channel_block()};
    const auto kernel = create_reorder(to_blocked ? plain : blocked, to_blocked ? blocked : plain);
    Arena arena;
    arena.allocate(plain.bytes() + blocked.bytes());
    KernelArgs args;
    args.src = {arena.data()};
    args.dst = {arena.data() + plain.bytes()};
    OneDnn best;
    offer_reorder(best, shape, to_blocked);
    duel(
        what, shape[0], 0, false, [&] { kernel->forward(args); }, kernel->name,
        static_cast<double>(plain.bytes() + blocked.bytes()), best);
  }
}
}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) rounds = std::max(1, std::atoi(argv[1]));
  if (argc > 2) wanted = argv[2];
  set_thread_num(omp_get_max_threads());
  // batch, in, out, size, kernel, stride, groups
  const ConvCase cases[] = {{8, 3, 64, 224, 7, 2, 1},      {8, 64, 64, 56, 3, 1, 1},     {8, 128, 128, 28, 3, 1, 1},
                            {8, 256, 256, 14, 3, 1, 1},    {8, 512, 512, 7, 3, 1, 1},    {8, 128, 128, 56, 3, 2, 1},
                            {8, 64, 256, 56, 1, 1, 1},     {8, 1024, 256, 14, 1, 1, 1},  {8, 512, 1024, 28, 1, 2, 1},
                            {128, 16, 16, 32, 3, 1, 1},    {128, 32, 32, 16, 3, 1, 1},   {16, 96, 96, 112, 3, 2, 96},
                            {16, 144, 144, 56, 3, 1, 144}, {16, 384, 384, 14, 3, 1, 384}};
  for (const ConvCase& c : cases) conv(c);
  if (has_bf16()) {
    for (const ConvCase& c : {cases[1], cases[3], cases[6]}) conv(c, true);
  }
  other_layers();
  reorders();
  return 0;
}
