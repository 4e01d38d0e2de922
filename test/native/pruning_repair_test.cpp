// After the cut: running statistics taken anew, and weights fitted to the outputs of the network before the cut.
#include <doctest/doctest.h>

#include <cmath>
#include <memory>
#include <random>

#include "base/error.h"
#include "pruning/least_squares.h"
#include "pruning/pruner.h"
#include "pruning/recalibrate.h"
#include "pruning_network.h"

using namespace alcedo;
using namespace alcedo::testing;

namespace {

Batch batch_of(const Tensor& input, int64_t begin, int64_t num) {
  Batch batch;
  batch.num = num;
  batch.inputs = {input.data<float>() + begin * input.size() / input.dim(0)};
  return batch;
}

double distance(const Tensor& a, const Tensor& b) {
  double sum = 0.0;
  for (int64_t i = 0; i < a.size(); ++i) sum += std::pow(double{a.data<float>()[i]} - b.data<float>()[i], 2);
  return sum / static_cast<double>(a.size());
}

// Mean and unbiased variance of a channel over samples and positions.
std::pair<double, double> moments(const Tensor& x, int64_t channel) {
  const int64_t inner = x.size() / x.dim(0) / x.dim(1);
  double sum = 0.0, square = 0.0;
  const auto each = [&](const auto& run) {
    for (int64_t n = 0; n < x.dim(0); ++n) {
      for (int64_t i = 0; i < inner; ++i) run(double{x.data<float>()[(n * x.dim(1) + channel) * inner + i]});
    }
  };
  const double count = static_cast<double>(x.dim(0) * inner);
  each([&](double v) { sum += v; });
  const double mean = sum / count;
  each([&](double v) { square += (v - mean) * (v - mean); });
  return {mean, square / (count - 1)};
}

}  // namespace

TEST_SUITE_BEGIN("pruning");

TEST_CASE("ridge regression: fulfils the normal equations, with more and with fewer rows than columns") {
  std::mt19937 random(4);
  std::uniform_real_distribution<float> value(-1.F, 1.F);
  for (const auto& [rows, columns] : std::vector<std::pair<int64_t, int64_t>>{{60, 23}, {17, 40}, {1, 3}, {5, 1}}) {
    const int64_t outputs = 3;
    std::vector<float> x(rows * columns), r(rows * outputs);
    for (float& v : x) v = value(random);
    for (float& v : r) v = value(random);
    const Ridge ridge(x, r, rows, columns, outputs);
    const double lambda = 0.05;
    const std::vector<double> w = ridge.solve(lambda);
    REQUIRE(static_cast<int64_t>(w.size()) == columns * outputs);
    for (int64_t c = 0; c < columns; ++c) {
      for (int64_t o = 0; o < outputs; ++o) {
        double gradient = lambda * w[c * outputs + o];  // must vanish
        for (int64_t row = 0; row < rows; ++row) {
          double left = -double{r[row * outputs + o]};
          for (int64_t k = 0; k < columns; ++k) left += double{x[row * columns + k]} * w[k * outputs + o];
          gradient += left * x[row * columns + c] / static_cast<double>(rows);
        }
        CHECK(std::fabs(gradient) < 1e-6);
      }
    }
    double diagonal = 0.0;
    for (float v : x) diagonal += double{v} * v / static_cast<double>(rows * columns);
    CHECK(ridge.mean_diagonal() == doctest::Approx(diagonal));
  }
  std::vector<double> indefinite{1.0, 2.0, 2.0, 1.0};
  CHECK(!cholesky(indefinite, 2));
}

TEST_CASE("recalibration: the statistics of brute force") {
  Net net(11);
  const ValueId input = net.input({6, 3, 7, 7});
  const ValueId first = net.conv(input, 5), second = net.conv(net.relu(net.bn(first)), 4);
  net.classify(net.op("Dropout", {net.relu(net.bn(second))}), 3);
  const Tensor x = net.random({6, 3, 7, 7});
  const auto statistics = [&](const Graph& graph, ValueId of, int port) {
    for (const Node& node : graph.nodes) {
      if (node.op_type == "BatchNormalization" && node.inputs[0] == of) {
        return graph.values[node.inputs[port]].constant;
      }
    }
    return Tensor();
  };
  const auto check = [&](const Graph& graph, ValueId of, const Tensor& seen) {
    for (int64_t c = 0; c < seen.dim(1); ++c) {
      const auto [mean, variance] = moments(seen, c);
      CHECK(statistics(graph, of, 3).data<float>()[c] == doctest::Approx(mean).epsilon(1e-3).scale(0.1));
      CHECK(statistics(graph, of, 4).data<float>()[c] == doctest::Approx(variance).epsilon(1e-3));
    }
  };
  const Loss loss{Loss::Kind::distance, {net.graph.outputs[0]}};

  // One batch: every layer's statistics are those of its input when the layers before it normalize by their own. The
  // unbiased variance is kept, the biased one normalizes: the first layer is checked, then given the biased one.
  HeldSamples whole;
  whole.add(net.graph, loss, batch_of(x, 0, 6), net.input_shapes);
  Graph graph = net.graph.clone();
  recalibrate(whole, {}, graph);
  const std::vector<Tensor> values = evaluate(graph, {x});
  check(graph, first, values[first]);
  Graph biased = graph.clone();
  Tensor variance = statistics(biased, first, 4);
  for (int64_t c = 0; c < variance.size(); ++c) variance.data<float>()[c] *= 293.F / 294.F;
  check(graph, second, evaluate(biased, {x})[second]);
  CHECK(statistics(net.graph, first, 3).data<float>()[0] != statistics(graph, first, 3).data<float>()[0]);

  // Several batches of different size: the first layer's are those of all samples together.
  HeldSamples parts;
  parts.add(net.graph, loss, batch_of(x, 0, 4), net.input_shapes);
  parts.add(net.graph, loss, batch_of(x, 4, 2), net.input_shapes);
  Graph again = net.graph.clone();
  recalibrate(parts, {}, again);
  check(again, first, values[first]);
}

TEST_CASE("reconstruction: the output error on other samples falls") {
  Net net(17);
  ValueId x = net.conv_bn_relu(net.input({8, 3, 9, 9}), 16);
  x = net.conv_bn_relu(x, 24);
  net.classify(net.conv_bn_relu(x, 16), 6);
  const Loss loss{Loss::Kind::distance, {net.graph.outputs[0]}};
  // Inputs of low rank, as images are: what one kernel says, others know in part.
  const auto images = [&](int64_t num) {
    const Tensor basis = net.random({5, 3 * 81}), mix = net.random({num, 5});
    Tensor made(DType::f32, {num, 3, 9, 9});
    for (int64_t n = 0; n < num; ++n) {
      for (int64_t i = 0; i < 243; ++i) {
        for (int64_t k = 0; k < 5; ++k) {
          made.data<float>()[n * 243 + i] += mix.data<float>()[n * 5 + k] * basis.data<float>()[k * 243 + i];
        }
      }
    }
    return made;
  };
  const Tensor all = images(72);
  Tensor fresh(DType::f32, {8, 3, 9, 9});
  std::copy_n(all.data<float>() + 64 * 243, 8 * 243, fresh.data<float>());
  const Tensor wanted = evaluate(net.graph, {fresh})[net.graph.outputs[0]];
  const auto error = [&](const char* repair) {
    Pruner pruner(net.graph, net.input_shapes);
    pruner.set("criterion", std::string("weight_l2"));
    pruner.set("percentage", int64_t{40});
    if (repair[0] != 0) {
      pruner.set(repair, std::string("true"));
      CHECK_THROWS_AS(pruner.generate(net.graph), HException);  // no samples yet
    }
    for (int64_t begin = 0; begin < 64; begin += 8) {
      pruner.add_batch(net.graph, loss, batch_of(all, begin, 8), net.input_shapes, 1);
    }
    const Graph pruned = pruner.generate(net.graph);
    CHECK(std::get<int64_t>(pruner.get("pruned_kernel_num")) == 21);
    return distance(evaluate(pruned, {fresh})[pruned.outputs[0]], wanted);
  };
  const double cut = error(""), reconstructed = error("reconstruct");
  MESSAGE("mean squared error of the output: cut ", cut, ", reconstructed ", reconstructed);
  CHECK(reconstructed < 0.25 * cut);
}

TEST_SUITE_END();
