// The five reference networks: Taylor scores and the exact oracle equal PyTorch's, pruned equals zeroed, and the pruned
// file reads back as the same network.
#include <doctest/doctest.h>

#include <cmath>
#include <map>

#include "npy.h"
#include "onnx/export.h"
#include "onnx/import.h"
#include "pruning/pruner.h"
#include "pruning_check.h"

using namespace alcedo;
using namespace alcedo::testing;

namespace {

struct Model {
  explicit Model(const std::string& name)
      : folder("test/fixtures/reference/" + name),
        onnx(read_onnx(folder + "/model.onnx")),
        input(test::read_npy(folder + "/input.npy")),
        labels(test::read_npy(folder + "/label.npy").to_ints()) {}

  Batch batch(int64_t first, int64_t num) const {
    Batch batch;
    batch.num = num;
    batch.inputs = {input.data<float>() + first * (input.size() / input.dim(0))};
    batch.labels.assign(labels.begin() + first, labels.begin() + first + num);
    return batch;
  }
  Loss loss() const { return {Loss::Kind::cross_entropy, {onnx.graph.outputs[0]}}; }
  std::string weights_name(const std::string& layer) const {
    return onnx.graph.values[onnx.graph.nodes[onnx.graph.find_node(layer)].inputs[1]].name;
  }

  std::string folder;
  OnnxModel onnx;
  Tensor input;
  std::vector<int64_t> labels;
};

// Per removable kernel, as the handle lists them.
struct Kernels {
  explicit Kernels(const Pruner& pruner)
      : scores(std::get<std::vector<double>>(pruner.get("kernel_scores"))),
        layers(std::get<std::vector<std::string>>(pruner.get("kernel_layers"))),
        indices(std::get<std::vector<int64_t>>(pruner.get("kernel_indices"))),
        groups(std::get<std::vector<int64_t>>(pruner.get("group_ids"))) {}
  std::vector<double> scores;
  std::vector<std::string> layers;
  std::vector<int64_t> indices, groups;
};

void add_all(Pruner& pruner, const Model& model, int64_t batch_size) {
  Shape shape = model.input.shape();
  shape[0] = batch_size;
  const int64_t all = model.input.dim(0);
  for (int64_t first = 0; first < all; first += batch_size) {
    pruner.add_batch(model.onnx.graph, model.loss(), model.batch(first, std::min(batch_size, all - first)), {shape}, 1);
  }
}

const char* const kAll[] = {"vgg", "vgg_bn", "resnet", "mobilenet_v2", "densenet"};

}  // namespace

TEST_SUITE_BEGIN("pruning");

TEST_CASE("reference networks: Taylor scores") {
  for (const char* name : kAll) {
    for (int64_t batch_size : {4, 3}) {
      CAPTURE(name);
      CAPTURE(batch_size);
      const Model model(name);
      const std::map<std::string, Tensor> terms = test::read_npz(model.folder + "/taylor_signed.npz");
      Pruner pruner(model.onnx.graph, {model.input.shape()});
      pruner.set("normalization", std::string("none"));
      add_all(pruner, model, batch_size);
      const Kernels kernels(pruner);
      const int64_t samples = model.input.dim(0);
      std::map<int64_t, std::vector<double>> sums;  // per group and sample
      for (size_t k = 0; k < kernels.scores.size(); ++k) {
        const Tensor& own = terms.at(model.weights_name(kernels.layers[k]));
        std::vector<double>& sum = sums[kernels.groups[k]];
        sum.resize(samples);
        for (int64_t s = 0; s < samples; ++s) sum[s] += own.data<float>()[s * own.dim(1) + kernels.indices[k]];
      }
      double largest = 0.0, worst = 0.0;
      for (size_t k = 0; k < kernels.scores.size(); ++k) {
        double wanted = 0.0;
        for (double sum : sums[kernels.groups[k]]) wanted += std::fabs(sum) / static_cast<double>(samples);
        largest = std::max(largest, wanted);
        worst = std::max(worst, std::fabs(kernels.scores[k] - wanted));
      }
      CHECK(largest > 0.0);
      CHECK(worst <= 1e-4 * largest);
    }
  }
}

TEST_CASE("reference networks: the exact oracle") {
  for (const char* name : {"vgg", "vgg_bn", "resnet"}) {
    CAPTURE(name);
    const Model model(name);
    const std::map<std::string, Tensor> changes = test::read_npz(model.folder + "/oracle_signed.npz");
    std::map<std::string, std::vector<double>> mean;  // per weights, per channel
    double largest = 0.0;
    for (const auto& [names, change] : changes) {
      if (names == "base_loss") continue;
      std::vector<double> channels(change.dim(0));
      for (int64_t c = 0; c < change.dim(0); ++c) {
        for (int64_t s = 0; s < change.dim(1); ++s) {
          channels[c] += change.data<float>()[c * change.dim(1) + s] / static_cast<double>(change.dim(1));
        }
        largest = std::max(largest, std::fabs(channels[c]));
      }
      for (size_t at = 0; at < names.size();) {
        const size_t end = std::min(names.find('+', at), names.size());
        mean[names.substr(at, end - at)] = channels;
        at = end + 1;
      }
    }
    for (const char* criterion : {"oracle_loss", "oracle_abs"}) {
      CAPTURE(criterion);
      Pruner pruner(model.onnx.graph, {model.input.shape()});
      pruner.set("criterion", std::string(criterion));
      pruner.set("normalization", std::string("none"));
      add_all(pruner, model, 3);
      const Kernels kernels(pruner);
      double worst = 0.0;
      for (size_t k = 0; k < kernels.scores.size(); ++k) {
        double wanted = mean.at(model.weights_name(kernels.layers[k]))[kernels.indices[k]];
        if (criterion == std::string("oracle_abs")) wanted = std::fabs(wanted);
        worst = std::max(worst, std::fabs(kernels.scores[k] - wanted));
      }
      CHECK(worst <= 1e-4 * largest);
    }
  }
}

TEST_CASE("reference networks: pruned equals zeroed") {
  for (const char* name : kAll) {
    CAPTURE(name);
    const Model model(name);
    Shape shape = model.input.shape();
    shape[0] = 1;
    CHECK(check_exact(model.onnx.graph, {shape}) > 0);
  }
}

TEST_CASE("reference networks: generate, write, read back") {
  for (const char* name : kAll) {
    CAPTURE(name);
    Model model(name);
    Pruner pruner(model.onnx.graph, {model.input.shape()});
    add_all(pruner, model, 4);
    const int64_t all = std::get<int64_t>(pruner.get("prunable_kernel_num"));
    for (int64_t percentage : {0, 10, 50, 90, 100}) {
      CAPTURE(percentage);
      pruner.set("percentage", percentage);
      OnnxModel pruned = model.onnx;
      pruned.graph = pruner.generate(model.onnx.graph);
      CHECK(std::get<int64_t>(pruner.get("pruned_kernel_num")) <= percentage * all / 100);
      CHECK(std::get<int64_t>(pruner.get("pruned_kernel_num")) >= percentage * all / 100 - 4);
      if (percentage == 0) CHECK(std::get<int64_t>(pruner.get("macs_pruned")) == std::get<int64_t>(pruner.get("macs")));
      const std::vector<Tensor> wanted = evaluate(pruned.graph, {model.input});
      const std::string bytes = write_onnx_bytes(pruned);
      const OnnxModel again = read_onnx_bytes(bytes.data(), bytes.size());
      const std::vector<Tensor> got = evaluate(again.graph, {model.input});
      CHECK(max_difference(wanted[pruned.graph.outputs[0]], got[again.graph.outputs[0]]) <= 1e-6F);
      CHECK(again.graph.nodes.size() == model.onnx.graph.nodes.size());
    }
  }
}

TEST_SUITE_END();
