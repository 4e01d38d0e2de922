// Element-wise functions that can follow another node inside one kernel.
#pragma once

#include <cstdint>

#include "graph/graph.h"

namespace alcedo {

struct Activation {
  enum class Kind : uint8_t { none, relu, leaky_relu, clip, sigmoid, tanh, hard_sigmoid, hard_swish, linear };
  Kind kind = Kind::none;
  float alpha = 0, beta = 0;  // leaky_relu: slope; clip: bounds; hard_sigmoid, linear: alpha * x + beta

  explicit operator bool() const { return kind != Kind::none; }
  // f(0) != 0: padding channels must be cleared again.
  bool moves_zero() const {
    return kind == Kind::sigmoid || kind == Kind::hard_sigmoid || (kind == Kind::clip && (alpha > 0 || beta < 0)) ||
           (kind == Kind::linear && beta != 0);
  }
  // The derivative is a function of the result.
  bool backward_from_dst() const { return kind != Kind::hard_swish && kind != Kind::linear; }
  // z * dC/dz can be taken from the result and the gradient in front of the activation: f(z) = z or df/dz = 0.
  bool keeps_product() const { return kind == Kind::relu || kind == Kind::clip; }
};

// The node's function if it is one of these (Clip with constant bounds only), else kind none.
Activation activation_of(const Node& node, const Tensor* low = nullptr, const Tensor* high = nullptr);

}  // namespace alcedo
