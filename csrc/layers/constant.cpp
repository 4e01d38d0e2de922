// Constant: a value given by an attribute. Import makes graph constants of these nodes.
#include <cstring>

#include "layers/support.h"

namespace alcedo {
namespace {

Tensor value_of(const Node& node) {
  const Attributes& a = node.attributes;
  if (const Tensor* tensor = a.tensor("value")) return *tensor;
  if (a.has("value_int")) return Tensor::scalar<int64_t>(a.integer("value_int", 0));
  if (a.has("value_float")) return Tensor::scalar<float>(a.real("value_float", 0));
  if (a.has("value_ints")) return Tensor::vector<int64_t>(a.integers("value_ints"));
  if (a.has("value_floats")) return Tensor::vector<float>(a.reals("value_floats"));
  node_fail(node, "has no value of a supported kind");
}

void infer(InferArgs& args) {
  const Tensor value = value_of(args.node);
  set_dst(args, 0, value.dtype(), value.shape());
  if (!args.dst.empty()) args.dst[0].constant = value;
}

void channels(ChannelRuleArgs& args) { args.all_fixed(label(args.node) + "is made by an attribute"); }

void forward(const ForwardArgs& args) {
  const Tensor value = value_of(args.node);
  if (value.size() > 0) std::memcpy(args.dst[0]->raw(), value.raw(), value.bytes());
}

}  // namespace

extern const Layer constant_layer{"Constant", {}, infer, channels, forward, nullptr};

}  // namespace alcedo
