// The engine against PyTorch's results for the five reference networks.
#include <algorithm>
#include <filesystem>
#include <numeric>

#include "engine_support.h"
#include "npy.h"
#include "onnx/import.h"

using namespace alcedo;
using namespace alcedo::test;

TEST_SUITE_BEGIN("engine");

namespace {

struct Fixture {
  explicit Fixture(const std::string& name)
      : folder("test/fixtures/reference/" + name),
        graph(read_onnx(folder + "/model.onnx").graph),
        input(read_npy(folder + "/input.npy")),
        logits(graph.outputs[0]) {
    batch = batch_of({input});
    batch.labels = read_npy(folder + "/label.npy").to_ints();
    const auto consumers = graph.consumers();
    for (const Node& node : graph.nodes) {
      if (node.op_type != "Conv") continue;
      ValueId end = node.outputs[0];
      if (consumers[end].size() == 1 && graph.nodes[consumers[end][0]].op_type == "BatchNormalization") {
        end = graph.nodes[consumers[end][0]].outputs[0];
      }
      maps[graph.values[node.inputs[1]].name] = end;
    }
  }
  std::vector<Shape> shapes() const { return {input.shape()}; }
  Loss loss() const { return {Loss::Kind::cross_entropy, {logits}}; }

  std::string folder;
  Graph graph;
  Tensor input;
  ValueId logits;
  Batch batch;
  std::map<std::string, ValueId> maps;  // by the name of the weights
};

double range(const Tensor& tensor) {
  double largest = 0;
  for (float x : tensor.to_floats()) largest = std::max<double>(largest, std::abs(x));
  return largest;
}

const char* const kModels[] = {"vgg", "vgg_bn", "resnet", "mobilenet_v2", "densenet"};

}  // namespace

TEST_CASE("reference networks: logits and Taylor terms") {
  for (const char* name : kModels) {
    CAPTURE(name);
    const Fixture f(name);
    InferencePlan plan(f.graph, f.shapes(), {f.logits});
    CHECK(difference(plan.run(f.batch)[0], read_npy(f.folder + "/logits_eval.npy")) < 1e-5);
    std::vector<ValueId> maps;
    std::vector<std::string> names;
    for (const auto& [weight, value] : f.maps) {
      names.push_back(weight);
      maps.push_back(value);
    }
    ScoringPlan scoring(f.graph, f.shapes(), f.loss(), maps);
    const auto& scores = scoring.run(f.batch);
    auto wanted = read_npz(f.folder + "/taylor_signed.npz");
    REQUIRE(wanted.size() == maps.size());
    for (size_t i = 0; i < maps.size(); ++i) {
      CAPTURE(names[i]);
      const Tensor& expected = wanted.at(names[i]);
      REQUIRE(scores[i].size() == static_cast<size_t>(expected.size()));
      CHECK(difference(scores[i].data(), expected.data<float>(), expected.size()) < 1e-4);
    }
  }
}

TEST_CASE("reference networks: loss, gradients and one step of SGD") {
  for (const char* name : kModels) {
    CAPTURE(name);
    Fixture f(name);
    TrainingPlan plan(f.graph, f.shapes(), f.loss());
    CHECK(plan.forward_backward(f.batch, 1) ==
          doctest::Approx(read_npy(f.folder + "/train/loss.npy").to_floats()[0]).epsilon(1e-5));
    double largest = 0;
    for (const auto& file : std::filesystem::directory_iterator(f.folder + "/train/grad")) {
      largest = std::max(largest, range(read_npy(file.path().string())));
    }
    for (const auto& file : std::filesystem::directory_iterator(f.folder + "/train/grad")) {
      const std::string weight = file.path().stem().string();
      CAPTURE(weight);
      const Tensor wanted = read_npy(file.path().string()), got = plan.gradient(f.graph.find_value(weight));
      // Biases in front of a BatchNormalization have gradient 0: rounding is measured against all gradients.
      const double scale = std::max(range(wanted), 1e-2 * largest) / std::max(range(wanted), 1e-6);
      CHECK(difference(got, wanted) <= 1e-4 * scale);
    }
    Optimizer optimizer;
    optimizer.learning_rate = 0.01;
    optimizer.weight_prior = 1e-4;
    plan.update(optimizer);
    plan.store(f.graph, optimizer);
    for (const auto& file : std::filesystem::directory_iterator(f.folder + "/train/step1")) {
      const std::string weight = file.path().stem().string();
      CAPTURE(weight);
      CHECK(difference(f.graph.values[f.graph.find_value(weight)].constant, read_npy(file.path().string())) < 1e-5);
    }
  }
}

TEST_CASE("reference networks: exact oracle of every channel") {
  for (const char* name : {"vgg", "vgg_bn", "resnet"}) {
    CAPTURE(name);
    const Fixture f(name);
    AblationPlan plan(f.graph, f.shapes(), f.loss());
    const std::vector<float> base = plan.load(f.batch);
    for (const auto& entry : read_npz(f.folder + "/oracle_signed.npz")) {
      const std::string& group = entry.first;
      const Tensor& wanted = entry.second;
      if (group == "base_loss") continue;
      CAPTURE(group);
      for (int64_t channel = 0; channel < wanted.dim(0); ++channel) {
        std::vector<ChannelRef> refs;
        for (size_t at = 0; at < group.size();) {
          const size_t plus = std::min(group.find('+', at), group.size());
          refs.push_back({f.maps.at(group.substr(at, plus - at)), channel});
          at = plus + 1;
        }
        const std::vector<float> losses = plan.ablate({refs})[0];
        double worst = 0;
        for (size_t n = 0; n < losses.size(); ++n) {
          const double change = losses[n] - base[n];
          worst = std::max(worst, std::abs(change - wanted.data<float>()[channel * wanted.dim(1) + n]));
        }
        CHECK(worst <= 1e-4 * std::max(range(wanted), 1e-2));
      }
    }
  }
}

namespace {

std::vector<double> ranks(const std::vector<double>& values) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return values[a] < values[b]; });
  std::vector<double> rank(values.size());
  for (size_t begin = 0; begin < order.size();) {
    size_t end = begin;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    for (size_t i = begin; i < end; ++i) rank[order[i]] = 0.5 * static_cast<double>(begin + end - 1);
    begin = end;
  }
  return rank;
}

double spearman(const std::vector<double>& a, const std::vector<double>& b) {
  const std::vector<double> x = ranks(a), y = ranks(b);
  const double mean = 0.5 * static_cast<double>(x.size() - 1);
  double xy = 0, xx = 0, yy = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    xy += (x[i] - mean) * (y[i] - mean);
    xx += (x[i] - mean) * (x[i] - mean);
    yy += (y[i] - mean) * (y[i] - mean);
  }
  return xy / std::sqrt(xx * yy);
}

}  // namespace

TEST_CASE("reference networks: bfloat16 scores rank kernels as float32 scores do") {
  for (const char* name : kModels) {
    CAPTURE(name);
    const Fixture f(name);
    std::vector<ValueId> maps;
    for (const auto& entry : f.maps) maps.push_back(entry.second);
    const auto scores = [&](bool bf16) {
      PlanOptions options;
      options.bf16 = bf16;
      options.autotune = false;
      ScoringPlan plan(f.graph, f.shapes(), f.loss(), maps, options);
      const std::vector<std::vector<float>>& terms = plan.run(f.batch);
      std::vector<double> all;
      for (const std::vector<float>& map : terms) {
        const size_t channels = map.size() / static_cast<size_t>(f.batch.num);
        for (size_t c = 0; c < channels; ++c) {
          double sum = 0;
          for (size_t n = 0; n < static_cast<size_t>(f.batch.num); ++n) sum += std::abs(map[n * channels + c]);
          all.push_back(sum);
        }
      }
      return all;
    };
    CHECK(spearman(scores(true), scores(false)) >= 0.99);
  }
}

TEST_SUITE_END();
