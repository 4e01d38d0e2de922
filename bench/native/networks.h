// The networks of the benchmarks, built in memory with random weights.
#pragma once

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "base/error.h"
#include "graph/graph.h"

namespace alcedo::bench {

class NetworkBuilder {
 public:
  Graph graph;
  std::vector<ValueId> feature_maps;  // outputs of the BatchNormalizations (or biased convolutions)
  ValueId logits = kNone;

  ValueId input(int64_t channels, int64_t size) {
    Value value;
    value.name = "input";
    value.dtype = DType::f32;
    value.shape = {-1, channels, size, size};
    value.dim_params = {"N", "", "", ""};
    graph.inputs.push_back(graph.add_value(value));
    channels_ = channels;
    return graph.inputs[0];
  }
  ValueId conv(ValueId x, int64_t ic, int64_t oc, int64_t kernel, int64_t stride, int64_t groups = 1) {
    Attributes a;
    const int64_t pad = kernel / 2;
    a.set("kernel_shape", std::vector<int64_t>{kernel, kernel});
    a.set("strides", std::vector<int64_t>{stride, stride});
    a.set("pads", std::vector<int64_t>{pad, pad, pad, pad});
    a.set("group", groups);
    const ValueId w = constant({oc, ic / groups, kernel, kernel}, ic / groups * kernel * kernel);
    return node("Conv", {x, w}, a);
  }
  ValueId batchnorm(ValueId x, int64_t c) {
    const ValueId y = node("BatchNormalization",
                           {x, filled({c}, 1), filled({c}, 0.1f), filled({c}, 0), filled({c}, 1)});
    feature_maps.push_back(y);
    return y;
  }
  ValueId conv_bn(ValueId x, int64_t ic, int64_t oc, int64_t kernel, int64_t stride, int64_t groups = 1) {
    return batchnorm(conv(x, ic, oc, kernel, stride, groups), oc);
  }
  ValueId relu(ValueId x) { return node("Relu", {x}); }
  ValueId relu6(ValueId x) { return node("Clip", {x, filled({}, 0), filled({}, 6)}); }
  ValueId pool(const char* type, ValueId x, int64_t kernel, int64_t stride, int64_t pad) {
    Attributes a;
    a.set("kernel_shape", std::vector<int64_t>{kernel, kernel});
    a.set("strides", std::vector<int64_t>{stride, stride});
    a.set("pads", std::vector<int64_t>{pad, pad, pad, pad});
    return node(type, {x}, a);
  }
  ValueId gemm(ValueId x, int64_t ic, int64_t oc) {
    Attributes a;
    a.set("transB", int64_t{1});
    return node("Gemm", {x, constant({oc, ic}, ic), filled({oc}, 0)}, a);
  }
  void head(ValueId x, int64_t ic, int64_t classes) {
    logits = gemm(node("Flatten", {node("GlobalAveragePool", {x})}), ic, classes);
    graph.outputs.push_back(logits);
    name_output();
  }
  void name_output() {
    Value& value = graph.values[logits];
    value.name = "logits";
    value.dtype = DType::f32;
    value.shape = {-1, -1};
    value.dim_params = {"N", "K"};
  }
  ValueId node(const std::string& type, std::vector<ValueId> inputs, Attributes attributes = {}) {
    Value value;
    value.name = type + "_" + std::to_string(graph.values.size());
    const ValueId out = graph.add_value(value);
    Node n;
    n.name = type + "_n" + std::to_string(graph.nodes.size());
    n.op_type = type;
    n.attributes = std::move(attributes);
    n.inputs = std::move(inputs);
    n.outputs = {out};
    graph.add_node(n);
    return out;
  }

 private:
  ValueId constant(Shape shape, int64_t fan_in) {
    Tensor tensor(DType::f32, std::move(shape));
    std::uniform_real_distribution<float> u(-1, 1);
    const float range = std::sqrt(6.f / static_cast<float>(fan_in));
    for (int64_t i = 0; i < tensor.size(); ++i) tensor.data<float>()[i] = range * u(random_);
    return graph.add_constant("w" + std::to_string(graph.values.size()), tensor);
  }
  ValueId filled(Shape shape, float value) {
    Tensor tensor(DType::f32, std::move(shape));
    for (int64_t i = 0; i < tensor.size(); ++i) tensor.data<float>()[i] = value;
    return graph.add_constant("p" + std::to_string(graph.values.size()), tensor);
  }
  std::mt19937 random_{3};
  int64_t channels_ = 0;
};

inline NetworkBuilder make_network(const std::string& name, int64_t size) {
  NetworkBuilder b;
  ValueId x = b.input(3, size);
  const auto basic = [&](int64_t ic, int64_t oc, int64_t stride) {
    ValueId y = b.relu(b.conv_bn(x, ic, oc, 3, stride));
    y = b.conv_bn(y, oc, oc, 3, 1);
    const ValueId s = stride != 1 || ic != oc ? b.conv_bn(x, ic, oc, 1, stride) : x;
    x = b.relu(b.node("Add", {y, s}));
  };
  const auto bottleneck = [&](int64_t ic, int64_t width, int64_t stride) {
    ValueId y = b.relu(b.conv_bn(x, ic, width, 1, 1));
    y = b.relu(b.conv_bn(y, width, width, 3, stride));
    y = b.conv_bn(y, width, 4 * width, 1, 1);
    const ValueId s = stride != 1 || ic != 4 * width ? b.conv_bn(x, ic, 4 * width, 1, stride) : x;
    x = b.relu(b.node("Add", {y, s}));
  };
  if (name == "resnet18" || name == "resnet50") {
    x = b.pool("MaxPool", b.relu(b.conv_bn(x, 3, 64, 7, 2)), 3, 2, 1);
    const std::vector<int> blocks = name == "resnet18" ? std::vector<int>{2, 2, 2, 2} : std::vector<int>{3, 4, 6, 3};
    int64_t ic = 64;
    for (int stage = 0; stage < 4; ++stage) {
      const int64_t width = int64_t{64} << stage;
      for (int i = 0; i < blocks[stage]; ++i) {
        const int64_t stride = stage > 0 && i == 0 ? 2 : 1;
        if (name == "resnet18") {
          basic(ic, width, stride);
          ic = width;
        } else {
          bottleneck(ic, width, stride);
          ic = 4 * width;
        }
      }
    }
    b.head(x, ic, 1000);
  } else if (name == "resnet20") {
    x = b.relu(b.conv_bn(x, 3, 16, 3, 1));
    int64_t ic = 16;
    for (int stage = 0; stage < 3; ++stage) {
      for (int i = 0; i < 3; ++i) {
        basic(ic, int64_t{16} << stage, stage > 0 && i == 0 ? 2 : 1);
        ic = int64_t{16} << stage;
      }
    }
    b.head(x, ic, 10);
  } else if (name == "vgg16") {
    int64_t ic = 3, side = size;
    for (int64_t oc : {64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0}) {
      if (oc == 0) {
        x = b.pool("MaxPool", x, 2, 2, 0);
        side /= 2;
        continue;
      }
      x = b.relu(b.conv_bn(x, ic, oc, 3, 1));
      ic = oc;
    }
    x = b.relu(b.gemm(b.node("Flatten", {x}), 512 * side * side, 4096));
    x = b.relu(b.gemm(x, 4096, 4096));
    b.logits = b.gemm(x, 4096, 1000);
    b.graph.outputs.push_back(b.logits);
    b.name_output();
  } else if (name == "mobilenet_v2") {
    x = b.relu6(b.conv_bn(x, 3, 32, 3, 2));
    int64_t ic = 32;
    const int64_t settings[][4] = {{1, 16, 1, 1},  {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                                   {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
    for (const auto& [expand, oc, num, first_stride] : settings) {
      for (int64_t i = 0; i < num; ++i) {
        const int64_t stride = i == 0 ? first_stride : 1, width = ic * expand;
        ValueId y = x;
        if (expand != 1) y = b.relu6(b.conv_bn(y, ic, width, 1, 1));
        y = b.relu6(b.conv_bn(y, width, width, 3, stride, width));
        y = b.conv_bn(y, width, oc, 1, 1);
        x = stride == 1 && ic == oc ? b.node("Add", {y, x}) : y;
        ic = oc;
      }
    }
    x = b.relu6(b.conv_bn(x, ic, 1280, 1, 1));
    b.head(x, 1280, 1000);
  } else {
    fail(0, "no network ", name);
  }
  return b;
}

}  // namespace alcedo::bench
