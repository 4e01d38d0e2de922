#include "engine/folding.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/error_codes.h"
#include "engine/network.h"

namespace alcedo {

size_t channel_axis(const Node& node, const TensorInfo& dst) {
  return node.op_type == "MatMul" || node.op_type == "Gemm" ? dst.shape.size() - 1 : 1;
}

size_t weights_axis(const Node& node) {
  if (node.op_type == "ConvTranspose" || node.op_type == "MatMul") return 1;
  return node.op_type == "Gemm" && node.attributes.integer("transB", 0) == 0 ? 1 : 0;
}

namespace {

// The constant beside `value`; nullptr: there is none, or the node is no such step.
const TensorInfo* constant_beside(const Node& node, ValueId value, const std::vector<TensorInfo>& infos) {
  const std::string& type = node.op_type;
  if (type != "Add" && type != "Sub" && type != "Mul" && type != "Div") return nullptr;
  if (node.inputs.size() != 2 || node.inputs[0] == node.inputs[1]) return nullptr;
  const size_t other = node.inputs[0] == value ? 1 : 0;
  if (type == "Div" && other == 0) return nullptr;
  const TensorInfo& info = infos[node.inputs[other]];
  if (!info.known() || info.dtype != DType::f32 || infos[node.outputs[0]].shape != infos[value].shape) return nullptr;
  return &info;
}

}  // namespace

bool is_affine(const Node& node, ValueId value, size_t axis, const std::vector<TensorInfo>& infos) {
  const TensorInfo* constant = constant_beside(node, value, infos);
  if (!constant) return false;
  if (num_elements(constant->shape) == 1) return true;
  const Shape &shape = infos[value].shape, &own = constant->shape;
  const size_t ahead = shape.size() - own.size();
  for (size_t i = 0; i < own.size(); ++i) {
    if (own[i] != (i + ahead == axis ? shape[axis] : 1)) return false;
  }
  return true;
}

bool is_linear(const Node& node, ValueId value, const std::vector<TensorInfo>& infos, float* scale, float* shift) {
  const TensorInfo* constant = constant_beside(node, value, infos);
  if (!constant || num_elements(constant->shape) != 1) return false;
  Affine affine(1);
  affine.step(node, constant->constant, node.inputs[0] != value);
  *scale = static_cast<float>(affine.scale[0]);
  *shift = static_cast<float>(affine.shift[0]);
  return true;
}

void Affine::batchnorm(const Node& node, const Tensor& gamma, const Tensor& beta, const Tensor& mean,
                       const Tensor& var) {
  const float epsilon = node.attributes.real("epsilon", 1e-5f);
  for (size_t c = 0; c < scale.size(); ++c) {
    const double factor = gamma.data<float>()[c] / std::sqrt(static_cast<double>(var.data<float>()[c]) + epsilon);
    scale[c] *= factor;
    shift[c] = (shift[c] - mean.data<float>()[c]) * factor + beta.data<float>()[c];
  }
}

void Affine::step(const Node& node, const Tensor& constant, bool constant_first) {
  const std::string& type = node.op_type;
  for (size_t c = 0; c < scale.size(); ++c) {
    const double k = constant.data<float>()[constant.size() == 1 ? 0 : c];
    if (type == "Add") {
      shift[c] += k;
    } else if (type == "Sub") {
      scale[c] = constant_first ? -scale[c] : scale[c];
      shift[c] = constant_first ? k - shift[c] : shift[c] - k;
    } else {
      const double factor = type == "Mul" ? k : 1 / k;
      scale[c] *= factor;
      shift[c] *= factor;
    }
  }
}

bool Affine::scales() const {
  return std::any_of(scale.begin(), scale.end(), [](double s) { return s != 1; });
}

// The plain tensor of a parameter, with what is folded into it.
// `memory`: for folded weights, so that they do not come from fresh pages each time; nullptr: the tensor owns them.
Tensor Network::source_of(const Graph& graph, const std::vector<TensorInfo>& infos, const Parameter& parameter,
                          Arena* memory) const {
  const auto constant = [&](ValueId value) -> const Tensor& {
    const Tensor& own = graph.values[value].constant;
    return own.defined() ? own : infos[value].constant;
  };
  const Step& step = steps_[parameter.step];
  if (step.folded.empty() || parameter.port == 0) return constant(parameter.value);
  const size_t axis = weights_axis(graph_.nodes[step.node]);
  const Shape& shape = parameter.info.shape;
  const int64_t channels = parameter.port == 1 ? shape[axis] : num_elements(shape);
  Affine affine(channels);
  for (NodeId id : step.folded) {
    const Node& node = graph_.nodes[id];
    if (node.op_type == "BatchNormalization") {
      affine.batchnorm(node, constant(node.inputs[1]), constant(node.inputs[2]), constant(node.inputs[3]),
                       constant(node.inputs[4]));
    } else {
      const bool first = constant(node.inputs[0]).defined();
      affine.step(node, constant(node.inputs[first ? 0 : 1]), first);
    }
  }
  if (parameter.port == 1) {
    const Tensor& weights = constant(parameter.value);
    if (!affine.scales()) return weights;
    if (memory && memory->bytes() < weights.bytes()) memory->allocate(weights.bytes());
    Tensor folded =
        memory ? Tensor::view(DType::f32, weights.shape(), memory->data()) : Tensor(DType::f32, weights.shape());
    int64_t row = 1;
    for (size_t i = axis + 1; i < shape.size(); ++i) row *= shape[i];
    const float* from = weights.data<float>();
    float* to = folded.data<float>();
    for (int64_t r = 0; r < weights.size() / std::max<int64_t>(row, 1); ++r) {
      const double f = affine.scale[r % channels];
      for (int64_t i = 0; i < row; ++i) to[r * row + i] = static_cast<float>(from[r * row + i] * f);
    }
    return folded;
  }
  Tensor folded(DType::f32, shape);
  const float* bias = parameter.value == kNone ? nullptr : constant(parameter.value).data<float>();
  for (int64_t c = 0; c < folded.size(); ++c) {
    folded.data<float>()[c] = static_cast<float>((bias ? bias[c] : 0.0) * affine.scale[c] + affine.shift[c]);
  }
  return folded;
}

}  // namespace alcedo
