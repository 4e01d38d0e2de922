// The families of image networks, block by block as their papers have them, in small widths and depths.
#pragma once

#include <vector>

#include "pruning_network.h"

namespace alcedo::testing {

struct Family {
  const char* name;
  void (*build)(Net& net);
};

namespace families {

using Ints = std::vector<int64_t>;

inline ConvOptions one_by_one() { return {1, 1, 0, 1, false}; }
inline ConvOptions depthwise(int64_t channels, int64_t stride = 1, int64_t kernel = 3) {
  return {kernel, stride, -1, channels, false};
}
inline ValueId max_pool(Net& n, ValueId x) {
  return n.op("MaxPool", {x}, {{"kernel_shape", Ints{3, 3}}, {"strides", Ints{2, 2}}, {"pads", Ints{1, 1, 1, 1}}});
}
inline ValueId half(Net& n, ValueId x, const char* type = "MaxPool") {
  return n.op(type, {x}, {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}});
}
inline ValueId concat(Net& n, const std::vector<ValueId>& x) { return n.op("Concat", x, {{"axis", int64_t{1}}}); }
inline ValueId sum(Net& n, ValueId a, ValueId b) { return n.op("Add", {a, b}); }
inline ValueId image(Net& n, int64_t size = 16) { return n.input({2, 3, size, size}); }
inline ValueId swish(Net& n, ValueId x) { return n.op("Mul", {x, n.op("Sigmoid", {x})}); }
inline ValueId relu6(Net& n, ValueId x) {
  return n.op("Clip", {x, n.constant(Tensor::scalar(0.0F)), n.constant(Tensor::scalar(6.0F))});
}
inline ValueId squeeze_excite(Net& n, ValueId x, int64_t inner, const char* gate = "Sigmoid") {
  const ValueId pooled = n.op("GlobalAveragePool", {x});
  return n.op("Mul", {x, n.op(gate, {n.conv(n.relu(n.conv(pooled, inner, {1})), n.shape(x)[1], {1})})});
}
inline ValueId flat_classes(Net& n, ValueId x, int64_t hidden) {
  x = n.op("Flatten", {x});
  for (int i = 0; i < 2; ++i) x = n.op("Dropout", {n.relu(n.gemm(x, hidden))});
  return n.output(n.gemm(x, 5));
}

inline void alexnet(Net& n) {
  ValueId x = half(n, n.relu(n.conv(image(n, 32), 8, {5, 2})));
  x = half(n, n.relu(n.conv(x, 10)));
  x = n.relu(n.conv(n.relu(n.conv(x, 12)), 10));
  flat_classes(n, half(n, x), 16);
}

inline void vgg(Net& n) {
  ValueId x = image(n);
  for (int64_t width : {6, 8, 10}) x = half(n, n.conv_bn_relu(n.conv_bn_relu(x, width), width));
  flat_classes(n, x, 16);
}

// Basic blocks, or bottlenecks of the given inner width and groups.
inline ValueId residual(Net& n, ValueId x, int64_t width, int64_t stride, int64_t inner = 0, int64_t groups = 1) {
  ValueId skip = x, y;
  if (inner == 0) {
    y = n.bn(n.conv(n.conv_bn_relu(x, width, {3, stride}), width));
  } else {
    y = n.conv_bn_relu(n.conv_bn_relu(x, inner, one_by_one()), inner, {3, stride, -1, groups});
    y = n.bn(n.conv(y, width, one_by_one()));
  }
  if (stride > 1 || n.shape(x)[1] != width) skip = n.bn(n.conv(x, width, {1, stride, 0, 1, false}));
  return n.relu(sum(n, y, skip));
}
inline ValueId residual_trunk(Net& n, int64_t inner, int64_t groups, std::vector<ValueId>* stages = nullptr) {
  ValueId x = max_pool(n, n.conv_bn_relu(image(n, 32), 6, {7, 2}));
  int64_t stride = 1;
  for (int64_t width : {6, 8, 12}) {
    x = residual(n, residual(n, x, width, stride, inner, groups), width, 1, inner, groups);
    if (stages != nullptr) stages->push_back(x);
    stride = 2;
  }
  return x;
}
inline void resnet(Net& n) { n.classify(residual_trunk(n, 0, 1)); }
inline void resnet_bottleneck(Net& n) { n.classify(residual_trunk(n, 4, 1)); }
inline void resnext(Net& n) { n.classify(residual_trunk(n, 8, 4)); }
inline void wide_resnet(Net& n) { n.classify(residual_trunk(n, 12, 1)); }

inline void densenet(Net& n) {
  ValueId x = max_pool(n, n.conv_bn_relu(image(n), 8));
  for (int block = 0; block < 2; ++block) {
    std::vector<ValueId> all{x};
    for (int layer = 0; layer < 3; ++layer) {
      const ValueId in = all.size() == 1 ? all[0] : concat(n, all);
      all.push_back(n.conv(n.conv_bn_relu(n.relu(n.bn(in)), 8, one_by_one()), 4));
    }
    x = n.relu(n.bn(concat(n, all)));
    if (block == 0) x = half(n, n.conv(x, n.shape(x)[1] / 2, one_by_one()), "AveragePool");
  }
  n.classify(x);
}

inline void googlenet(Net& n) {
  ValueId x = max_pool(n, n.conv_bn_relu(image(n), 8));
  for (int i = 0; i < 2; ++i) {
    const ValueId a = n.conv_bn_relu(x, 4, one_by_one());
    const ValueId b = n.conv_bn_relu(n.conv_bn_relu(x, 4, one_by_one()), 6);
    const ValueId c = n.conv_bn_relu(n.conv_bn_relu(x, 3, one_by_one()), 4, {5});
    const ValueId pooled = n.op("MaxPool", {x}, {{"kernel_shape", Ints{3, 3}}, {"pads", Ints{1, 1, 1, 1}}});
    x = concat(n, {a, b, c, n.conv_bn_relu(pooled, 3, one_by_one())});
  }
  n.classify(n.op("Dropout", {x}));
}

inline ValueId flat_conv(Net& n, ValueId x, int64_t out, int64_t height, int64_t width) {
  const ValueId weights = n.constant(n.random({out, n.shape(x)[1], height, width}, -0.3F, 0.3F));
  return n.relu(n.bn(n.op("Conv", {x, weights}, {{"pads", Ints{height / 2, width / 2, height / 2, width / 2}}})));
}
inline void inception_v3(Net& n) {
  ValueId x = n.conv_bn_relu(image(n), 8, {3, 2, 0});
  const ValueId a = flat_conv(n, flat_conv(n, n.conv_bn_relu(x, 4, one_by_one()), 4, 1, 7), 6, 7, 1);
  const ValueId mixed = n.conv_bn_relu(x, 5, one_by_one());
  const ValueId b = concat(n, {flat_conv(n, mixed, 4, 1, 3), flat_conv(n, mixed, 4, 3, 1)});
  const ValueId pooled =
      n.op("AveragePool", {x},
           {{"kernel_shape", Ints{3, 3}}, {"pads", Ints{1, 1, 1, 1}}, {"count_include_pad", int64_t{1}}});
  x = concat(n, {a, b, n.conv_bn_relu(pooled, 4, one_by_one())});
  x = concat(n, {n.conv_bn_relu(x, 6, {3, 2, 0}),
                 n.op("MaxPool", {x}, {{"kernel_shape", Ints{3, 3}}, {"strides", Ints{2, 2}}})});
  n.classify(x);
}

inline void squeezenet(Net& n) {
  ValueId x = max_pool(n, n.relu(n.conv(image(n), 8, {3, 2})));
  for (int i = 0; i < 3; ++i) {
    const ValueId squeezed = n.relu(n.conv(x, 4, {1}));
    x = concat(n, {n.relu(n.conv(squeezed, 6, {1})), n.relu(n.conv(squeezed, 6))});
  }
  x = n.relu(n.conv(n.op("Dropout", {x}), 5, {1}));
  n.output(n.op("Flatten", {n.op("GlobalAveragePool", {x})}));
}

using Activation = ValueId (*)(Net&, ValueId);
inline ValueId inverted(Net& n, ValueId x, int64_t out, int64_t stride, Activation act, int64_t squeeze,
                        const char* gate, int64_t kernel = 3) {
  const int64_t in = n.shape(x)[1], wide = 3 * in;
  ValueId y = act(n, n.bn(n.conv(x, wide, one_by_one())));
  y = act(n, n.bn(n.conv(y, wide, depthwise(wide, stride, kernel))));
  if (squeeze > 0) y = squeeze_excite(n, y, squeeze, gate);
  y = n.bn(n.conv(y, out, one_by_one()));
  return stride == 1 && in == out ? sum(n, x, y) : y;
}
inline void inverted_net(Net& n, Activation act, int64_t squeeze, const char* gate, int64_t kernel) {
  ValueId x = act(n, n.bn(n.conv(image(n), 6, {3, 2, -1, 1, false})));
  x = inverted(n, x, 6, 1, act, squeeze, gate, kernel);
  x = inverted(n, x, 8, 2, act, squeeze, gate, kernel);
  x = inverted(n, x, 8, 1, act, squeeze, gate, kernel);
  n.classify(act(n, n.bn(n.conv(x, 16, one_by_one()))));
}
inline void mobilenet_v2(Net& n) { inverted_net(n, relu6, 0, "", 3); }
inline void mobilenet_v3(Net& n) {
  inverted_net(
      n, [](Net& m, ValueId x) { return m.op("HardSwish", {x}); }, 4, "HardSigmoid", 5);
}
inline void mnasnet(Net& n) {
  inverted_net(
      n, [](Net& m, ValueId x) { return m.relu(x); }, 0, "", 5);
}
inline void efficientnet(Net& n) { inverted_net(n, swish, 3, "Sigmoid", 3); }

inline void shufflenet_v2(Net& n) {
  ValueId x = max_pool(n, n.conv_bn_relu(image(n), 8, {3, 2}));
  const auto shuffle = [&](ValueId y) {
    const Shape s = n.shape(y);
    y = n.op("Reshape", {y, n.ints({s[0], 2, s[1] / 2, s[2], s[3]})});
    y = n.op("Transpose", {y}, {{"perm", Ints{0, 2, 1, 3, 4}}});
    return n.op("Reshape", {y, n.ints({s[0], s[1], s[2], s[3]})});
  };
  const auto branch = [&](ValueId y, int64_t out, int64_t stride) {
    y = n.conv_bn_relu(y, out, one_by_one());
    return n.conv_bn_relu(n.bn(n.conv(y, out, depthwise(out, stride))), out, one_by_one());
  };
  const ValueId left = n.conv_bn_relu(n.bn(n.conv(x, 8, depthwise(8, 2))), 6, one_by_one());
  x = shuffle(concat(n, {left, branch(x, 6, 2)}));
  for (int i = 0; i < 2; ++i) {
    const ValueId part = n.op("Split", {x, n.ints({6, 6})}, {{"axis", int64_t{1}}}, 2);
    x = shuffle(concat(n, {part, branch(part + 1, 6, 1)}));
  }
  n.classify(n.conv_bn_relu(x, 14, one_by_one()));
}

inline void regnet(Net& n) {
  ValueId x = n.conv_bn_relu(image(n), 6, {3, 2});
  for (int64_t width : {8, 12}) {
    ValueId y = n.conv_bn_relu(x, width, one_by_one());
    y = squeeze_excite(n, n.conv_bn_relu(y, width, {3, 2, -1, width / 4}), 3);
    x = n.relu(sum(n, n.bn(n.conv(y, width, one_by_one())), n.bn(n.conv(x, width, {1, 2, 0, 1, false}))));
  }
  n.classify(x);
}

// The layers between channels as products over the last axis (torchvision), or as 1 x 1 convolutions.
inline void convnext_net(Net& n, bool products) {
  const auto last = [&](ValueId x) { return n.op("Transpose", {x}, {{"perm", Ints{0, 2, 3, 1}}}); };
  const auto first = [&](ValueId x) { return n.op("Transpose", {x}, {{"perm", Ints{0, 3, 1, 2}}}); };
  const auto norm = [&](ValueId x) {
    const int64_t c = n.shape(x).back();
    return n.op("LayerNormalization", {x, n.constant(n.random({c}, 0.5F, 1.5F)), n.constant(n.random({c}))});
  };
  const auto dense = [&](ValueId x, int64_t out) {
    x = n.op("MatMul", {x, n.constant(n.random({n.shape(x).back(), out}, -0.4F, 0.4F))});
    return n.op("Add", {x, n.constant(n.random({out}))});
  };
  ValueId x = first(norm(last(n.conv(image(n), 6, {4, 4, 0}))));
  for (int64_t width : {6, 8}) {
    if (width == 8) x = n.conv(first(norm(last(x))), 8, {2, 2, 0});
    ValueId y = norm(last(n.conv(x, width, {7, 1, -1, width})));
    if (products) {
      y = first(dense(n.op("Gelu", {dense(y, 3 * width)}), width));
    } else {
      y = n.conv(n.op("Gelu", {n.conv(first(y), 3 * width, {1})}), width, {1});
    }
    x = sum(n, x, n.op("Mul", {y, n.constant(n.random({width, 1, 1}))}));
  }
  n.output(n.gemm(n.op("Flatten", {first(norm(last(n.op("GlobalAveragePool", {x}))))}), 5));
}
inline void convnext(Net& n) { convnext_net(n, true); }
inline void convnext_conv(Net& n) { convnext_net(n, false); }

inline void unet(Net& n) {
  std::vector<ValueId> levels;
  ValueId x = image(n);
  for (int64_t width : {4, 6, 8}) {
    x = n.conv_bn_relu(n.conv_bn_relu(x, width), width);
    levels.push_back(x);
    if (width != 8) x = half(n, x);
  }
  for (int level = 1; level >= 0; --level) {
    const int64_t width = n.shape(levels[level])[1];
    x = n.conv_bn_relu(n.conv_bn_relu(concat(n, {levels[level], n.conv_transpose(x, width)}), width), width);
  }
  n.output(n.conv(x, 2, {1}));
}

inline ValueId resized_to(Net& n, ValueId x, ValueId like, const char* mode) {
  const Shape s = n.shape(like);
  return n.op("Resize", {x, kNone, kNone, n.ints({s[0], n.shape(x)[1], s[2], s[3]})}, {{"mode", std::string(mode)}});
}

// Pyramid over a residual trunk, one head for all levels, boxes and scores of all levels behind each other.
inline void fpn_detector(Net& n) {
  std::vector<ValueId> stages, levels;
  residual_trunk(n, 0, 1, &stages);
  ValueId top = kNone;
  for (auto stage = stages.rbegin(); stage != stages.rend(); ++stage) {
    const ValueId lateral = n.conv(*stage, 6, {1});
    top = top == kNone ? lateral : sum(n, lateral, resized_to(n, top, lateral, "nearest"));
    levels.push_back(n.conv(top, 6));
  }
  const ValueId tower = n.constant(n.random({6, 6, 3, 3}, -0.3F, 0.3F)), bias = n.constant(n.random({6}));
  for (int64_t per_place : {3, 4}) {
    const ValueId head = n.constant(n.random({2 * per_place, 6, 3, 3}, -0.3F, 0.3F));
    std::vector<ValueId> rows;
    for (ValueId level : levels) {
      const ValueId y = n.relu(n.op("Conv", {level, tower, bias}, {{"pads", Ints{1, 1, 1, 1}}}));
      const ValueId z = n.op("Conv", {y, head}, {{"pads", Ints{1, 1, 1, 1}}});
      rows.push_back(
          n.op("Reshape", {n.op("Transpose", {z}, {{"perm", Ints{0, 2, 3, 1}}}), n.ints({0, -1, per_place})}));
    }
    n.output(concat(n, rows));
  }
}

inline void fcn(Net& n) {
  std::vector<ValueId> stages;
  const ValueId x = residual_trunk(n, 0, 1, &stages), in = n.graph.inputs[0];
  const ValueId main = n.conv(n.op("Dropout", {n.conv_bn_relu(x, 8)}), 3, {1});
  const ValueId aside = n.conv(n.conv_bn_relu(stages[1], 6), 3, {1});
  n.output(resized_to(n, main, in, "linear"));
  n.output(resized_to(n, aside, in, "linear"));
}

}  // namespace families

inline const std::vector<Family>& all_families() {
  using namespace families;  // NOLINT: the names of the table below
  static const std::vector<Family> list = {{"alexnet", alexnet},
                                           {"vgg", vgg},
                                           {"resnet", resnet},
                                           {"resnet_bottleneck", resnet_bottleneck},
                                           {"resnext", resnext},
                                           {"wide_resnet", wide_resnet},
                                           {"densenet", densenet},
                                           {"googlenet", googlenet},
                                           {"inception_v3", inception_v3},
                                           {"squeezenet", squeezenet},
                                           {"mobilenet_v2", mobilenet_v2},
                                           {"mobilenet_v3", mobilenet_v3},
                                           {"shufflenet_v2", shufflenet_v2},
                                           {"mnasnet", mnasnet},
                                           {"efficientnet", efficientnet},
                                           {"regnet", regnet},
                                           {"convnext", convnext},
                                           {"convnext_conv", convnext_conv},
                                           {"unet", unet},
                                           {"fpn_detector", fpn_detector},
                                           {"fcn", fcn}};
  return list;
}

}  // namespace alcedo::testing
