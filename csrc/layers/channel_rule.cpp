#include "layers/channel_rule.h"

#include <algorithm>

#include "layers/layer.h"

namespace alcedo {

void ChannelRuleArgs::same(AxisRef a, AxisRef b) { out.push_back({Statement::Kind::same, a, b, 0, {}, {}, {}}); }

void ChannelRuleArgs::shift(AxisRef a, AxisRef b, int64_t offset) {
  out.push_back({Statement::Kind::shift, a, b, offset, {}, {}, {}});
}

void ChannelRuleArgs::pairs(AxisRef a, AxisRef b, std::vector<int64_t> index_a, std::vector<int64_t> index_b) {
  out.push_back({Statement::Kind::pairs, a, b, 0, std::move(index_a), std::move(index_b), {}});
}

void ChannelRuleArgs::fixed(AxisRef a, std::string reason) {
  out.push_back({Statement::Kind::fixed, a, {}, 0, {}, {}, std::move(reason)});
}

void ChannelRuleArgs::fixed_index(AxisRef a, std::vector<int64_t> index, std::string reason) {
  out.push_back({Statement::Kind::fixed_index, a, {}, 0, std::move(index), {}, std::move(reason)});
}

void ChannelRuleArgs::kernel(AxisRef a) { out.push_back({Statement::Kind::kernel, a, {}, 0, {}, {}, {}}); }

void ChannelRuleArgs::all_fixed(const std::string& reason) {
  const auto fix = [&](const std::vector<TensorInfo>& list, bool output) {
    for (size_t port = 0; port < list.size(); ++port) {
      for (size_t axis = 0; axis < list[port].shape.size(); ++axis) {
        fixed({output, static_cast<int>(port), static_cast<int>(axis)}, reason);
      }
    }
  };
  fix(src, false);
  fix(dst, true);
}

void RewriteArgs::set_constant(int port, Tensor constant) {
  if (static_cast<size_t>(port) >= node.inputs.size()) node.inputs.resize(port + 1, kNone);
  const ValueId old = node.inputs[port];
  const std::string name = old != kNone ? graph.values[old].name : node.name + "_input" + std::to_string(port);
  Value value;  // slice_graph makes the names of what is new unique, all at once
  value.name = name;
  value.dtype = constant.dtype();
  value.shape = constant.shape();
  value.constant = std::move(constant);
  node.inputs[port] = graph.add_value(std::move(value));
}

}  // namespace alcedo
