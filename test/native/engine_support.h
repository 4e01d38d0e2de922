// Small networks and comparisons for the engine's tests.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "backends/reference/executor.h"
#include "engine/plan.h"
#include "graph/graph.h"
#include "layers/layer.h"

namespace alcedo::test {

inline int occurrences(const std::string& text, const std::string& part) {
  int n = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

inline Attributes attributes(const std::vector<std::pair<std::string, Attribute>>& list) {
  Attributes a;
  for (const auto& [name, value] : list) a.set(name, value);
  return a;
}

class Builder {
 public:
  explicit Builder(unsigned seed = 1) : random_(seed) {}

  Graph graph;

  Tensor random(Shape shape, float low = -1, float high = 1) {
    Tensor tensor(DType::f32, std::move(shape));
    std::uniform_real_distribution<float> distribution(low, high);
    for (int64_t i = 0; i < tensor.size(); ++i) tensor.data<float>()[i] = distribution(random_);
    return tensor;
  }

  ValueId input(Shape shape) {
    Value value;
    value.name = "input" + std::to_string(graph.inputs.size());
    value.dtype = DType::f32;
    value.shape = std::move(shape);
    value.dim_params.resize(value.shape.size());
    const ValueId id = graph.add_value(value);
    graph.inputs.push_back(id);
    return id;
  }
  ValueId constant(Tensor tensor) { return graph.add_constant("c" + std::to_string(graph.values.size()), tensor); }

  ValueId node(const std::string& type, std::vector<ValueId> inputs, Attributes attributes = {}) {
    Value value;
    value.name = type + std::to_string(graph.values.size());
    const ValueId out = graph.add_value(value);
    Node n;
    n.name = "n" + std::to_string(graph.nodes.size());
    n.op_type = type;
    n.attributes = std::move(attributes);
    n.inputs = std::move(inputs);
    n.outputs = {out};
    graph.add_node(n);
    return out;
  }

  struct Conv {
    int64_t kernel = 3, stride = 1, pad = 1, groups = 1, dilation = 1;
    bool bias = false;
  };
  ValueId conv(ValueId x, int64_t ic, int64_t oc, Conv c) {
    Attributes a;
    a.set("kernel_shape", std::vector<int64_t>{c.kernel, c.kernel});
    a.set("strides", std::vector<int64_t>{c.stride, c.stride});
    a.set("pads", std::vector<int64_t>{c.pad, c.pad, c.pad, c.pad});
    a.set("dilations", std::vector<int64_t>{c.dilation, c.dilation});
    a.set("group", c.groups);
    const float range = 1.7f / std::sqrt(static_cast<float>(ic / c.groups * c.kernel * c.kernel));
    std::vector<ValueId> inputs{x, constant(random({oc, ic / c.groups, c.kernel, c.kernel}, -range, range))};
    if (c.bias) inputs.push_back(constant(random({oc}, -0.3f, 0.3f)));
    return node("Conv", inputs, a);
  }
  ValueId conv(ValueId x, int64_t ic, int64_t oc) { return conv(x, ic, oc, Conv{}); }
  ValueId batchnorm(ValueId x, int64_t c) {
    return node("BatchNormalization", {x, constant(random({c}, 0.5f, 1.5f)), constant(random({c}, -0.3f, 0.3f)),
                                       constant(random({c}, -0.2f, 0.2f)), constant(random({c}, 0.5f, 1.5f))});
  }
  ValueId relu(ValueId x) { return node("Relu", {x}); }
  ValueId add(ValueId a, ValueId b) { return node("Add", {a, b}); }
  ValueId max_pool(ValueId x, int64_t kernel = 2, int64_t stride = 2, int64_t pad = 0) {
    Attributes a;
    a.set("kernel_shape", std::vector<int64_t>{kernel, kernel});
    a.set("strides", std::vector<int64_t>{stride, stride});
    a.set("pads", std::vector<int64_t>{pad, pad, pad, pad});
    return node("MaxPool", {x}, a);
  }
  ValueId flatten(ValueId x) { return node("Flatten", {x}); }
  ValueId concat(std::vector<ValueId> parts) {
    Attributes a;
    a.set("axis", int64_t{1});
    return node("Concat", std::move(parts), a);
  }
  ValueId gemm(ValueId x, int64_t ic, int64_t oc, bool transposed = true) {
    Attributes a;
    a.set("transB", int64_t{transposed ? 1 : 0});
    const float range = 1.7f / std::sqrt(static_cast<float>(ic));
    const Tensor weights = transposed ? random({oc, ic}, -range, range) : random({ic, oc}, -range, range);
    return node("Gemm", {x, constant(weights), constant(random({oc}, -0.3f, 0.3f))}, a);
  }
  ValueId head(ValueId x, int64_t ic, int64_t classes) {
    return gemm(flatten(node("GlobalAveragePool", {x})), ic, classes);
  }
  void output(ValueId value) { graph.outputs.push_back(value); }

 private:
  std::mt19937 random_;
};

// Largest difference, relative to the range of the expected values.
inline double difference(const float* got, const float* expected, int64_t size) {
  double range = 1e-6, worst = 0;
  for (int64_t i = 0; i < size; ++i) range = std::max(range, std::abs(static_cast<double>(expected[i])));
  for (int64_t i = 0; i < size; ++i) {
    const double d = std::abs(static_cast<double>(got[i]) - expected[i]);
    if (!(d <= worst)) worst = d;  // catches NaN
  }
  return worst / range;
}
inline double difference(const Tensor& got, const Tensor& expected) {
  REQUIRE(got.shape() == expected.shape());
  const Tensor a = got.cast(DType::f32), b = expected.cast(DType::f32);
  return difference(a.data<float>(), b.data<float>(), b.size());
}

inline Batch batch_of(const std::vector<Tensor>& inputs) {
  Batch batch;
  batch.num = inputs[0].dim(0);
  for (const Tensor& input : inputs) batch.inputs.push_back(input.data<float>());
  return batch;
}

inline std::vector<Shape> shapes_of(const std::vector<Tensor>& inputs) {
  std::vector<Shape> shapes;
  for (const Tensor& input : inputs) shapes.push_back(input.shape());
  return shapes;
}

// A residual network with odd channel counts, a strided block with its own shortcut, and a head.
struct Residual {
  Builder b{7};
  ValueId logits;
  std::vector<ValueId> maps;  // feature maps of the convolutions

  explicit Residual(int64_t a = 13, int64_t c = 20, int64_t size = 12, int64_t batch = 5) {
    ValueId x = b.input({batch, 3, size, size});
    ValueId stem = b.relu(map(b.batchnorm(b.conv(x, 3, a), a)));
    ValueId y = b.relu(map(b.batchnorm(b.conv(stem, a, a), a)));
    y = map(b.batchnorm(b.conv(y, a, a), a));
    ValueId first = b.relu(b.add(y, stem));
    y = b.relu(map(b.batchnorm(b.conv(first, a, c, {3, 2, 1}), c)));
    y = map(b.batchnorm(b.conv(y, c, c), c));
    ValueId shortcut = map(b.batchnorm(b.conv(first, a, c, {1, 2, 0}), c));
    ValueId second = b.relu(b.add(y, shortcut));
    logits = b.head(second, c, 6);
    b.output(logits);
  }

 private:
  ValueId map(ValueId value) {
    maps.push_back(value);
    return value;
  }
};

}  // namespace alcedo::test
