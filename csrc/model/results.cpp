#include "model/results.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo {
namespace {

// What of a result belongs to sample `i`, as float32 or as integers. A single sample has all of it.
DictValue slice(const Tensor& tensor, int64_t i, int64_t batch, const std::string& name) {
  const bool rows = tensor.rank() > 0 && tensor.dim(0) == batch;
  require(rows || batch == 1, error::kInvalidLayerName, "output '", name, "': found the shape ",
          to_string(tensor.shape()), ", wanted one row for each of the ", batch, " samples (batch_size)");
  const int64_t size = tensor.size() / std::max<int64_t>(batch, 1);
  if (tensor.dtype() != DType::f32) {
    const std::vector<int64_t> all = tensor.to_ints();
    return std::make_shared<const Tuple>(std::vector<int64_t>(all.begin() + i * size, all.begin() + (i + 1) * size));
  }
  const float* data = tensor.data<float>() + i * size;
  if (tensor.rank() != 4 || !rows) {
    return std::make_shared<const Tuple>(Tuple::of_floats(data, size));
  }
  std::vector<ChannelPtr> channels;
  const int64_t pixels = tensor.dim(2) * tensor.dim(3);
  for (int64_t c = 0; c < tensor.dim(1); ++c) {
    auto channel = std::make_shared<Channel>(PixelType::real, tensor.dim(3), tensor.dim(2));
    std::memcpy(channel->raw(), data + c * pixels, static_cast<size_t>(pixels) * sizeof(float));
    channels.push_back(std::move(channel));
  }
  return ObjectTuple(std::make_shared<const Image>(std::move(channels)));
}

}  // namespace

ResultWriter::ResultWriter(const DlModel& model, const std::vector<std::string>& outputs) : model_(model) {
  const Graph& graph = model.structure();
  if (outputs.empty()) {
    classes_ = model.is_classification();
    for (ValueId output : graph.outputs) add(graph.values[output].name, output);
    return;
  }
  for (const std::string& name : outputs) {
    const NodeId node = graph.find_node(name);
    const ValueId value = node != kNone ? graph.nodes[node].outputs.at(0) : graph.find_value(name);
    require(value != kNone && !graph.values[value].is_constant(), error::kInvalidLayerName, "found the output name '",
            name, "', wanted the name of a layer (see get_dl_model_param with 'summary')");
    add(name, value);
  }
}

void ResultWriter::add(const std::string& name, ValueId value) {
  names_.push_back(name);
  values_.push_back(value);
}

DictPtr ResultWriter::write(const std::vector<Tensor>& results, int64_t i) const {
  auto result = std::make_shared<Dict>();
  if (classes_) {
    write_classes(results[0], i, *result);
    return result;
  }
  const int64_t batch = model_.settings().batch_size;
  for (size_t k = 0; k < names_.size(); ++k) result->set(DictKey(names_[k]), slice(results[k], i, batch, names_[k]));
  return result;
}

void ResultWriter::write_classes(const Tensor& scores, int64_t i, Dict& into) const {
  const ClassifierHead& head = *model_.head();
  const float* row = scores.data<float>() + i * head.num_classes;
  std::vector<double> confidence(row, row + head.num_classes);
  if (!head.softmax_in_graph || head.log_softmax) {
    const double top = *std::max_element(confidence.begin(), confidence.end());
    double sum = 0;
    for (double& each : confidence) sum += each = std::exp(each - top);
    for (double& each : confidence) each /= sum;
  }
  std::vector<size_t> order(confidence.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return confidence[a] > confidence[b]; });

  const ModelSettings& settings = model_.settings();
  Tuple ids, names, confidences;
  for (Tuple* tuple : {&ids, &names, &confidences}) tuple->reserve(head.num_classes);
  for (size_t k : order) {
    ids.push(settings.class_ids[k]);
    names.push(settings.class_names.empty() ? std::to_string(settings.class_ids[k]) : settings.class_names[k]);
    confidences.push(confidence[k]);
  }
  into.set("classification_class_ids", std::move(ids));
  into.set("classification_class_names", std::move(names));
  into.set("classification_confidences", std::move(confidences));
}

}  // namespace alcedo
