// Not: the negation of booleans.
#include "layers/support.h"

namespace alcedo {
namespace {

void forward(const ForwardArgs& args) {
  if (args.src[0]->dtype() != DType::boolean) bad_dtype(args.node, args.src[0]->dtype());
  for (int64_t i = 0; i < args.src[0]->size(); ++i) {
    raw_data<uint8_t>(args.dst[0])[i] = !raw_data<uint8_t>(args.src[0])[i];
  }
}

}  // namespace

extern const Layer not_layer{"Not", {InputRole::data}, infer_same, pointwise_channels, forward, nullptr};

}  // namespace alcedo
