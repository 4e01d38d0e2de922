// Weights of Winograd convolutions: our packing against oneDNN's own reorder.
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <vector>

#include "backends/onednn/winograd_weights.h"

using namespace alcedo;
using namespace alcedo::onednn;

TEST_SUITE("backends") {
  TEST_CASE("pack_winograd equals oneDNN's reorder in every form that oneDNN chooses") {
    int known = 0;
    for (const auto& [batch, ic, oc, size] :
         std::vector<std::array<int64_t, 4>>{{8, 64, 64, 28}, {8, 128, 64, 14}, {1, 32, 64, 16}, {1, 64, 128, 7}}) {
      const MemoryDesc from{DType::f32, {batch, ic, size, size}, channel_block()};
      const MemoryDesc into{DType::f32, {batch, oc, size, size}, channel_block()};
      const Shape shape{oc, ic, 3, 3};
      memory::desc form;
      try {
        const dnnl::convolution_forward::primitive_desc pd({dnnl::prop_kind::forward_inference,
                                                            dnnl::algorithm::convolution_winograd,
                                                            desc_of(from),
                                                            any_desc(DType::f32, shape),
                                                            desc_of(into),
                                                            {1, 1},
                                                            {1, 1},
                                                            {1, 1}},
                                                           cpu());
        form = pd.weights_desc();
      } catch (const dnnl::error&) {
        continue;  // this processor has no Winograd
      }
      std::vector<float> plain(static_cast<size_t>(num_elements(shape)));
      for (size_t i = 0; i < plain.size(); ++i) plain[i] = std::sin(static_cast<float>(i));
      std::vector<float> wanted(form.get_size() / sizeof(float)), found(wanted.size(), 7.F);
      reorder_now(plain_desc(DType::f32, shape), plain.data(), form, wanted.data());
      if (!pack_winograd(plain.data(), form, found.data())) continue;
      ++known;
      double worst = 0;
      for (size_t i = 0; i < wanted.size(); ++i)
        worst = std::max(worst, std::fabs(static_cast<double>(wanted[i]) - static_cast<double>(found[i])));
      CHECK(worst < 1e-5);
    }
    if (channel_block() == 16) CHECK(known > 0);
  }
}
