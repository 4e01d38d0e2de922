// Runs one layer: inference, forward, and its gradient against central differences in float64.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "layers/layer.h"

namespace alcedo::testing {

using AttributeList = std::vector<std::pair<std::string, Attribute>>;

inline Node make_node(const std::string& type, const AttributeList& attributes, size_t inputs, size_t outputs = 1) {
  Node node;
  node.name = "n";
  node.op_type = type;
  for (const auto& [name, value] : attributes) node.attributes.set(name, value);
  for (size_t i = 0; i < inputs; ++i) node.inputs.push_back(static_cast<ValueId>(i));
  for (size_t i = 0; i < outputs; ++i) node.outputs.push_back(static_cast<ValueId>(inputs + i));
  return node;
}

// A tensor that is not defined stands for an input left out. All inputs are given as known constants.
inline std::vector<Tensor> run(const Node& node, const std::vector<Tensor>& src, bool training = false,
                               uint64_t seed = 0, const std::vector<Tensor*>* statistics = nullptr) {
  const Layer* layer = find_layer(node.op_type);
  REQUIRE(layer != nullptr);
  std::vector<TensorInfo> src_info, dst_info(node.outputs.size());
  std::vector<const Tensor*> src_list;
  for (const Tensor& tensor : src) {
    src_info.push_back({tensor.dtype(), tensor.shape(), tensor});
    src_list.push_back(tensor.defined() ? &tensor : nullptr);
  }
  InferArgs infer_args{node, src_info, dst_info};
  layer->infer(infer_args);
  std::vector<Tensor> dst;
  for (const TensorInfo& info : dst_info) dst.emplace_back(info.dtype, info.shape);
  std::vector<Tensor*> dst_list;
  for (Tensor& tensor : dst) dst_list.push_back(&tensor);
  layer->forward({node, src_list, dst_list, training, seed, statistics});
  return dst;
}

inline std::vector<Tensor> run(const std::string& type, const AttributeList& attributes, const std::vector<Tensor>& src,
                               size_t outputs = 1) {
  return run(make_node(type, attributes, src.size(), outputs), src);
}

inline Tensor random_tensor(std::mt19937& random, const Shape& shape, double low = -1, double high = 1) {
  Tensor tensor(DType::f64, shape);
  std::uniform_real_distribution<double> distribution(low, high);
  for (int64_t i = 0; i < tensor.size(); ++i) tensor.data<double>()[i] = distribution(random);
  return tensor;
}

inline Tensor ints(const std::vector<int64_t>& values) { return Tensor::vector<int64_t>(values); }

// The gradient of sum(weight * dst) by every float64 input against (f(x + e) - f(x - e)) / 2e.
inline void check_gradient(const Node& node, std::vector<Tensor> src, bool training = false, double tolerance = 1e-6) {
  CAPTURE(node.op_type);
  const Layer* layer = find_layer(node.op_type);
  const bool differentiable = layer->backward != nullptr;
  REQUIRE(differentiable);
  const std::vector<Tensor> dst = run(node, src, training);
  std::mt19937 random(11);
  std::vector<Tensor> weights;
  for (const Tensor& tensor : dst) {
    weights.push_back(tensor.dtype() == DType::f64 ? random_tensor(random, tensor.shape()) : Tensor());
  }
  const auto loss = [&] {
    double sum = 0;
    const std::vector<Tensor> result = run(node, src, training);
    for (size_t k = 0; k < result.size(); ++k) {
      for (int64_t i = 0; weights[k].defined() && i < result[k].size(); ++i) {
        sum += weights[k].data<double>()[i] * result[k].data<double>()[i];
      }
    }
    return sum;
  };
  std::vector<const Tensor*> src_list, dst_list, diff_dst;
  std::vector<Tensor> diffs(src.size());
  std::vector<Tensor*> diff_src;
  for (size_t i = 0; i < src.size(); ++i) {
    src_list.push_back(src[i].defined() ? &src[i] : nullptr);
    const bool real = src[i].dtype() == DType::f64;
    if (real) {
      diffs[i] = Tensor(DType::f64, src[i].shape());
      std::fill_n(diffs[i].data<double>(), diffs[i].size(), 7.0);  // to be overwritten
    }
    diff_src.push_back(real ? &diffs[i] : nullptr);
  }
  for (size_t k = 0; k < dst.size(); ++k) {
    dst_list.push_back(&dst[k]);
    diff_dst.push_back(weights[k].defined() ? &weights[k] : nullptr);
  }
  layer->backward({node, src_list, dst_list, diff_dst, diff_src, training, 0});
  const double e = 1e-5;
  for (size_t i = 0; i < src.size(); ++i) {
    if (!diff_src[i] || input_role(node, i) == InputRole::statistic || input_role(node, i) == InputRole::setting)
      continue;
    CAPTURE(i);
    double worst = 0, top = 1e-3;
    for (int64_t k = 0; k < src[i].size(); ++k) {
      double& x = src[i].data<double>()[k];
      const double keep = x;
      x = keep + e;
      const double up = loss();
      x = keep - e;
      const double down = loss();
      x = keep;
      const double wanted = (up - down) / (2 * e), got = diffs[i].data<double>()[k];
      worst = std::max(worst, std::isfinite(got) ? std::fabs(got - wanted) : 1e30);
      top = std::max(top, std::fabs(wanted));
    }
    CHECK(worst <= tolerance * top);
  }
  // No gradient of dst: zeros.
  for (const Tensor*& diff : diff_dst) diff = nullptr;
  layer->backward({node, src_list, dst_list, diff_dst, diff_src, training, 0});
  for (const Tensor& diff : diffs) {
    for (int64_t k = 0; diff.defined() && k < diff.size(); ++k) CHECK(diff.data<double>()[k] == 0.0);
  }
}

inline void check_gradient(const std::string& type, const AttributeList& attributes, const std::vector<Tensor>& src,
                           size_t outputs = 1, bool training = false) {
  check_gradient(make_node(type, attributes, src.size(), outputs), src, training);
}

// float32 results against numbers written down
inline void check_values(const Tensor& tensor, const Shape& shape, const std::vector<double>& wanted,
                         double tolerance = 1e-5) {
  CHECK(tensor.shape() == shape);
  const Tensor wide = tensor.cast(DType::f64);
  REQUIRE(wide.size() == static_cast<int64_t>(wanted.size()));
  for (size_t i = 0; i < wanted.size(); ++i) {
    CAPTURE(i);
    CHECK(wide.data<double>()[i] == doctest::Approx(wanted[i]).epsilon(tolerance));
  }
}

inline Tensor floats(const Shape& shape, const std::vector<float>& values) { return Tensor::of<float>(shape, values); }

inline Tensor counting(const Shape& shape) {
  Tensor tensor(DType::f32, shape);
  for (int64_t i = 0; i < tensor.size(); ++i) tensor.data<float>()[i] = static_cast<float>(i);
  return tensor;
}

}  // namespace alcedo::testing
