#include "layers/target.h"

namespace alcedo {
namespace {

const Tensor& known_constant(const RewriteArgs& args, ValueId value) {
  const Tensor& constant = args.graph.values[value].constant;
  return constant.defined() || static_cast<size_t>(value) >= args.after.size() ? constant : args.after[value].constant;
}

// Replaces the constant parts of the Concat that makes a target. False if the other parts do not add up to it.
bool mend_concat(RewriteArgs& args, Node& concat, const std::vector<int64_t>& before,
                 const std::vector<int64_t>& after) {
  std::vector<std::pair<size_t, Tensor>> mended;
  size_t at = 0;
  for (size_t i = 0; i < concat.inputs.size(); ++i) {
    const ValueId part = concat.inputs[i];
    const Tensor& now = known_constant(args, part);
    if (!now.defined() || at + static_cast<size_t>(now.size()) > after.size()) return false;
    const std::vector<int64_t> entries = now.to_ints();
    const auto begin = static_cast<int64_t>(at), end = begin + now.size();
    const std::vector<int64_t> wanted(after.begin() + begin, after.begin() + end);
    at += entries.size();
    if (entries == wanted) continue;
    // Another reader may have mended it already, to something else.
    if (!args.graph.values[part].is_constant()) return false;
    if (entries != std::vector<int64_t>(before.begin() + begin, before.begin() + end)) return false;
    mended.emplace_back(i, Tensor::of<int64_t>({now.size()}, wanted).cast(now.dtype()));
  }
  if (at != after.size()) return false;
  for (auto& [i, tensor] : mended) {
    Value value = args.graph.values[concat.inputs[i]];  // slice_graph gives it a name of its own
    value.constant = std::move(tensor);
    concat.inputs[i] = args.graph.add_value(std::move(value));
  }
  return true;
}

// A constant in place of a computed target is right only where the network leaves no size open but the batch's.
void check_sizes_known(const RewriteArgs& args, bool batch_may_be_open) {
  for (ValueId input : args.graph.inputs) {
    const Shape& shape = args.graph.values[input].shape;
    for (size_t d = 0; d < shape.size(); ++d) {
      if (shape[d] >= 0 || (d == 0 && batch_may_be_open)) continue;
      fail(error::kInternal, label(args.node), "computes its shape from sizes in a way that no cut can follow: dim ", d,
           " of input '", args.graph.values[input].name, "' is open");
    }
  }
}

}  // namespace

void rewrite_target(RewriteArgs& args, int port, const std::vector<int64_t>& before, const std::vector<int64_t>& after,
                    int64_t copies) {
  const ValueId value = args.node.inputs[port];
  if (args.graph.values[value].is_constant()) return rewrite_ints(args, port, before, after);
  const Tensor& now = known_constant(args, value);
  if (now.defined() && now.to_ints() == after) return;
  const NodeId producer = static_cast<size_t>(value) < args.producers.size() ? args.producers[value] : kNone;
  if (producer != kNone && args.graph.nodes[producer].op_type == "Concat" &&
      mend_concat(args, args.graph.nodes[producer], before, after)) {
    return;
  }
  std::vector<int64_t> fixed = after;
  const Shape &src = args.src_before[0].shape, &dst = args.dst_before[0].shape;
  const bool copied = copies >= 0 && !src.empty() && fixed.size() == dst.size() && !dst.empty() && src[0] == dst[0] &&
                      (copies == 0 || src.size() == dst.size()) && after[0] == before[0];
  if (copied) fixed[0] = copies;
  check_sizes_known(args, copied);
  args.set_constant(port, Tensor::vector<int64_t>(fixed).cast(args.src_before[port].constant.dtype()));
}

}  // namespace alcedo
