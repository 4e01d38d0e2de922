#include "pruning/reconstruct.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "engine/plan.h"
#include "layers/layer.h"
#include "pruning/least_squares.h"
#include "pruning/linear_layer.h"

namespace alcedo {

namespace {

constexpr int64_t kColumns = 1024;  // more weights per output than this are solved in the space of the rows
constexpr int64_t kFewRows = 2048, kRows = 4096;
constexpr int64_t kNumbers = int64_t{1} << 25;  // that are kept for one layer, about

// Sampled inputs of one group, and how far its outputs are from those before the cut.
struct Rows {
  std::vector<float> x, r;
  int64_t num = 0;
};

// Splits the sampled rows into those that are fitted to and those that are looked at afterwards (every fourth sample).
struct Sampled {
  Rows fit, check;
};

int64_t columns_with_bias(const LinearLayer& layer) { return layer.columns() + (layer.bias ? 1 : 0); }

int64_t wanted_rows(const LinearLayer& layer) {
  const int64_t columns = columns_with_bias(layer);
  const int64_t rows = columns <= kColumns ? std::clamp(8 * columns, kFewRows, kRows) : kColumns;
  return std::min(rows, kNumbers / (layer.groups * (columns + layer.outputs)) + 1);
}

// Per group of the layer.
std::vector<Sampled> sample_rows(const PrunedFrom& from, const LinearLayer& layer, const HeldSamples& samples,
                                 const PlanOptions& options, const Graph& pruned) {
  const ValueId input = layer.node->inputs[0], output = layer.node->outputs[0];
  const std::vector<int64_t>& kept = from.kept.of(output, 1);
  const int64_t columns = columns_with_bias(layer), all_outputs = layer.groups * layer.outputs;
  const int64_t rows = wanted_rows(layer);
  std::unique_ptr<InferencePlan> before, after;
  std::vector<Shape> shapes;
  std::vector<Sampled> sampled(layer.groups);
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
    const LinearRows reader(layer, x.shape());
    const int64_t positions = reader.positions(), x_size = x.size() / x.dim(0);
    const int64_t per_sample =
        std::clamp<int64_t>((rows * 4 / 3 + samples.samples() - 1) / samples.samples(), 1, positions);
    for (int64_t n = 0; n < batch.num; ++n, ++seen) {
      for (int64_t g = 0; g < layer.groups; ++g) {
        Rows& to = seen % 4 == 3 ? sampled[g].check : sampled[g].fit;
        for (int64_t i = 0; i < per_sample; ++i, ++to.num) {
          // Spread over the image, shifted from sample to sample.
          const int64_t position = (i * positions / per_sample + seen * 7919) % positions;
          const size_t begin = to.x.size();
          to.x.resize(begin + columns, 1.F);
          reader.write(x.data<float>() + n * x_size, g, position, to.x.data() + begin);
          for (int64_t o = g * layer.outputs; o < (g + 1) * layer.outputs; ++o) {
            to.r.push_back(wanted.data<float>()[(n * wanted.dim(1) + kept[o]) * positions + position] -
                           y.data<float>()[(n * all_outputs + o) * positions + position]);
          }
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

void apply(const LinearLayer& layer, int64_t group, const std::vector<double>& change, Graph& graph) {
  const auto add = [](float& to, double by) { to = static_cast<float>(to + by); };
  float* weights = graph.values[layer.node->inputs[1]].constant.data<float>();
  for (int64_t c = 0; c < layer.columns(); ++c) {
    for (int64_t o = 0; o < layer.outputs; ++o)
      add(weights[layer.weight_at(group, c, o)], change[c * layer.outputs + o]);
  }
  if (!layer.bias) return;
  float* bias = graph.values[layer.node->inputs[2]].constant.data<float>() + group * layer.outputs;
  for (int64_t o = 0; o < layer.outputs; ++o) add(bias[o], change[layer.columns() * layer.outputs + o]);
}

// The best change of one group's weights (and bias) by the error on the rows that are not fitted to; empty: none helps.
std::vector<double> best_change(const LinearLayer& layer, Sampled sampled) {
  if (sampled.fit.num == 0 || sampled.check.num == 0) return {};
  const int64_t columns = columns_with_bias(layer);
  double best = squares(sampled.check, columns, layer.outputs, nullptr);
  if (best == 0.0) return {};
  const Ridge ridge(std::move(sampled.fit.x), std::move(sampled.fit.r), sampled.fit.num, columns, layer.outputs);
  std::vector<double> chosen;
  for (double strength : {1e-4, 1e-3, 1e-2, 1e-1}) {
    std::vector<double> change = ridge.solve(strength * ridge.mean_diagonal());
    if (change.empty()) continue;
    const double error = squares(sampled.check, columns, layer.outputs, &change);
    if (!(error < best)) continue;
    best = error;
    chosen = std::move(change);
  }
  return chosen;
}

void reconstruct_layer(const PrunedFrom& from, const LinearLayer& layer, const HeldSamples& samples,
                       const PlanOptions& options, Graph& pruned) {
  std::vector<Sampled> sampled = sample_rows(from, layer, samples, options, pruned);
  for (const int port : {1, 2}) {
    if (port == 2 && !layer.bias) continue;
    Tensor& own = pruned.values[layer.node->inputs[port]].constant;
    own = own.clone();  // the buffer may be shared with the network before the cut
  }
  for (int64_t g = 0; g < layer.groups; ++g) {
    const std::vector<double> change = best_change(layer, std::move(sampled[g]));
    if (!change.empty()) apply(layer, g, change, pruned);
  }
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
      const std::optional<LinearLayer> layer = as_linear(pruned, info, node);
      const bool shared = layer && (uses[node.inputs[1]] > 1 || (layer->bias && uses[node.inputs[2]] > 1));
      if (layer && !shared) reconstruct_layer(from, *layer, samples, options, pruned);
    }
    for (ValueId value : node.outputs) {
      if (value != kNone) changed[value] = differs;
    }
  }
}

}  // namespace alcedo
