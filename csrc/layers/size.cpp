// Size: the number of elements of a value.
#include "layers/support.h"

namespace alcedo {
namespace {

void infer(InferArgs& args) {
  set_dst(args, 0, DType::i64, {});
  if (!args.dst.empty()) args.dst[0].constant = Tensor::scalar<int64_t>(num_elements(need_src(args, 0).shape));
}

// The number would change with the channels, and may be a divisor somewhere.
void channels(ChannelRuleArgs& args) { args.all_fixed(label(args.node) + "counts all elements"); }

void forward(const ForwardArgs& args) { raw_data<int64_t>(args.dst[0])[0] = args.src[0]->size(); }

}  // namespace

extern const Layer size_layer{"Size", {InputRole::data}, infer, channels, forward, nullptr};

}  // namespace alcedo
