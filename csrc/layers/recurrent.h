// What LSTM and GRU share: sizes, places in the tensors, inference, the channel rule, and the way from any float type
// to double and back. Sequences and directions are independent of each other; the loops run one at a time.
#pragma once

#include <algorithm>
#include <cctype>

#include "layers/axis_map.h"

namespace alcedo {

struct Recurrent {
  int64_t gates, steps, batch, inputs, hidden, directions;
  bool batch_first, reverse;

  Recurrent(const Node& node, const Shape& x, const Shape& r, int64_t gate_num) : gates(gate_num) {
    const std::string direction = node.attributes.string("direction", "forward");
    node_require(node, direction == "forward" || direction == "reverse" || direction == "bidirectional", "direction ",
                 direction, " is unknown");
    node_require(node, x.size() == 3 && r.size() == 3, "X has shape ", to_string(x), ", R ", to_string(r));
    batch_first = node.attributes.integer("layout", 0) == 1;
    reverse = direction == "reverse";
    steps = x[batch_first ? 1 : 0];
    batch = x[batch_first ? 0 : 1];
    inputs = x[2];
    directions = direction == "bidirectional" ? 2 : 1;
    hidden = r[2];
    node_require(node, r == Shape{directions, gates * hidden, hidden}, "R has shape ", to_string(r), ", [", directions,
                 ",", gates * hidden, ",", hidden, "] is needed");
    node_require(node, !node.attributes.has("clip"), "clip is not supported");
    const char* const known[] = {"sigmoid", "tanh", "tanh"};
    if (node.attributes.has("activations")) {
      const auto& list = std::get<std::vector<std::string>>(node.attributes.map().at("activations"));
      const size_t per_direction = gates == 4 ? 3 : 2;
      for (size_t i = 0; i < list.size(); ++i) {
        std::string name;
        for (char c : list[i]) name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        node_require(node, name == known[i % per_direction], "activation ", list[i], " is not supported here");
      }
    }
  }

  // Step s of direction d reads and writes at this time.
  int64_t time(int64_t d, int64_t s) const { return (d == 1) != reverse ? steps - 1 - s : s; }
  int64_t x_at(int64_t t, int64_t b) const { return (batch_first ? b * steps + t : t * batch + b) * inputs; }
  int64_t y_at(int64_t t, int64_t d, int64_t b) const {
    return (batch_first ? (b * steps + t) * directions + d : (t * directions + d) * batch + b) * hidden;
  }
  int64_t state_at(int64_t d, int64_t b) const { return (batch_first ? b * directions + d : d * batch + b) * hidden; }
  Shape y_shape() const {
    return batch_first ? Shape{batch, steps, directions, hidden} : Shape{steps, directions, batch, hidden};
  }
  Shape state_shape() const {
    return batch_first ? Shape{batch, directions, hidden} : Shape{directions, batch, hidden};
  }
};

inline void infer_recurrent(InferArgs& args, int64_t gates) {
  const Recurrent r(args.node, need_src(args, 0).shape, need_src(args, 2).shape, gates);
  node_require(args.node, need_src(args, 1).shape == Shape{r.directions, gates * r.hidden, r.inputs}, "W has shape ",
               to_string(args.src[1].shape), ", [", r.directions, ",", gates * r.hidden, ",", r.inputs, "] is needed");
  const auto check = [&](size_t i, const Shape& wanted) {
    node_require(args.node, !has_src(args, i) || args.src[i].shape == wanted, "input ", i, " has shape ",
                 has_src(args, i) ? to_string(args.src[i].shape) : "", ", ", to_string(wanted), " is needed");
  };
  check(3, {r.directions, 2 * gates * r.hidden});
  check(5, r.state_shape());
  if (gates == 4) {
    check(6, r.state_shape());
    check(7, {r.directions, 3 * r.hidden});
  }
  if (has_src(args, 4)) {
    for (int64_t length : known_ints(args, 4, nullptr)) {
      node_require(args.node, length == r.steps, "a sequence has length ", length,
                   ", only full sequences are supported");
    }
  }
  set_dst(args, 0, args.src[0].dtype, r.y_shape());
  set_dst(args, 1, args.src[0].dtype, r.state_shape());
  set_dst(args, 2, args.src[0].dtype, r.state_shape());
}

// A hidden unit leaves with its row of every gate, its column of R, its state and its place in the results; both
// directions of a layer lose the same units. The inputs of a step leave with their columns of W.
inline void recurrent_channels(ChannelRuleArgs& args) {
  const int64_t hidden = args.src[2].shape[2];
  const AxisRef unit = src_axis(2, 2);
  const auto gates = [&](int port) {
    std::vector<int64_t> rows = identity_map(args.src[port].shape[1]), units;
    for (int64_t row : rows) units.push_back(row % hidden);
    args.pairs(src_axis(port, 1), unit, std::move(rows), std::move(units));
    freeze(args, src_axis(port, 0), "has one entry per direction");
  };
  args.same(src_axis(0, 2), src_axis(1, 2));
  for (int axis = 0; axis < 2; ++axis) freeze(args, src_axis(0, axis), "runs over axis ", axis);
  for (int port : {1, 2, 3, 7}) {
    if (present(args.src, port)) gates(port);
  }
  if (present(args.src, 4)) freeze_all_axes(args, false, 4, "holds the lengths");
  const auto state = [&](const std::vector<TensorInfo>& list, bool output, int port) {
    if (!present(list, port)) return;
    const int rank = rank_of(list[port]);
    for (int axis = 0; axis + 1 < rank; ++axis) freeze(args, {output, port, axis}, "runs over axis ", axis);
    args.same({output, port, rank - 1}, unit);
  };
  for (int port : {5, 6}) state(args.src, false, port);
  for (int port : {0, 1, 2}) state(args.dst, true, port);
  for (int port : {0, 1, 2}) {
    if (present(args.dst, port)) return args.kernel(dst_axis(port, rank_of(args.dst[port]) - 1));
  }
}

inline void recurrent_rewrite(RewriteArgs& args) {
  args.node.attributes.set("hidden_size", args.kept_num(src_axis(2, 2)));
}

inline int64_t recurrent_macs(const CostArgs& args) {
  const Shape &x = args.src[0].shape, &w = args.src[1].shape, &r = args.src[2].shape;
  return x[0] * x[1] * (num_elements(w) + num_elements(r));
}

inline std::vector<double> to_doubles(const Tensor* tensor, int64_t size_if_absent = 0) {
  if (!tensor) return std::vector<double>(size_if_absent, 0.0);
  const Tensor wide = tensor->cast(DType::f64);
  return std::vector<double>(raw_data<double>(&wide), raw_data<double>(&wide) + wide.size());
}

inline void from_doubles(const std::vector<double>& values, Tensor* tensor) {
  if (!tensor) return;
  if (tensor->dtype() == DType::f64) {
    for (size_t i = 0; i < values.size(); ++i) raw_data<double>(tensor)[i] = values[i];
  } else {
    for (size_t i = 0; i < values.size(); ++i) raw_data<float>(tensor)[i] = static_cast<float>(values[i]);
  }
}

// Of sums over steps and directions, [batch, hidden], the means.
inline void give_unit_products(const Recurrent& n, const std::vector<double>& sums, float* products) {
  if (!products) return;
  const auto states = static_cast<double>(n.steps * n.directions);
  for (size_t i = 0; i < sums.size(); ++i) products[i] = static_cast<float>(sums[i] / states);
}

}  // namespace alcedo
