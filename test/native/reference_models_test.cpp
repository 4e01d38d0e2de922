// The reference executor against PyTorch's results for the five reference networks: logits, loss, gradients, running
// statistics, Taylor terms, and the change of the loss when channels are zeroed.
#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>

#include "backends/reference/executor.h"
#include "npy.h"
#include "onnx/import.h"

using namespace alcedo;
using alcedo::test::read_npy;
using alcedo::test::read_npz;

namespace {

struct Reference {
  explicit Reference(const std::string& name)
      : folder("test/fixtures/reference/" + name),
        graph(read_onnx(folder + "/model.onnx").graph),
        input(read_npy(folder + "/input.npy")),
        labels(read_npy(folder + "/label.npy").to_ints()) {}
  std::string folder;
  Graph graph;
  Tensor input;
  std::vector<int64_t> labels;
};

double range(const Tensor& tensor) {
  double largest = 0;
  for (float x : tensor.to_floats()) largest = std::max<double>(largest, std::abs(x));
  return largest;
}

double difference(const Tensor& a, const Tensor& b) {
  REQUIRE(a.size() == b.size());
  const std::vector<float> x = a.to_floats(), y = b.to_floats();
  double largest = 0;
  for (size_t i = 0; i < x.size(); ++i) largest = std::max<double>(largest, std::abs(x[i] - y[i]));
  return largest;
}

// Convolutions by the name of their weights -> end of the per-channel chain as the fixtures have it:
// BatchNormalization, else the convolution itself.
std::map<std::string, ValueId> feature_maps(const Graph& graph) {
  std::map<std::string, ValueId> result;
  const auto consumers = graph.consumers();
  for (const Node& node : graph.nodes) {
    if (node.op_type != "Conv") continue;
    ValueId end = node.outputs[0];
    if (consumers[end].size() == 1) {
      const Node& next = graph.nodes[consumers[end][0]];
      if (next.op_type == "BatchNormalization") end = next.outputs[0];
    }
    result[graph.values[node.inputs[1]].name] = end;
  }
  return result;
}

const char* const kModels[] = {"vgg", "vgg_bn", "resnet", "mobilenet_v2", "densenet"};

}  // namespace

TEST_SUITE("reference") {
  TEST_CASE("logits of the reference networks") {
    for (const char* name : kModels) {
      CAPTURE(name);
      const Reference model(name);
      const Tensor wanted = read_npy(model.folder + "/logits_eval.npy");
      const Tensor got = run_reference(model.graph, {model.input}, model.graph.outputs)[0];
      CHECK(difference(got, wanted) <= 1e-5 * range(wanted));
    }
  }

  TEST_CASE("Taylor terms of the reference networks") {
    for (const char* name : kModels) {
      CAPTURE(name);
      const Reference model(name);
      const std::vector<Tensor> values = reference_values(model.graph, {model.input});
      const ValueId logits = model.graph.outputs[0];
      const Tensor seed = cross_entropy_gradient(values[logits], model.labels, true);
      const std::vector<Tensor> gradients = reference_backward(model.graph, values, {{logits, seed}});
      const auto maps = feature_maps(model.graph);
      for (const auto& entry : read_npz(model.folder + "/taylor_signed.npz")) {
        const auto& weight = entry.first;
        const Tensor& wanted = entry.second;
        CAPTURE(weight);
        REQUIRE(maps.count(weight) == 1);
        const Tensor &z = values[maps.at(weight)], &g = gradients[maps.at(weight)];
        Tensor got(DType::f32, wanted.shape());
        const int64_t space = z.size() / wanted.size();
        for (int64_t i = 0; i < wanted.size(); ++i) {
          double sum = 0;
          for (int64_t k = 0; k < space; ++k) sum += z.data<float>()[i * space + k] * g.data<float>()[i * space + k];
          got.data<float>()[i] = static_cast<float>(sum / space);
        }
        CHECK(difference(got, wanted) <= 1e-4 * range(wanted));
      }
    }
  }

  TEST_CASE("loss, gradients and running statistics of a training step") {
    for (const char* name : kModels) {
      CAPTURE(name);
      const Reference model(name);
      std::vector<std::pair<ValueId, Tensor>> statistics;
      ReferenceOptions options;
      options.training = true;
      options.statistics = &statistics;
      const std::vector<Tensor> values = reference_values(model.graph, {model.input}, options);
      const ValueId logits = model.graph.outputs[0];
      double loss = 0;
      for (double sample : cross_entropy(values[logits], model.labels)) loss += sample / model.labels.size();
      const double wanted_loss = read_npy(model.folder + "/train/loss.npy").to_floats()[0];
      CHECK(loss == doctest::Approx(wanted_loss).epsilon(1e-5));

      const Tensor seed = cross_entropy_gradient(values[logits], model.labels);
      options.statistics = nullptr;
      const std::vector<Tensor> gradients = reference_backward(model.graph, values, {{logits, seed}}, options);
      double largest = 0;
      for (const auto& file : std::filesystem::directory_iterator(model.folder + "/train/grad")) {
        largest = std::max(largest, range(read_npy(file.path().string())));
      }
      for (const auto& file : std::filesystem::directory_iterator(model.folder + "/train/grad")) {
        const std::string weight = file.path().stem().string();
        CAPTURE(weight);
        const ValueId value = model.graph.find_value(weight);
        REQUIRE(value != kNone);
        const Tensor wanted = read_npy(file.path().string());
        // Biases in front of a BatchNormalization have gradient 0: rounding is measured against all gradients.
        CHECK(difference(gradients[value], wanted) <= 1e-4 * std::max(range(wanted), 1e-2 * largest));
      }
      for (const auto& statistic : statistics) {
        const ValueId value = statistic.first;
        const Tensor& moved = statistic.second;
        CAPTURE(model.graph.values[value].name);
        const Tensor wanted = read_npy(model.folder + "/train/step1/" + model.graph.values[value].name + ".npy");
        CHECK(difference(moved, wanted) <= 1e-5 * range(wanted));
      }
    }
  }

  TEST_CASE("change of the loss when channels are zeroed") {
    for (const char* name : {"vgg", "vgg_bn", "resnet"}) {
      CAPTURE(name);
      const Reference model(name);
      const auto maps = feature_maps(model.graph);
      const auto oracle = read_npz(model.folder + "/oracle_signed.npz");
      const ValueId logits = model.graph.outputs[0];
      for (const auto& entry : oracle) {
        const std::string& group = entry.first;
        const Tensor& wanted = entry.second;
        if (group == "base_loss") continue;
        CAPTURE(group);
        // One channel per group: all of them are compared with the engine's results elsewhere.
        const int64_t channel = wanted.dim(0) / 2;
        ReferenceOptions options;
        for (size_t at = 0; at < group.size();) {
          const size_t plus = std::min(group.find('+', at), group.size());
          options.zeroed.push_back({maps.at(group.substr(at, plus - at)), {channel}});
          at = plus + 1;
        }
        const auto losses =
            cross_entropy(run_reference(model.graph, {model.input}, {logits}, options)[0], model.labels);
        for (size_t n = 0; n < losses.size(); ++n) {
          const double change = losses[n] - oracle.at("base_loss").data<float>()[n];
          CHECK(change == doctest::Approx(wanted.data<float>()[channel * wanted.dim(1) + n]).epsilon(1e-3).scale(0.1));
        }
      }
    }
  }
}
