// Small networks for the pruning tests: a builder with seeded random weights, and a plain evaluator on the layers' own
// reference loops that can zero channels on the way.
#pragma once

#include <cstring>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "graph/graph.h"
#include "layers/layer.h"
#include "pruning/coupling.h"

namespace alcedo::testing {

struct ConvOptions {
  int64_t kernel = 3, stride = 1, pad = -1, group = 1;  // pad -1: keeps the size at stride 1
  bool bias = true;
};

class Net {
 public:
  explicit Net(uint32_t seed = 1) : random_(seed) {}

  Graph graph;
  std::vector<Shape> input_shapes;

  ValueId input(const Shape& shape, const std::string& name = "input") {
    Value value;
    value.name = name;
    value.dtype = DType::f32;
    value.shape = shape;
    const ValueId id = graph.add_value(value);
    graph.inputs.push_back(id);
    input_shapes.push_back(shape);
    shapes_.resize(id + 1);
    shapes_[id] = shape;
    return id;
  }

  Tensor random(const Shape& shape, float low = -1.0F, float high = 1.0F) {
    Tensor tensor(DType::f32, shape);
    std::uniform_real_distribution<float> distribution(low, high);
    for (int64_t i = 0; i < tensor.size(); ++i) tensor.data<float>()[i] = distribution(random_);
    return tensor;
  }
  ValueId constant(Tensor tensor, const std::string& name = "") {
    const Shape shape = tensor.shape();
    const ValueId id =
        graph.add_constant(name.empty() ? "c" + std::to_string(graph.values.size()) : name, std::move(tensor));
    note(id, shape);
    return id;
  }
  ValueId ints(const std::vector<int64_t>& values) { return constant(Tensor::vector<int64_t>(values)); }

  // A node with one output (or several: the first is returned, the others follow it).
  ValueId op(const std::string& type, const std::vector<ValueId>& inputs,
             const std::vector<std::pair<std::string, Attribute>>& attributes = {}, int outputs = 1) {
    Node node;
    node.op_type = type;
    node.name = type + std::to_string(graph.nodes.size());
    node.inputs = inputs;
    for (const auto& [name, value] : attributes) node.attributes.set(name, value);
    for (int i = 0; i < outputs; ++i) {
      Value value;
      value.name = node.name + (i == 0 ? "_out" : "_out" + std::to_string(i));
      node.outputs.push_back(graph.add_value(value));
    }
    const ValueId first = node.outputs[0];
    graph.add_node(node);
    const std::vector<TensorInfo> info = infer(graph, input_shapes);
    for (size_t i = 0; i < info.size(); ++i) note(static_cast<ValueId>(i), info[i].shape);
    return first;
  }

  ValueId conv(ValueId x, int64_t out, ConvOptions o = {}) {
    const Shape& src = shape(x);
    const size_t spatial = src.size() - 2;
    Shape weights{out, src[1] / o.group};
    weights.insert(weights.end(), spatial, o.kernel);
    const float scale = 1.7F / std::sqrt(static_cast<float>(num_elements(weights) / out));
    std::vector<ValueId> inputs{x, constant(random(weights, -scale, scale))};
    if (o.bias) inputs.push_back(constant(random({out}, -0.3F, 0.3F)));
    const int64_t pad = o.pad < 0 ? o.kernel / 2 : o.pad;
    return op("Conv", inputs,
              {{"kernel_shape", Shape(spatial, o.kernel)},
               {"strides", Shape(spatial, o.stride)},
               {"pads", Shape(2 * spatial, pad)},
               {"group", o.group}});
  }
  ValueId conv_transpose(ValueId x, int64_t out, int64_t group = 1) {
    const int64_t in = shape(x)[1];
    const ValueId weights = constant(random({in, out / group, 2, 2}, -0.5F, 0.5F));
    return op("ConvTranspose", {x, weights, constant(random({out}, -0.3F, 0.3F))},
              {{"kernel_shape", Shape{2, 2}}, {"strides", Shape{2, 2}}, {"group", group}});
  }
  ValueId bn(ValueId x) {
    const Shape c{shape(x)[1]};
    return op("BatchNormalization", {x, constant(random(c, 0.5F, 1.5F)), constant(random(c, -0.3F, 0.3F)),
                                     constant(random(c, -0.2F, 0.2F)), constant(random(c, 0.5F, 1.5F))});
  }
  ValueId relu(ValueId x) { return op("Relu", {x}); }
  ValueId conv_bn_relu(ValueId x, int64_t out, ConvOptions o = {}) { return relu(bn(conv(x, out, o))); }
  ValueId gemm(ValueId x, int64_t out) {
    const int64_t in = shape(x)[1];
    const float scale = 1.7F / std::sqrt(static_cast<float>(in));
    return op("Gemm", {x, constant(random({out, in}, -scale, scale)), constant(random({out}, -0.3F, 0.3F))},
              {{"transB", int64_t{1}}});
  }
  // Global pooling, flatten, dense: the usual end.
  ValueId classify(ValueId x, int64_t classes = 5) {
    return output(gemm(op("Flatten", {op("GlobalAveragePool", {x})}), classes));
  }
  ValueId output(ValueId x) {
    graph.outputs.push_back(x);
    return x;
  }
  const Shape& shape(ValueId x) const { return shapes_[x]; }

 private:
  void note(ValueId id, const Shape& shape) {
    if (static_cast<size_t>(id) >= shapes_.size()) shapes_.resize(id + 1);
    shapes_[id] = shape;
  }
  std::mt19937 random_;
  std::vector<Shape> shapes_;
};

inline void zero_channel(Tensor& tensor, const ChannelIndex& c) {
  int64_t outer = 1, inner = 1;
  for (int i = 0; i < c.axis; ++i) outer *= tensor.dim(i);
  for (int i = c.axis + 1; i < tensor.rank(); ++i) inner *= tensor.dim(i);
  for (int64_t o = 0; o < outer; ++o) {
    std::memset(tensor.data<float>() + (o * tensor.dim(c.axis) + c.index) * inner, 0, inner * sizeof(float));
  }
}

// Every value of the graph, in evaluation mode. Channels in `zeroed` are set to zero as soon as they are computed.
inline std::vector<Tensor> evaluate(const Graph& graph, const std::vector<Tensor>& inputs,
                                    const std::vector<ChannelIndex>& zeroed = {}) {
  std::vector<Shape> shapes;
  for (const Tensor& input : inputs) shapes.push_back(input.shape());
  const std::vector<TensorInfo> info = infer(graph, shapes);
  std::vector<Tensor> values(graph.values.size());
  for (size_t i = 0; i < values.size(); ++i) values[i] = info[i].constant;
  for (size_t i = 0; i < inputs.size(); ++i) values[graph.inputs[i]] = inputs[i];
  for (const Node& node : graph.nodes) {
    std::vector<const Tensor*> src;
    for (ValueId id : node.inputs) src.push_back(id == kNone ? nullptr : &values[id]);
    std::vector<Tensor*> dst;
    bool known = true;
    for (ValueId id : node.outputs) {
      if (id != kNone && !info[id].known()) known = false;
    }
    if (known) continue;
    for (ValueId id : node.outputs) {
      if (id != kNone) values[id] = Tensor(info[id].dtype, info[id].shape);
      dst.push_back(id == kNone ? nullptr : &values[id]);
    }
    find_layer(node.op_type)->forward({node, src, dst});
    for (const ChannelIndex& c : zeroed) {
      for (ValueId id : node.outputs) {
        if (id == c.value) zero_channel(values[id], c);
      }
    }
  }
  return values;
}

inline float max_difference(const Tensor& a, const Tensor& b) {
  if (a.shape() != b.shape() || a.dtype() != b.dtype()) return 1e30F;
  if (a.dtype() != DType::f32) return max_difference(a.cast(DType::f32), b.cast(DType::f32));
  float worst = 0.0F;
  for (int64_t i = 0; i < a.size(); ++i) {
    const float d = std::fabs(a.data<float>()[i] - b.data<float>()[i]);
    if (!(d <= worst)) worst = d;
  }
  return worst;
}

inline float max_abs(const Tensor& a) {
  if (a.dtype() != DType::f32) return max_abs(a.cast(DType::f32));
  float worst = 1e-6F;
  for (int64_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::fabs(a.data<float>()[i]));
  return worst;
}

}  // namespace alcedo::testing
