// A layer's channel rule, as data: statements about which index of which axis leaves together with which.
// csrc/pruning joins the statements of all nodes by union-find over (value, axis, index) and knows no layer.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace alcedo {

struct TensorInfo;

// Axis `axis` of a node's input or output. Weights and constants are inputs like any other.
struct AxisRef {
  bool output = false;
  int port = 0;
  int axis = 0;
};
inline AxisRef src_axis(int port, int axis) { return {false, port, axis}; }
inline AxisRef dst_axis(int port, int axis) { return {true, port, axis}; }

struct Statement {
  enum class Kind : uint8_t {
    same,         // a[i] leaves with b[i], all i (sizes equal)
    shift,        // a[i] leaves with b[i + offset], all i of a                       (Concat, Split, Slice, Pad)
    pairs,        // a[index_a[k]] leaves with b[index_b[k]], all k                   (Reshape, Gather, groups)
    fixed,        // no index of a may leave; `reason` says why
    fixed_index,  // the indices index_a of a may not leave
    kernel        // the indices of a are the kernels of a convolution
  };
  Kind kind;
  AxisRef a, b;
  int64_t offset = 0;
  std::vector<int64_t> index_a, index_b;
  std::string reason;
};

struct ChannelRuleArgs {
  const Node& node;
  const std::vector<TensorInfo>& src;
  const std::vector<TensorInfo>& dst;
  // True if index-wise removal on that input axis is still possible as far as the nodes before this one tell:
  // lets Reshape decide which of several merged axes carries the channels.
  bool (*may_leave)(const void* context, AxisRef axis);
  const void* context;
  std::vector<Statement>& out;

  bool free_axis(AxisRef axis) const { return may_leave(context, axis); }
  void same(AxisRef a, AxisRef b);
  void shift(AxisRef a, AxisRef b, int64_t offset);
  void pairs(AxisRef a, AxisRef b, std::vector<int64_t> index_a, std::vector<int64_t> index_b);
  void fixed(AxisRef a, std::string reason);
  void fixed_index(AxisRef a, std::vector<int64_t> index, std::string reason);
  void kernel(AxisRef a);
  void all_fixed(const std::string& reason);  // every axis of every input and output
};

// After the constants of a node's inputs were cut: mend attributes (group) and shape constants (Reshape target,
// Split sizes, Slice ends). Constants are replaced by set_constant, which gives the node a constant of its own.
struct RewriteArgs {
  Graph& graph;
  Node& node;
  const std::vector<TensorInfo>& src_before;
  const std::vector<TensorInfo>& dst_before;
  // Indices of that axis that stay, ascending, in the old numbering.
  const std::vector<int64_t>& (*kept)(const void* context, AxisRef axis);
  const void* context;
  // Per value of the graph as it was: what is known after the cut. Numbers that nodes in front compute from shapes are
  // already those of the smaller network.
  const std::vector<TensorInfo>& after;
  const std::vector<NodeId>& producers;  // per value of the graph as it was

  const std::vector<int64_t>& kept_indices(AxisRef axis) const { return kept(context, axis); }
  int64_t kept_num(AxisRef axis) const { return static_cast<int64_t>(kept_indices(axis).size()); }
  void set_constant(int port, Tensor constant);
};

}  // namespace alcedo
