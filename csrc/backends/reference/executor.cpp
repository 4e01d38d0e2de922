#include "backends/reference/executor.h"

#include <cmath>
#include <cstring>

#include "base/error.h"
#include "base/error_codes.h"
#include "layers/layer.h"

namespace alcedo {
namespace {

void zero_channels(Tensor& tensor, const std::vector<int64_t>& channels) {
  require(tensor.rank() >= 2, error::kInternal, "channels of a value of shape ", to_string(tensor.shape()));
  const int64_t num = tensor.dim(0), width = tensor.dim(1);
  if (num * width == 0) return;
  const size_t bytes = tensor.bytes() / static_cast<size_t>(num * width);
  char* data = static_cast<char*>(tensor.raw());
  for (int64_t n = 0; n < num; ++n) {
    for (int64_t c : channels) {
      require(c >= 0 && c < width, error::kInternal, "channel ", c, " of ", width);
      std::memset(data + (n * width + c) * bytes, 0, bytes);
    }
  }
}

bool is_float(DType dtype) { return dtype == DType::f32 || dtype == DType::f64; }

// What has a gradient: real numbers, and the integers that DequantizeLinear reads.
bool has_gradient(const Node& node, size_t input, DType dtype) {
  return is_float(dtype) || (node.op_type == "DequantizeLinear" && input == 0);
}

void add_to(Tensor& sum, const Tensor& part) {
  if (!sum.defined()) {
    sum = part.clone();
  } else if (sum.dtype() == DType::f32) {
    for (int64_t i = 0; i < sum.size(); ++i) sum.data<float>()[i] += part.data<float>()[i];
  } else {
    for (int64_t i = 0; i < sum.size(); ++i) sum.data<double>()[i] += part.data<double>()[i];
  }
}

std::vector<const Tensor*> pointers(const std::vector<Tensor>& values, const std::vector<ValueId>& ids) {
  std::vector<const Tensor*> result;
  for (ValueId v : ids) result.push_back(v == kNone || !values[v].defined() ? nullptr : &values[v]);
  return result;
}

void run_node(const Node& node, const std::vector<TensorInfo>& infos, std::vector<Tensor>& values,
              const ReferenceOptions& options) {
  const std::vector<const Tensor*> src = pointers(values, node.inputs);
  std::vector<Tensor*> dst;
  for (ValueId v : node.outputs) {
    if (v != kNone) values[v] = Tensor(infos[v].dtype, infos[v].shape);
    dst.push_back(v == kNone ? nullptr : &values[v]);
  }
  std::vector<Tensor> moved;
  std::vector<Tensor*> statistics;
  if (options.training && options.statistics != nullptr && node.op_type == "BatchNormalization") {
    for (int port : {3, 4}) moved.push_back(values[node.inputs[port]].clone());
    for (Tensor& tensor : moved) statistics.push_back(&tensor);
  }
  ForwardArgs args{node, src, dst, options.training, options.seed};
  args.statistics = statistics.empty() ? nullptr : &statistics;
  const Layer& layer = *find_layer(node.op_type);
  require(layer.forward != nullptr, error::kInferenceFailed, "[", node.op_type, " ", node.name,
          "] has no forward pass");
  layer.forward(args);
  if (options.statistics != nullptr) {
    for (size_t i = 0; i < moved.size(); ++i) options.statistics->emplace_back(node.inputs[3 + i], moved[i]);
  }
  for (const ZeroedChannels& zeroed : options.zeroed) {
    for (ValueId v : node.outputs) {
      if (v == zeroed.value) zero_channels(values[v], zeroed.channels);
    }
  }
}

}  // namespace

std::vector<Tensor> reference_values(const Graph& graph, const std::vector<Tensor>& inputs,
                                     const ReferenceOptions& options) {
  std::vector<Shape> shapes;
  for (const Tensor& input : inputs) shapes.push_back(input.shape());
  const std::vector<TensorInfo> infos = infer(graph, shapes);

  std::vector<Tensor> values(graph.values.size());
  for (size_t v = 0; v < values.size(); ++v) values[v] = graph.values[v].constant;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Value& input = graph.values[graph.inputs[i]];
    values[graph.inputs[i]] = inputs[i].dtype() == input.dtype ? inputs[i] : inputs[i].cast(input.dtype);
  }
  for (const ZeroedChannels& zeroed : options.zeroed) {
    for (ValueId v : graph.inputs) {
      if (v != zeroed.value) continue;
      values[v] = values[v].clone();
      zero_channels(values[v], zeroed.channels);
    }
  }
  for (const Node& node : graph.nodes) run_node(node, infos, values, options);
  return values;
}

std::vector<Tensor> run_reference(const Graph& graph, const std::vector<Tensor>& inputs,
                                  const std::vector<ValueId>& wanted, const ReferenceOptions& options) {
  const std::vector<Tensor> values = reference_values(graph, inputs, options);
  std::vector<Tensor> result;
  for (ValueId v : wanted) result.push_back(values[v]);
  return result;
}

std::vector<Tensor> reference_backward(const Graph& graph, const std::vector<Tensor>& values,
                                       const std::vector<std::pair<ValueId, Tensor>>& seeds,
                                       const ReferenceOptions& options) {
  std::vector<Tensor> gradients(values.size());
  for (const auto& [v, seed] : seeds) {
    require(seed.shape() == values[v].shape(), error::kInternal, "the gradient of '", graph.values[v].name,
            "' has shape ", to_string(seed.shape()), ", the value ", to_string(values[v].shape()));
    add_to(gradients[v], seed);
  }
  for (size_t n = graph.nodes.size(); n-- > 0;) {
    const Node& node = graph.nodes[n];
    bool is_reached = false;
    for (ValueId v : node.outputs) is_reached = is_reached || (v != kNone && gradients[v].defined());
    if (!is_reached) continue;

    std::vector<Tensor> parts(node.inputs.size());
    std::vector<Tensor*> diff_src(node.inputs.size(), nullptr);
    bool is_wanted = false;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      const ValueId v = node.inputs[i];
      const InputRole role = input_role(node, i);
      if (v == kNone || !has_gradient(node, i, values[v].dtype())) continue;
      if (role == InputRole::statistic || role == InputRole::setting) continue;
      parts[i] = Tensor(values[v].dtype() == DType::f64 ? DType::f64 : DType::f32, values[v].shape());
      diff_src[i] = &parts[i];
      is_wanted = true;
    }
    if (!is_wanted) continue;
    const Layer& layer = *find_layer(node.op_type);
    require(layer.backward != nullptr, error::kTrainingFailed, "[", node.op_type, " ", node.name,
            "] is not differentiable");
    const std::vector<const Tensor*> src = pointers(values, node.inputs), dst = pointers(values, node.outputs);
    const std::vector<const Tensor*> diff_dst = pointers(gradients, node.outputs);
    layer.backward({node, src, dst, diff_dst, diff_src, options.training, options.seed});
    for (size_t i = 0; i < parts.size(); ++i) {
      if (diff_src[i]) add_to(gradients[node.inputs[i]], parts[i]);
    }
  }
  return gradients;
}

std::vector<double> cross_entropy(const Tensor& logits, const std::vector<int64_t>& labels) {
  const int64_t num = static_cast<int64_t>(labels.size()),
                classes = logits.size() / std::max<int64_t>(logits.dim(0), 1);
  require(num <= logits.dim(0), error::kInternal, num, " labels for ", logits.dim(0), " samples");
  std::vector<double> losses;
  for (int64_t n = 0; n < num; ++n) {
    const float* row = logits.data<float>() + n * classes;
    require(labels[n] >= 0 && labels[n] < classes, error::kInvalidLabels, "label ", labels[n], " of ", classes);
    double largest = row[0], sum = 0;
    for (int64_t k = 1; k < classes; ++k) largest = std::max<double>(largest, row[k]);
    for (int64_t k = 0; k < classes; ++k) sum += std::exp(row[k] - largest);
    losses.push_back(std::log(sum) + largest - row[labels[n]]);
  }
  return losses;
}

Tensor cross_entropy_gradient(const Tensor& logits, const std::vector<int64_t>& labels, bool sum,
                              const std::vector<float>& weights) {
  const int64_t num = static_cast<int64_t>(labels.size()),
                classes = logits.size() / std::max<int64_t>(logits.dim(0), 1);
  double total = 0;
  for (int64_t n = 0; n < num; ++n) total += weights.empty() ? 1 : weights[n];
  Tensor gradient(DType::f32, logits.shape());
  for (int64_t n = 0; n < num; ++n) {
    const float* row = logits.data<float>() + n * classes;
    float* out = gradient.data<float>() + n * classes;
    const double factor = (weights.empty() ? 1 : weights[n]) / (sum ? 1 : total);
    double largest = row[0], norm = 0;
    for (int64_t k = 1; k < classes; ++k) largest = std::max<double>(largest, row[k]);
    for (int64_t k = 0; k < classes; ++k) norm += std::exp(row[k] - largest);
    for (int64_t k = 0; k < classes; ++k) {
      out[k] = static_cast<float>(factor * (std::exp(row[k] - largest) / norm - (k == labels[n] ? 1 : 0)));
    }
  }
  return gradient;
}

}  // namespace alcedo
