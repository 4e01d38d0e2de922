// Loops of our own against plain ones, at sizes that fill no vector.
#include <algorithm>
#include <vector>

#include "backends/backend.h"
#include "backends/onednn/few_rows.h"
#include "engine_support.h"

using namespace alcedo;
using namespace alcedo::test;

TEST_SUITE_BEGIN("engine");

TEST_CASE("loops: reorders between plain and blocked memory, padding is zero") {
  Builder b;
  const int64_t block = channel_block();
  for (const Shape& shape : {Shape{2, 3, 5, 7}, Shape{1, 16, 4, 4}, Shape{3, 37, 9, 11}, Shape{2, 48, 1, 1},
                             Shape{1, 5, 130}, Shape{1, 70, 2, 3, 5}}) {
    CAPTURE(to_string(shape));
    const Tensor values = b.random(shape);
    const float* from = values.data<float>();
    const MemoryDesc plain{DType::f32, shape, 1}, blocked{DType::f32, shape, static_cast<int>(block)};
    std::vector<float> there(blocked.bytes() / sizeof(float), 7.F), back(plain.bytes() / sizeof(float), 7.F);
    KernelArgs args;
    args.src = {from};
    args.dst = {there.data()};
    create_reorder(plain, blocked)->forward(args);
    const int64_t spatial = plain.spatial(), channels = shape[1], blocks = (channels + block - 1) / block;
    int64_t wrong = 0;
    for (int64_t i = 0; i < static_cast<int64_t>(there.size()); ++i) {
      const int64_t lane = i % block, position = i / block % spatial, slab = i / block / spatial;
      const int64_t n = slab / blocks, c = slab % blocks * block + lane;
      wrong += there[i] == (c < channels ? from[(n * channels + c) * spatial + position] : 0.F) ? 0 : 1;
    }
    CHECK(wrong == 0);
    args.src = {there.data()};
    args.dst = {back.data()};
    create_reorder(blocked, plain)->forward(args);
    CHECK(std::equal(back.begin(), back.end(), from));
  }
}

TEST_CASE("loops: few rows times a matrix") {
  if (!onednn::has_few_rows(1)) return;
  Builder b;
  for (const int64_t rows : {1, 3, 8, 13}) {
    for (const int64_t ic : {1, 17, 2048, 4101}) {
      for (const int64_t oc : {1, 2, 3, 10}) {
        const Tensor x = b.random({rows, ic}), w = b.random({oc, ic});
        Tensor y(DType::f32, {rows, oc});
        onednn::few_rows_product(rows, ic, oc, x.data<float>(), w.data<float>(), y.data<float>());
        double worst = 0;
        for (int64_t r = 0; r < rows; ++r) {
          for (int64_t o = 0; o < oc; ++o) {
            double sum = 0;
            for (int64_t k = 0; k < ic; ++k) {
              sum += static_cast<double>(x.data<float>()[r * ic + k]) * w.data<float>()[o * ic + k];
            }
            worst = std::max(worst, std::abs(sum - y.data<float>()[r * oc + o]));
          }
        }
        CAPTURE(rows);
        CAPTURE(ic);
        CAPTURE(oc);
        CHECK(worst < 1e-6 * (10 + static_cast<double>(ic)));
      }
    }
  }
}

TEST_SUITE_END();
