// Range: start, start + delta, ... up to, not including, limit.
#include <algorithm>
#include <cmath>

#include "layers/support.h"

namespace alcedo {
namespace {

double number(const Tensor& tensor) {
  const Tensor wide = tensor.cast(DType::f64);
  return raw_data<double>(&wide)[0];
}

void infer(InferArgs& args) {
  for (size_t i = 0; i < 3; ++i) {
    node_require(args.node, need_src(args, i).known() && num_elements(need_src(args, i).shape) == 1, "input ", i,
                 " is not one number that is known before the network runs");
  }
  need_one_dtype(args, 3);
  const double start = number(args.src[0].constant), limit = number(args.src[1].constant),
               delta = number(args.src[2].constant);
  node_require(args.node, delta != 0, "delta is 0");
  const double num = std::max(0.0, std::ceil((limit - start) / delta));
  node_require(args.node, num < double(int64_t{1} << 40), "the range has ", num, " elements");
  set_dst(args, 0, args.src[0].dtype, {static_cast<int64_t>(num)});
}

void channels(ChannelRuleArgs& args) { args.all_fixed(label(args.node) + "counts"); }

void forward(const ForwardArgs& args) {
  for_numbers(args, args.dst[0]->dtype(), forward, [&](auto type) {
    using T = typename decltype(type)::type;
    const T start = raw_data<T>(args.src[0])[0], delta = raw_data<T>(args.src[2])[0];
    for (int64_t i = 0; i < args.dst[0]->size(); ++i) {
      raw_data<T>(args.dst[0])[i] = static_cast<T>(start + static_cast<T>(i) * delta);
    }
  });
}

}  // namespace

extern const Layer range_layer{"Range", {InputRole::setting}, infer, channels, forward, nullptr};

}  // namespace alcedo
