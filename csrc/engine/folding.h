// Per-channel steps behind a convolution or matrix that become part of its weights and bias.
#pragma once

#include <vector>

#include "graph/graph.h"
#include "layers/layer.h"

namespace alcedo {

// Of the output's and of the weights' axes the one that counts output channels.
size_t channel_axis(const Node& node, const TensorInfo& dst);
size_t weights_axis(const Node& node);

// Add, Sub, Mul or Div of `value` and a constant: one number, or one per index of `axis`.
bool is_affine(const Node& node, ValueId value, size_t axis, const std::vector<TensorInfo>& infos);
// The same with one number: result = scale * value + shift.
bool is_linear(const Node& node, ValueId value, const std::vector<TensorInfo>& infos, float* scale, float* shift);

// result = scale * value + shift per channel, of several steps one after the other.
struct Affine {
  std::vector<double> scale, shift;
  explicit Affine(int64_t channels) : scale(channels, 1.0), shift(channels, 0.0) {}
  void batchnorm(const Node& node, const Tensor& gamma, const Tensor& beta, const Tensor& mean, const Tensor& var);
  // `constant_first`: constant - value, constant * value ...
  void step(const Node& node, const Tensor& constant, bool constant_first);
  bool scales() const;
};

}  // namespace alcedo
