// Which channels leave together: union-find over (value, axis, index) of the whole graph, fed with the statements of
// the layers' channel rules. A channel group is a class that holds at least one kernel of a convolution and nothing
// fixed. Linear in the size of the graph; knows no layer.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "graph/graph.h"
#include "layers/channel_rule.h"
#include "layers/layer.h"

namespace alcedo {

struct KernelRef {
  int32_t convolution;  // position in Coupling::convolutions()
  int64_t index;        // output channel
};

// Index `index` of axis `axis` of a value.
struct ChannelIndex {
  ValueId value;
  int axis;
  int64_t index;
};

struct ChannelGroup {
  std::vector<KernelRef> kernels;      // in graph order, then by index
  std::vector<ChannelIndex> channels;  // everything that leaves, by value
  int32_t set = 0;                     // groups with kernels in the same convolutions share a set
};

// An input with role weight that holds kernels along an axis.
struct KernelWeights {
  ValueId value = kNone;
  int axis = 0;
  Tensor computed;  // where they are made from constants (DequantizeLinear): their values
};

struct Convolution {
  NodeId node = kNone;
  ValueId kernel_value = kNone;  // the axis whose indices are the kernels
  int kernel_axis = 0;
  int64_t kernel_num = 0;
  std::vector<KernelWeights> weights;    // several for hidden units
  std::vector<int32_t> group_of_kernel;  // kNone: this kernel cannot leave
  bool prunable = false;                 // at least one kernel can leave
  std::string reason;                    // why not, if not prunable
};

class Coupling {
 public:
  // `info`: what infer() says about every value of the graph.
  Coupling(const Graph& graph, const std::vector<TensorInfo>& info);

  const std::vector<Convolution>& convolutions() const { return convolutions_; }  // in graph order
  const std::vector<ChannelGroup>& groups() const { return groups_; }             // by first convolution, then kernel
  int32_t set_num() const { return set_num_; }

  // Group of a channel, kNone if it stays in any case.
  int32_t group_of(ValueId value, int axis, int64_t index) const;
  // True if both leave together or are one and the same.
  bool same_class(const ChannelIndex& a, const ChannelIndex& b) const;
  // True if the node's own rule leads this input axis to one of its outputs. Where it does not, the node mixes the
  // channels (or adds them up), and what leaves must be zero there for the result to stay the same.
  bool passes_on(NodeId node, int port, int axis) const;
  const Shape& shape_of(ValueId value) const { return shapes_[value]; }
  int32_t axis_id(ValueId value, int axis) const { return value_begin_[value] + axis; }  // dense, over all values
  int32_t value_num() const { return static_cast<int32_t>(shapes_.size()); }
  int32_t axis_num() const { return static_cast<int32_t>(axis_begin_.size()); }

  int64_t element_num() const { return static_cast<int64_t>(parent_.size()); }
  int64_t union_num() const { return union_num_; }  // steps of the analysis, for tests

 private:
  // A rule had the choice which axis of an output carries the channels (Reshape): node, port, axis.
  using Choice = std::tuple<NodeId, int, int>;

  Coupling() = default;
  void analyse(const Graph& graph, const std::vector<TensorInfo>& info, std::set<Choice> banned);
  void note_choice(NodeId id, const std::vector<AxisRef>& asked, const std::vector<Statement>& statements);
  std::set<Choice> vain_choices(const Graph& graph) const;
  int64_t leaving_kernels() const;
  int32_t element(ValueId value, int axis, int64_t index) const {
    return axis_begin_[value_begin_[value] + axis] + static_cast<int32_t>(index);
  }
  int32_t find(int32_t element) const;
  void join(int32_t a, int32_t b);
  void fix(int32_t element, int32_t reason);
  bool axis_may_leave(ValueId value, int axis) const;
  void fix_value(ValueId value, const std::string& reason);
  void fix_counted_sizes(const Graph& graph, const std::vector<TensorInfo>& info);
  void read_node(const Graph& graph, NodeId id, const std::vector<TensorInfo>& info);
  void apply(const Node& node, NodeId id, const Statement& statement);
  void note_axes(const Node& node, NodeId id, const std::vector<Statement>& statements);
  void collect_groups(const Graph& graph);
  void drop_emptying_groups(const Graph& graph);
  void number_sets();

  std::vector<Shape> shapes_;
  std::vector<int32_t> value_begin_;     // per value: its first axis in axis_begin_
  std::vector<int32_t> axis_begin_;      // per axis: its first element
  mutable std::vector<int32_t> parent_;  // per element
  std::vector<int32_t> fixed_;           // per element, valid at roots: reason, kNone if it may leave
  std::vector<std::string> reasons_;
  std::vector<int32_t> group_at_;                         // per element, valid at roots
  std::vector<std::vector<std::pair<int, int>>> passed_;  // per node: input axes (port, axis) that lead to an output
  std::vector<Convolution> convolutions_;
  std::vector<ChannelGroup> groups_;
  std::set<Choice> chosen_, banned_;
  int32_t set_num_ = 0;
  int64_t union_num_ = 0;
};

}  // namespace alcedo
