// A layer: everything the core knows about one ONNX operator type, one form per file (csrc/layers/conv.cpp, ...).
// The reference forward and backward are plain loops: the definition, and the oracle of every fast kernel.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "layers/channel_rule.h"
#include "tensor/tensor.h"

namespace alcedo {

// What is known of a value before the network runs.
struct TensorInfo {
  DType dtype = DType::undefined;
  Shape shape;      // all dims >= 0
  Tensor constant;  // defined if the value is known (weights, folded shape arithmetic)
  bool known() const { return constant.defined(); }
};

struct InferArgs {
  const Node& node;
  const std::vector<TensorInfo>& src;  // one per node input; dtype undefined: left out
  std::vector<TensorInfo>& dst;        // one per node output, to fill (dtype and shape; constant if known)
};

struct ForwardArgs {
  const Node& node;
  const std::vector<const Tensor*>& src;  // nullptr: left out
  const std::vector<Tensor*>& dst;        // allocated with the inferred shapes; nullptr: not wanted
  bool training = false;                  // BatchNormalization: batch statistics; Dropout: active
  uint64_t seed = 0;                      // Dropout: same seed, same mask
  // BatchNormalization in training: the running mean and variance after this step are written here, if given.
  const std::vector<Tensor*>* statistics = nullptr;
};

struct BackwardArgs {
  const Node& node;
  const std::vector<const Tensor*>& src;
  const std::vector<const Tensor*>& dst;       // results of the forward pass
  const std::vector<const Tensor*>& diff_dst;  // nullptr: zero
  const std::vector<Tensor*>& diff_src;        // to overwrite; nullptr: not wanted
  bool training = false;
  uint64_t seed = 0;
  // Layers with `hidden_units`: mean over steps and directions of a unit's state * gradient, as the others and the
  // layer's results see the state (initial and last ones, too), [samples, units]. nullptr: not wanted
  float* unit_products = nullptr;
};

struct CostArgs {
  const Node& node;
  const std::vector<TensorInfo>& src;
  const std::vector<TensorInfo>& dst;
};

enum class InputRole : uint8_t { data, weight, bias, statistic, setting };

struct Layer {
  const char* type;                    // ONNX operator type
  std::vector<InputRole> input_roles;  // per input; the last one repeats; empty: all data
  void (*infer)(InferArgs&);
  void (*channels)(ChannelRuleArgs&);  // nullptr: no rule, whatever touches this node stays as it is
  void (*forward)(const ForwardArgs&);
  void (*backward)(const BackwardArgs&);       // nullptr: not differentiable
  int64_t (*macs)(const CostArgs&) = nullptr;  // multiply-accumulates; nullptr: 0
  void (*rewrite)(RewriteArgs&) = nullptr;     // mends attributes and shape constants after a cut
  bool hidden_units = false;                   // its kernels feed back into the node itself
};

// nullptr if the type is unknown. The list is csrc/layers/registry.cpp.
const Layer* find_layer(const std::string& op_type);
const std::vector<const Layer*>& all_layers();

// The role of input `index` of a node (data if the layer says nothing).
InputRole input_role(const Node& node, size_t index);
bool holds_hidden_units(const Node& node);  // LSTM, GRU
// Whether training moves that input: a float constant with the role weight or bias. The single number of an Add (the 3
// of a hard-swish spelled out) is part of a formula, not a bias.
bool is_trainable(const Graph& graph, const Node& node, size_t index);
// The same with numbers of any type that training may have found (quantized weights), and with the last bias of a layer
// that has one kernel left.
bool is_parameter(const Graph& graph, const Node& node, size_t index);

// Shapes and folded constants of every value, for inputs of the given shapes (one per graph input).
// Unsupported nodes: 7801, all listed at once. `fold`: also evaluate nodes whose inputs are all known.
std::vector<TensorInfo> infer(const Graph& graph, const std::vector<Shape>& input_shapes);
// Input shapes with every dynamic dim at the front set to `batch`; other dynamic dims throw 7735 unless `fallback` > 0.
std::vector<Shape> input_shapes(const Graph& graph, int64_t batch, int64_t fallback = 0);

}  // namespace alcedo
