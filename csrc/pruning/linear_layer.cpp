#include "pruning/linear_layer.h"

#include <algorithm>

namespace alcedo {

namespace {

bool constant(const Graph& graph, const Node& node, size_t port) {
  return node.inputs.size() > port && node.inputs[port] != kNone && graph.values[node.inputs[port]].is_constant();
}

LinearLayer convolution(const Node& node, const Tensor& weights) {
  LinearLayer layer{&node};
  const bool transposed = node.op_type == "ConvTranspose";
  layer.groups = node.attributes.integer("group", 1);
  layer.kernel.assign(weights.shape().begin() + 2, weights.shape().end());
  layer.taps = num_elements(layer.kernel);
  const int64_t first = weights.dim(0) / layer.groups, second = weights.dim(1);
  layer.inputs = transposed ? first : second;
  layer.outputs = transposed ? second : first;
  layer.group_step = first * second * layer.taps;
  layer.input_step = transposed ? second * layer.taps : layer.taps;
  layer.output_step = transposed ? layer.taps : layer.columns();
  return layer;
}

}  // namespace

std::optional<LinearLayer> as_linear(const Graph& graph, const std::vector<TensorInfo>& info, const Node& node) {
  if (!constant(graph, node, 1) || info[node.inputs[0]].dtype != DType::f32) return std::nullopt;
  const Tensor& weights = graph.values[node.inputs[1]].constant;
  if (weights.dtype() != DType::f32) return std::nullopt;
  const size_t rank = info[node.inputs[0]].shape.size();
  const bool has_bias = node.inputs.size() > 2 && node.inputs[2] != kNone;
  LinearLayer layer{&node};
  if (node.op_type == "Conv" || node.op_type == "ConvTranspose") {
    if (rank > 5) return std::nullopt;
    layer = convolution(node, weights);
  } else if (node.op_type == "Gemm" || node.op_type == "MatMul") {
    if (rank != 2 || weights.rank() != 2) return std::nullopt;
    if (node.op_type == "Gemm" &&
        (node.attributes.integer("transA", 0) != 0 || node.attributes.real("alpha", 1.F) != 1.F ||
         (has_bias && node.attributes.real("beta", 1.F) != 1.F))) {
      return std::nullopt;
    }
    const bool rows = node.attributes.integer("transB", 0) != 0;  // of one output each
    layer.outputs = weights.dim(rows ? 0 : 1);
    layer.inputs = weights.dim(rows ? 1 : 0);
    layer.input_step = rows ? 1 : layer.outputs;
    layer.output_step = rows ? layer.inputs : 1;
  } else {
    return std::nullopt;
  }
  layer.bias = has_bias && constant(graph, node, 2) &&
               graph.values[node.inputs[2]].constant.size() == layer.groups * layer.outputs;
  return layer;
}

LinearRows::LinearRows(const LinearLayer& layer, const Shape& src)
    : layer_(layer), transposed_(layer.node->op_type == "ConvTranspose") {
  if (!layer.kernel.empty()) {
    window_ =
        transposed_ ? transposed_window_of(*layer.node, src, layer.kernel) : window_of(*layer.node, src, layer.kernel);
  }
  window_ = three_axes(*layer.node, window_);
}

int64_t LinearRows::positions() const { return num_elements(window_.out); }

// Per tap along one axis: where it reads, -1 for padding and what a transposed convolution leaves out.
std::vector<int64_t> LinearRows::sources(int axis, int64_t position) const {
  std::vector<int64_t> result;
  for (int64_t tap = 0; tap < window_.kernel[axis]; ++tap) {
    const int64_t offset = tap * window_.dilation[axis] - window_.pad_begin[axis], stride = window_.stride[axis];
    int64_t at = transposed_ ? position - offset : position * stride + offset;
    if (transposed_) at = at % stride == 0 ? at / stride : -1;
    result.push_back(at < window_.in[axis] ? std::max<int64_t>(at, -1) : -1);
  }
  return result;
}

void LinearRows::write(const float* sample, int64_t group, int64_t position, float* row) const {
  const std::vector<int64_t> xs = sources(2, position % window_.out[2]),
                             ys = sources(1, position / window_.out[2] % window_.out[1]),
                             zs = sources(0, position / window_.out[2] / window_.out[1]);
  const int64_t size = num_elements(window_.in);
  for (int64_t c = 0; c < layer_.inputs; ++c) {
    const float* channel = sample + (group * layer_.inputs + c) * size;
    for (const int64_t z : zs) {
      for (const int64_t y : ys) {
        const float* line = channel + (z * window_.in[1] + y) * window_.in[2];
        for (const int64_t x : xs) *row++ = z >= 0 && y >= 0 && x >= 0 ? line[x] : 0.F;
      }
    }
  }
}

}  // namespace alcedo
