#include "pruning/recalibrate.h"

#include <algorithm>
#include <map>
#include <memory>

#include "engine/statistics_plan.h"
#include "layers/layer.h"

namespace alcedo {

namespace {

// The graph with running statistics that become those of the last batch, and without dropout.
Graph watched(const Graph& graph) {
  Graph copy = graph;
  for (Node& node : copy.nodes) {
    if (node.op_type == "BatchNormalization") node.attributes.set("momentum", 0.0F);
    if (node.op_type == "Dropout" && (node.outputs.size() == 1 || node.outputs[1] == kNone)) {
      node.op_type = "Identity";
      node.inputs.resize(1);
      node.outputs.resize(1);
      node.attributes = {};
    }
  }
  return copy;
}

struct Moments {
  double count = 0.0;
  std::vector<double> sum, square;
};

}  // namespace

void recalibrate(const HeldSamples& samples, const PlanOptions& options, Graph& graph) {
  const Graph copy = watched(graph);
  std::vector<const Node*> layers;
  for (const Node& node : graph.nodes) {
    if (node.op_type == "BatchNormalization") layers.push_back(&node);
  }
  if (layers.empty()) return;
  std::vector<Moments> moments(layers.size());
  std::map<std::vector<Shape>, std::unique_ptr<StatisticsPlan>> plans;
  samples.for_each([&](const Batch& batch, const std::vector<Shape>& input_shapes) {
    std::vector<Shape> shapes = input_shapes;
    for (Shape& shape : shapes) shape[0] = batch.num;
    std::unique_ptr<StatisticsPlan>& plan = plans[shapes];
    Graph sized = copy;  // a network that fixes its batch size gets partial batches, too
    for (size_t i = 0; i < shapes.size(); ++i) {
      int64_t& declared = sized.values[sized.inputs[i]].shape[0];
      if (declared > 0) declared = batch.num;
    }
    if (!plan) plan = std::make_unique<StatisticsPlan>(sized, shapes, options);
    plan->run(batch);
    const std::vector<TensorInfo> info = infer(sized, shapes);
    for (size_t i = 0; i < layers.size(); ++i) {
      const Shape& shape = info[layers[i]->inputs[0]].shape;
      const int64_t per_channel = num_elements(shape) / std::max<int64_t>(shape[1], 1);
      const auto count = static_cast<double>(per_channel);
      const Tensor mean = plan->statistic(layers[i]->inputs[3]), variance = plan->statistic(layers[i]->inputs[4]);
      Moments& m = moments[i];
      m.count += count;
      m.sum.resize(mean.size());
      m.square.resize(mean.size());
      for (int64_t c = 0; c < mean.size(); ++c) {
        const double average = mean.data<float>()[c];
        const double biased = variance.data<float>()[c] * (count > 1 ? (count - 1) / count : 1);
        m.sum[c] += count * average;
        m.square[c] += count * (biased + average * average);
      }
    }
  });
  for (size_t i = 0; i < layers.size(); ++i) {
    const Moments& m = moments[i];
    const auto channels = static_cast<int64_t>(m.sum.size());
    Tensor mean(DType::f32, {channels}), variance(DType::f32, {channels});
    for (int64_t c = 0; c < channels; ++c) {
      const double average = m.sum[c] / m.count;
      const double biased = std::max(0.0, m.square[c] / m.count - average * average);
      mean.data<float>()[c] = static_cast<float>(average);
      variance.data<float>()[c] = static_cast<float>(m.count > 1 ? biased * m.count / (m.count - 1) : biased);
    }
    graph.values[layers[i]->inputs[3]].constant = std::move(mean);
    graph.values[layers[i]->inputs[4]].constant = std::move(variance);
  }
}

}  // namespace alcedo
