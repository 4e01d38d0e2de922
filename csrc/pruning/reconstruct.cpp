#include "pruning/reconstruct.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>

#include "engine/plan.h"
#include "layers/layer.h"
#include "pruning/least_squares.h"

namespace alcedo {

namespace {

constexpr int64_t kColumns = 1024;  // more weights per output than this are solved in the space of the rows
constexpr int64_t kRows = 4096;

// A layer as a matrix product: out = X W (+ bias), one row per sample and position.
struct Linear {
  const Node* node;
  int64_t taps = 1;  // kernel height * width
  int64_t inputs = 0, outputs = 0;
  bool weights_transposed = true;  // [outputs, columns], else [columns, outputs]
  bool bias = false;
  std::vector<int64_t> kernel{1, 1}, strides{1, 1}, pads{0, 0, 0, 0}, dilations{1, 1};

  int64_t columns() const { return inputs * taps; }
};

bool constant(const Graph& graph, const Node& node, size_t port) {
  return node.inputs.size() > port && node.inputs[port] != kNone && graph.values[node.inputs[port]].is_constant();
}

std::optional<Linear> as_linear(const Graph& graph, const std::vector<TensorInfo>& info, const Node& node) {
  if (!constant(graph, node, 1) || info[node.inputs[0]].dtype != DType::f32) return std::nullopt;
  const Shape& x = info[node.inputs[0]].shape;
  const Tensor& w = graph.values[node.inputs[1]].constant;
  if (w.dtype() != DType::f32) return std::nullopt;
  Linear linear{&node};
  const bool has_bias = node.inputs.size() > 2 && node.inputs[2] != kNone;
  linear.bias = has_bias && constant(graph, node, 2);
  if (node.op_type == "Conv") {
    if (x.size() != 4 || node.attributes.integer("group", 1) != 1) return std::nullopt;
    if (node.attributes.string("auto_pad", "NOTSET") != "NOTSET") return std::nullopt;
    linear.kernel = {w.dim(2), w.dim(3)};
    linear.strides = node.attributes.integers("strides", {1, 1});
    linear.pads = node.attributes.integers("pads", {0, 0, 0, 0});
    linear.dilations = node.attributes.integers("dilations", {1, 1});
    linear.taps = w.dim(2) * w.dim(3);
    linear.inputs = w.dim(1);
    linear.outputs = w.dim(0);
    return linear;
  }
  if (x.size() != 2 || w.rank() != 2) return std::nullopt;
  if (node.op_type == "Gemm") {
    if (node.attributes.integer("transA", 0) != 0 || node.attributes.real("alpha", 1.F) != 1.F ||
        (has_bias && (node.attributes.real("beta", 1.F) != 1.F))) {
      return std::nullopt;
    }
    linear.weights_transposed = node.attributes.integer("transB", 0) != 0;
  } else if (node.op_type == "MatMul") {
    linear.weights_transposed = false;
  } else {
    return std::nullopt;
  }
  linear.outputs = w.dim(linear.weights_transposed ? 0 : 1);
  linear.inputs = w.dim(linear.weights_transposed ? 1 : 0);
  if (linear.bias && graph.values[node.inputs[2]].constant.size() != linear.outputs) linear.bias = false;
  return linear;
}

// The input window of output position (oy, ox), as the columns of one row. Dense layers have one position.
void write_row(const Linear& layer, const float* x, const Shape& shape, int64_t oy, int64_t ox, float* row) {
  if (shape.size() == 2) {
    std::copy_n(x, layer.inputs, row);
    return;
  }
  const int64_t height = shape[2], width = shape[3];
  for (int64_t c = 0; c < layer.inputs; ++c) {
    for (int64_t ky = 0; ky < layer.kernel[0]; ++ky) {
      for (int64_t kx = 0; kx < layer.kernel[1]; ++kx) {
        const int64_t y = oy * layer.strides[0] - layer.pads[0] + ky * layer.dilations[0];
        const int64_t column = ox * layer.strides[1] - layer.pads[1] + kx * layer.dilations[1];
        const bool inside = y >= 0 && y < height && column >= 0 && column < width;
        *row++ = inside ? x[(c * height + y) * width + column] : 0.F;
      }
    }
  }
}

struct Rows {
  std::vector<float> x, r;
  int64_t num = 0;
};

// Splits the sampled rows into those that are fitted to and those that are looked at afterwards (every fourth sample).
struct Sampled {
  Rows fit, check;
};

Sampled sample_rows(const PrunedFrom& from, const Linear& layer, const HeldSamples& samples, const PlanOptions& options,
                    const Graph& pruned) {
  const ValueId input = layer.node->inputs[0], output = layer.node->outputs[0];
  const std::vector<int64_t>& kept = from.kept.of(output, 1);
  const int64_t columns = layer.columns() + (layer.bias ? 1 : 0);
  const int64_t rows = columns <= kColumns ? std::min<int64_t>(kRows, 8 * columns + 64) : kColumns;
  std::unique_ptr<InferencePlan> before, after;
  std::vector<Shape> shapes;
  Sampled sampled;
  int64_t seen = 0;
  samples.for_each([&](const Batch& batch, const std::vector<Shape>& input_shapes) {
    if (!before || shapes != input_shapes) {
      before = std::make_unique<InferencePlan>(from.graph, input_shapes, std::vector<ValueId>{output}, options);
      after = std::make_unique<InferencePlan>(pruned, input_shapes, std::vector<ValueId>{input, output}, options);
      shapes = input_shapes;
    }
    const Tensor& wanted = before->run(batch)[0];
    const std::vector<Tensor>& now = after->run(batch);
    const Tensor &x = now[0], &y = now[1];
    const int64_t positions = wanted.rank() == 4 ? wanted.dim(2) * wanted.dim(3) : 1;
    const int64_t width = wanted.rank() == 4 ? wanted.dim(3) : 1;
    const int64_t x_size = x.size() / x.dim(0);
    const int64_t per_sample =
        std::clamp<int64_t>((rows * 4 / 3 + samples.samples() - 1) / samples.samples(), 1, positions);
    for (int64_t n = 0; n < batch.num; ++n, ++seen) {
      Rows& to = seen % 4 == 3 ? sampled.check : sampled.fit;
      for (int64_t i = 0; i < per_sample; ++i, ++to.num) {
        // Spread over the image, shifted from sample to sample.
        const int64_t position = (i * positions / per_sample + seen * 7919) % positions;
        const size_t begin = to.x.size();
        to.x.resize(begin + columns, 1.F);
        write_row(layer, x.data<float>() + n * x_size, x.shape(), position / width, position % width,
                  to.x.data() + begin);
        for (int64_t o = 0; o < layer.outputs; ++o) {
          to.r.push_back(wanted.data<float>()[(n * wanted.dim(1) + kept[o]) * positions + position] -
                         y.data<float>()[(n * layer.outputs + o) * positions + position]);
        }
      }
    }
  });
  return sampled;
}

double squares(const Rows& rows, int64_t columns, int64_t outputs, const std::vector<double>* change) {
  double sum = 0.0;
  std::vector<double> left(outputs);
  for (int64_t row = 0; row < rows.num; ++row) {
    for (int64_t o = 0; o < outputs; ++o) left[o] = rows.r[row * outputs + o];
    for (int64_t c = 0; change != nullptr && c < columns; ++c) {
      const double value = rows.x[row * columns + c];
      for (int64_t o = 0; o < outputs; ++o) left[o] -= value * (*change)[c * outputs + o];
    }
    for (double each : left) sum += each * each;
  }
  return sum;
}

void apply(const Linear& layer, const std::vector<double>& change, Graph& graph) {
  const Tensor& old = graph.values[layer.node->inputs[1]].constant;
  Tensor weights(DType::f32, old.shape());
  const int64_t columns = layer.columns();
  for (int64_t c = 0; c < columns; ++c) {
    for (int64_t o = 0; o < layer.outputs; ++o) {
      const int64_t at = layer.weights_transposed ? o * columns + c : c * layer.outputs + o;
      weights.data<float>()[at] = static_cast<float>(old.data<float>()[at] + change[c * layer.outputs + o]);
    }
  }
  graph.values[layer.node->inputs[1]].constant = std::move(weights);
  if (!layer.bias) return;
  const Tensor& old_bias = graph.values[layer.node->inputs[2]].constant;
  Tensor bias(DType::f32, old_bias.shape());
  for (int64_t o = 0; o < layer.outputs; ++o) {
    bias.data<float>()[o] = static_cast<float>(old_bias.data<float>()[o] + change[columns * layer.outputs + o]);
  }
  graph.values[layer.node->inputs[2]].constant = std::move(bias);
}

bool reconstruct_layer(const PrunedFrom& from, const Linear& layer, const HeldSamples& samples,
                       const PlanOptions& options, Graph& pruned) {
  Sampled sampled = sample_rows(from, layer, samples, options, pruned);
  if (sampled.fit.num == 0 || sampled.check.num == 0) return false;
  const int64_t columns = layer.columns() + (layer.bias ? 1 : 0);
  double best = squares(sampled.check, columns, layer.outputs, nullptr);
  const Ridge ridge(std::move(sampled.fit.x), std::move(sampled.fit.r), sampled.fit.num, columns, layer.outputs);
  std::vector<double> chosen;
  for (double strength : {1e-4, 1e-3, 1e-2, 1e-1}) {
    std::vector<double> change = ridge.solve(strength * ridge.mean_diagonal());
    if (change.empty()) continue;
    const double error = squares(sampled.check, columns, layer.outputs, &change);
    if (error >= best) continue;
    best = error;
    chosen = std::move(change);
  }
  if (chosen.empty()) return false;
  apply(layer, chosen, pruned);
  return true;
}

}  // namespace

void reconstruct(const PrunedFrom& from, const HeldSamples& samples, const PlanOptions& options, Graph& pruned) {
  std::vector<TensorInfo> info;
  samples.for_each([&](const Batch&, const std::vector<Shape>& shapes) {
    if (info.empty()) info = infer(pruned, shapes);
  });
  std::vector<int> uses(pruned.values.size(), 0);
  for (const Node& node : pruned.nodes) {
    for (ValueId value : node.inputs) {
      if (value != kNone) ++uses[value];
    }
  }
  std::vector<bool> changed(pruned.values.size());  // other numbers than before the cut
  for (const Node& node : pruned.nodes) {
    bool differs = false;
    for (ValueId value : node.inputs) differs = differs || (value != kNone && (changed[value] || from.kept.cut(value)));
    const ValueId input = node.inputs.empty() ? kNone : node.inputs[0];
    if (input != kNone && (changed[input] || from.kept.cut(input))) {
      const std::optional<Linear> layer = as_linear(pruned, info, node);
      const bool shared = layer && (uses[node.inputs[1]] > 1 || (layer->bias && uses[node.inputs[2]] > 1));
      if (layer && !shared) reconstruct_layer(from, *layer, samples, options, pruned);
    }
    for (ValueId value : node.outputs) {
      if (value != kNone) changed[value] = differs;
    }
  }
}

}  // namespace alcedo
