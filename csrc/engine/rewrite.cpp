#include "engine/rewrite.h"

#include <algorithm>
#include <cmath>

namespace alcedo {
namespace {

class Rewriter {
 public:
  Rewriter(Graph& graph, const std::vector<TensorInfo>& infos, const std::function<bool(ValueId)>& is_protected)
      : graph_(graph),
        infos_(infos),
        is_protected_(is_protected),
        producers_(graph.producers()),
        consumers_(graph.consumers()) {}

  void run() {
    for (Node& node : graph_.nodes) {
      if (node.op_type == "Conv") merge_pad(node);
      if (node.op_type == "Div" || node.op_type == "Mul") spelled_hard_swish(node);
      if (node.op_type == "Mul") gated_hard_swish(node);
      if (node.op_type == "Add") spelled_layer_norm(node);
    }
  }

 private:
  bool known(ValueId value) const { return value != kNone && infos_[value].known(); }

  // The one number that a value is, or NaN.
  float number(ValueId value) const {
    if (!known(value) || infos_[value].dtype != DType::f32 || num_elements(infos_[value].shape) != 1) return NAN;
    return infos_[value].constant.to_floats()[0];
  }

  // The node of this type that makes a value, if nobody else reads the value.
  const Node* made_by(ValueId value, const char* type, size_t readers = 1) const {
    if (value == kNone || producers_[value] == kNone || is_protected_(value)) return nullptr;
    if (consumers_[value].size() != readers) return nullptr;
    const Node& node = graph_.nodes[producers_[value]];
    return node.op_type == type ? &node : nullptr;
  }

  void make_hard_swish(Node& node, ValueId x) {
    node.op_type = "HardSwish";
    node.inputs = {x};
    node.attributes = Attributes();
  }

  // x * Clip(x + 3, 0, 6) / 6
  void spelled_hard_swish(Node& node) {
    const bool quotient = node.op_type == "Div";
    for (int i = 0; i < (quotient ? 1 : 2) && node.inputs.size() == 2; ++i) {
      const float factor = number(node.inputs[1 - i]);
      if (quotient ? factor != 6 : std::fabs(factor * 6 - 1) > 1e-6F || std::isnan(factor)) continue;
      const Node* product = made_by(node.inputs[i], "Mul");
      if (!product) continue;
      for (int k = 0; k < 2; ++k) {
        const ValueId x = product->inputs[k];
        const Node* clip = made_by(product->inputs[1 - k], "Clip");
        if (!clip || !is_zero_to_six(*clip)) continue;
        const Node* sum = made_by(clip->inputs[0], "Add");
        if (!sum) continue;
        const bool second = sum->inputs[0] != x;
        if (sum->inputs[second ? 1 : 0] != x || number(sum->inputs[second ? 0 : 1]) != 3) continue;
        if (infos_[sum->outputs[0]].shape != infos_[x].shape) continue;
        if (infos_[node.outputs[0]].shape != infos_[x].shape) continue;
        return make_hard_swish(node, x);
      }
    }
  }

  bool is_zero_to_six(const Node& clip) const {
    const auto bound = [&](size_t i, const char* name) {
      if (clip.inputs.size() > i && clip.inputs[i] != kNone) return number(clip.inputs[i]);
      return clip.attributes.has(name) ? clip.attributes.real(name, 0) : NAN;
    };
    return bound(1, "min") == 0 && bound(2, "max") == 6;
  }

  // x * HardSigmoid(x) with slope 1/6
  void gated_hard_swish(Node& node) {
    for (int i = 0; i < 2 && node.op_type == "Mul"; ++i) {
      const Node* gate = made_by(node.inputs[i], "HardSigmoid");
      if (!gate || gate->inputs[0] != node.inputs[1 - i]) continue;
      if (std::fabs(gate->attributes.real("alpha", 0.2F) * 6 - 1) > 1e-6F ||
          gate->attributes.real("beta", 0.5F) != 0.5F)
        continue;
      make_hard_swish(node, gate->inputs[0]);
    }
  }

  // d / sqrt(mean(d^2) + epsilon) * scale + bias with d = x - mean(x), means over the last axes
  void spelled_layer_norm(Node& node) {
    for (int i = 0; i < 2; ++i) {
      const Node* product = made_by(node.inputs[i], "Mul");
      const ValueId bias = node.inputs[1 - i];
      for (int k = 0; product && k < 2; ++k) {
        const Node* quotient = made_by(product->inputs[k], "Div");
        const ValueId scale = product->inputs[1 - k];
        const Node* root = quotient ? made_by(quotient->inputs[1], "Sqrt") : nullptr;
        const Node* sum = root ? made_by(root->inputs[0], "Add") : nullptr;
        if (!sum) continue;
        const int constant = std::isnan(number(sum->inputs[0])) ? 1 : 0;
        const float epsilon = number(sum->inputs[constant]);
        const Node* variance = made_by(sum->inputs[1 - constant], "ReduceMean");
        const Node* square = variance ? made_by(variance->inputs[0], "Pow") : nullptr;
        const Node* difference = made_by(quotient->inputs[0], "Sub", 2);
        const Node* mean = difference ? made_by(difference->inputs[1], "ReduceMean") : nullptr;
        if (!square || !mean || std::isnan(epsilon) || number(square->inputs[1]) != 2) continue;
        const ValueId x = difference->inputs[0];
        if (square->inputs[0] != quotient->inputs[0] || mean->inputs[0] != x) continue;
        const size_t axis = last_axes(*mean), rank = infos_[x].shape.size();
        if (axis == rank || last_axes(*variance) != axis) continue;
        if (!lies_along(scale, x, axis) || !lies_along(bias, x, axis)) continue;
        node.op_type = "LayerNormalization";
        node.inputs = {x, scale, bias};
        node.attributes = Attributes();
        node.attributes.set("axis", static_cast<int64_t>(axis));
        node.attributes.set("epsilon", epsilon);
        return;
      }
    }
  }

  // The first of the axes that a reduction takes away, if they are the last ones and stay as 1; else the rank.
  size_t last_axes(const Node& reduction) const {
    const auto rank = static_cast<int64_t>(infos_[reduction.inputs[0]].shape.size());
    std::vector<int64_t> axes = reduction.attributes.integers("axes");
    for (int64_t& axis : axes) axis += axis < 0 ? rank : 0;
    std::sort(axes.begin(), axes.end());
    const auto num = static_cast<int64_t>(axes.size());
    for (int64_t i = 0; i < num; ++i) {
      if (axes[i] != rank - num + i) return static_cast<size_t>(rank);
    }
    return static_cast<size_t>(reduction.attributes.integer("keepdims", 1) != 0 ? rank - num : rank);
  }

  // A constant with one number for each position behind `axis` of a value.
  bool lies_along(ValueId constant, ValueId value, size_t axis) const {
    if (!known(constant) || infos_[constant].dtype != DType::f32) return false;
    Shape own = infos_[constant].shape;
    const Shape& shape = infos_[value].shape;
    own.insert(own.begin(), shape.size() - std::min(shape.size(), own.size()), 1);
    for (size_t a = 0; a < own.size(); ++a) {
      if (own.size() != shape.size() || own[a] != (a < axis ? 1 : shape[a])) return false;
    }
    return true;
  }

  // Zeros around the input are the convolution's own padding.
  void merge_pad(Node& node) {
    const Node* pad = made_by(node.inputs[0], "Pad");
    if (!pad || pad->attributes.string("mode", "constant") != "constant") return;
    const auto present = [&](size_t i) { return pad->inputs.size() > i && pad->inputs[i] != kNone; };
    if ((present(2) && number(pad->inputs[2]) != 0) || present(3) || !known(pad->inputs.at(1))) return;
    const std::string automatic = node.attributes.string("auto_pad", "NOTSET");
    if (automatic != "NOTSET" && automatic != "VALID" && !automatic.empty()) return;
    const std::vector<int64_t> added = infos_[pad->inputs[1]].constant.to_ints();
    const size_t rank = infos_[node.inputs[0]].shape.size(), space = rank - 2;
    if (added.size() != 2 * rank || infos_[node.inputs[0]].dtype != DType::f32) return;
    std::vector<int64_t> pads = node.attributes.integers("pads", std::vector<int64_t>(2 * space, 0));
    if (automatic == "VALID") pads.assign(2 * space, 0);
    if (pads.size() != 2 * space) return;
    for (size_t axis = 0; axis < rank; ++axis) {
      for (size_t side = 0; side < 2; ++side) {
        const int64_t num = added[axis + side * rank];
        if (num < 0 || (axis < 2 && num != 0)) return;
        if (axis >= 2) pads[axis - 2 + side * space] += num;
      }
    }
    node.attributes.set("auto_pad", std::string("NOTSET"));
    node.attributes.set("pads", pads);
    node.inputs[0] = pad->inputs[0];
  }

  Graph& graph_;
  const std::vector<TensorInfo>& infos_;
  const std::function<bool(ValueId)>& is_protected_;
  std::vector<NodeId> producers_;
  std::vector<std::vector<NodeId>> consumers_;
};

}  // namespace

void rewrite_for_inference(Graph& graph, const std::vector<TensorInfo>& infos,
                           const std::function<bool(ValueId)>& is_protected) {
  Rewriter(graph, infos, is_protected).run();
}

}  // namespace alcedo
