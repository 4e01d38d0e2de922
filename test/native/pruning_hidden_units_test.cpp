// How hidden units of LSTM and GRU are scored, against plain computations: differences of the loss along a unit's gate,
// the loss of the network that was cut, statistics of the states.
#include <doctest/doctest.h>

#include <cmath>

#include "pruning/pruner.h"
#include "pruning_check.h"

using namespace alcedo;
using namespace alcedo::testing;

namespace {

constexpr int64_t kSteps = 3, kSamples = 3, kHidden = 5, kClasses = 4;  // as many samples as steps

struct Form {
  const char* type;
  const char* direction;
  bool samples_first, reset_after, states, last_only;
};

// conv (4 kernels) - LSTM or GRU - the mean of all states beside the last ones - Gemm.
struct Recurrent {
  explicit Recurrent(const Form& form) : form(form), net(8) {
    const bool lstm = std::string(form.type) == "LSTM";
    const int64_t gates = lstm ? 4 : 3;
    ways = std::string(form.direction) == "bidirectional" ? 2 : 1;
    const Shape state = form.samples_first ? Shape{kSamples, ways, kHidden} : Shape{ways, kSamples, kHidden};
    const auto random = [&](const Shape& shape) { return net.constant(net.random(shape)); };
    const ValueId maps = net.conv_bn_relu(net.input({kSamples, 3, kSteps}), 4);
    const Shape order = form.samples_first ? Shape{0, 2, 1} : Shape{2, 0, 1};
    recurrent_weights = random({ways, gates * kHidden, kHidden});
    std::vector<ValueId> inputs{net.op("Transpose", {maps}, {{"perm", order}}), random({ways, gates * kHidden, 4}),
                                recurrent_weights, random({ways, 2 * gates * kHidden})};
    if (form.states) {
      inputs.insert(inputs.end(), {kNone, random(state)});
      if (lstm) inputs.insert(inputs.end(), {random(state), random({ways, 3 * kHidden})});
    }
    states = net.op(form.type, inputs,
                    {{"hidden_size", kHidden},
                     {"direction", std::string(form.direction)},
                     {"layout", int64_t{form.samples_first}},
                     {"linear_before_reset", int64_t{form.reset_after}}},
                    lstm ? 3 : 2);
    const auto row = [&](ValueId last) {  // [N, ways * hidden]
      if (!form.samples_first) last = net.op("Transpose", {last}, {{"perm", Shape{1, 0, 2}}});
      return net.op("Reshape", {last, net.ints({0, -1})});
    };
    std::vector<ValueId> rows{row(states + 1)};
    if (lstm) rows.push_back(row(states + 2));
    if (form.last_only) {
      for (Node& node : net.graph.nodes) {
        if (node.op_type == form.type) node.outputs[0] = kNone;
      }
      states += 1;
    } else {
      const Shape axes{form.samples_first ? 1 : 0};
      rows.push_back(row(net.op("ReduceMean", {states}, {{"axes", axes}, {"keepdims", int64_t{0}}})));
    }
    const ValueId joined = net.op("Concat", rows, {{"axis", int64_t{1}}});
    dense_weights = static_cast<ValueId>(net.graph.values.size());
    net.output(net.gemm(joined, kClasses));
    input = net.random({kSamples, 3, kSteps});
  }

  Batch batch() const {
    Batch batch;
    batch.num = kSamples;
    batch.inputs = {input.data<float>()};
    batch.labels = labels;
    return batch;
  }

  std::vector<double> losses(const Graph& graph) const {
    const Tensor logits = evaluate(graph, {input})[graph.outputs[0]];
    std::vector<double> losses;
    for (int64_t n = 0; n < kSamples; ++n) {
      const float* row = logits.data<float>() + n * kClasses;
      double sum = 0.0;
      for (int64_t k = 0; k < kClasses; ++k) sum += std::exp(double{row[k]} - row[labels[n]]);
      losses.push_back(std::log(sum));
    }
    return losses;
  }

  // Everybody who reads the unit's states sees them times `factor`.
  Graph with_gate(int64_t unit, float factor) const {
    Graph graph = net.graph;
    for (ValueId weights : {recurrent_weights, dense_weights}) {
      Tensor& constant = graph.values[weights].constant;
      constant = constant.clone();
      for (int64_t i = 0; i < constant.size(); ++i) {
        if (i % kHidden == unit) constant.data<float>()[i] *= factor;
      }
    }
    return graph;
  }

  std::vector<double> slopes(int64_t unit) const {
    const float step = 1.0F / 64;
    const std::vector<double> up = losses(with_gate(unit, 1 + step)), down = losses(with_gate(unit, 1 - step));
    std::vector<double> slopes;
    for (int64_t n = 0; n < kSamples; ++n) slopes.push_back((up[n] - down[n]) / (2 * double{step}));
    return slopes;
  }

  std::vector<double> scores(const std::string& criterion) const {
    Pruner pruner(net.graph, net.input_shapes);
    pruner.set("criterion", criterion);
    pruner.set("normalization", std::string("none"));
    pruner.add_batch(net.graph, {Loss::Kind::cross_entropy, {net.graph.outputs[0]}}, batch(), net.input_shapes, 1);
    CHECK(std::get<int64_t>(pruner.get("prunable_kernel_num")) == 3 + kHidden - 1);
    const auto all = std::get<std::vector<double>>(pruner.get("kernel_scores"));
    REQUIRE(all.size() == 4 + kHidden);
    return {all.begin() + 4, all.end()};
  }

  Form form;
  Net net;
  int64_t ways = 1;
  ValueId recurrent_weights = kNone, dense_weights = kNone, states = kNone;
  Tensor input;
  std::vector<int64_t> labels{0, 3, 1};
};

void check_near(const std::vector<double>& got, const std::vector<double>& wanted, double tolerance) {
  double largest = 0.0;
  for (double w : wanted) largest = std::max(largest, std::fabs(w));
  REQUIRE(got.size() == wanted.size());
  for (size_t i = 0; i < got.size(); ++i) CHECK(std::fabs(got[i] - wanted[i]) <= tolerance * largest);
}

const std::vector<Form> kForms = {
    {"LSTM", "forward", false, false, false, false}, {"LSTM", "bidirectional", false, false, true, false},
    {"LSTM", "reverse", true, false, true, false},   {"LSTM", "forward", false, false, false, true},
    {"GRU", "forward", false, false, true, false},   {"GRU", "bidirectional", true, true, true, false},
    {"GRU", "reverse", false, true, false, true}};

template <class Body>
void for_forms(Body body) {
  for (const Form& form : kForms) {
    CAPTURE(form.type);
    CAPTURE(form.direction);
    CAPTURE(form.last_only);
    body(Recurrent(form));
  }
}

}  // namespace

TEST_SUITE_BEGIN("pruning");

TEST_CASE("hidden units: Taylor is the slope of the loss along the unit's gate") {
  for_forms([](const Recurrent& r) {
    std::vector<double> taylor, obd;
    for (int64_t unit = 0; unit < kHidden; ++unit) {
      double sum = 0.0, square = 0.0;
      for (double slope : r.slopes(unit)) {
        sum += std::fabs(slope);
        square += 0.5 * slope * slope;
      }
      taylor.push_back(sum / kSamples / static_cast<double>(kSteps * r.ways));
      obd.push_back(square / kSamples);
    }
    check_near(r.scores("taylor"), taylor, 2e-3);
    check_near(r.scores("obd"), obd, 4e-3);
  });
}

TEST_CASE("hidden units: the exact oracle is the loss of the network without them") {
  for_forms([](const Recurrent& r) {
    const std::vector<TensorInfo> info = infer(r.net.graph, r.net.input_shapes);
    const Coupling coupling(r.net.graph, info);
    const std::vector<double> before = r.losses(r.net.graph);
    std::vector<double> change;
    for (int64_t unit = 0; unit < kHidden; ++unit) {
      std::vector<bool> removed(coupling.groups().size(), false);
      removed[coupling.convolutions().at(1).group_of_kernel.at(unit)] = true;
      const std::vector<double> after = r.losses(slice_graph(r.net.graph, info, coupling, removed, r.net.input_shapes));
      double sum = 0.0;
      for (int64_t n = 0; n < kSamples; ++n) sum += after[n] - before[n];
      change.push_back(sum / kSamples);
    }
    check_near(r.scores("oracle_loss"), change, 1e-4);
  });
}

TEST_CASE("hidden units: statistics of their states") {
  for_forms([](const Recurrent& r) {
    const Tensor states = evaluate(r.net.graph, {r.input})[r.states];
    const int64_t positions = states.size() / (kSamples * kHidden);
    const int samples_axis = r.form.samples_first ? 0 : states.rank() - 2;
    int64_t inner = 1;
    for (int axis = samples_axis + 1; axis < states.rank(); ++axis) inner *= states.dim(axis);
    std::vector<double> mean(kHidden), deviation(kHidden);
    for (int64_t unit = 0; unit < kHidden; ++unit) {
      for (int64_t n = 0; n < kSamples; ++n) {
        double sum = 0.0, square = 0.0;
        for (int64_t i = 0; i < states.size(); ++i) {
          if (i % kHidden != unit || i / inner % kSamples != n) continue;
          sum += states.data<float>()[i];
          square += double{states.data<float>()[i]} * states.data<float>()[i];
        }
        sum /= static_cast<double>(positions);
        mean[unit] += sum / kSamples;
        deviation[unit] += std::sqrt(std::max(square / static_cast<double>(positions) - sum * sum, 0.0)) / kSamples;
      }
    }
    check_near(r.scores("activation_mean"), mean, 1e-4);
    check_near(r.scores("activation_std"), deviation, 1e-3);
    check_near(r.scores("apoz"), std::vector<double>(kHidden, 1.0), 1e-6);  // no state is zero
  });
}

TEST_CASE("hidden units: rows of the image in the batch of the layer are no samples") {
  Net net(3);
  ValueId x = net.conv_bn_relu(net.input({2, 3, 3, 4}), 4);
  x = net.op("Reshape", {net.op("Transpose", {x}, {{"perm", Shape{3, 0, 2, 1}}}), net.ints({4, -1, 4})});  // [W,N*H,C]
  ValueId y = net.op("LSTM", {x, net.constant(net.random({1, 20, 4})), net.constant(net.random({1, 20, 5}))},
                     {{"hidden_size", int64_t{5}}});
  y = net.op("Reshape", {y, net.ints({4, -1, 3, 5})});
  net.classify(net.op("Transpose", {y}, {{"perm", Shape{1, 3, 2, 0}}}), 4);
  Pruner pruner(net.graph, net.input_shapes);
  CHECK(std::get<int64_t>(pruner.get("prunable_kernel_num")) == 3);
  CHECK(std::get<std::vector<std::string>>(pruner.get("unprunable_reason"))[0].find("row per sample") !=
        std::string::npos);
  for (const char* criterion : {"weight_l2", "oracle_abs"}) {
    pruner.set("criterion", std::string(criterion));
    CHECK(std::get<int64_t>(pruner.get("prunable_kernel_num")) == 3 + 4);
  }
}

TEST_CASE("hidden units: norms of weights see the recurrent weights") {
  Net net;
  const ValueId x = net.op("Transpose", {net.conv_bn_relu(net.input({2, 3, 6}), 4)}, {{"perm", Shape{2, 0, 1}}});
  const Tensor w = net.random({1, 15, 4}), r = net.random({1, 15, 5});
  const ValueId y = net.op("GRU", {x, net.constant(w), net.constant(r)}, {{"hidden_size", int64_t{5}}}, 2);
  net.output(net.gemm(net.op("Squeeze", {y + 1, net.ints({0})}), 3));
  Pruner pruner(net.graph, net.input_shapes);
  pruner.set("criterion", std::string("weight_l1"));
  pruner.set("normalization", std::string("none"));
  const auto all = std::get<std::vector<double>>(pruner.get("kernel_scores"));
  std::vector<double> wanted(5, 0.0);
  for (int64_t row = 0; row < 15; ++row) {
    for (int64_t k = 0; k < 4; ++k) wanted[row % 5] += std::fabs(w.data<float>()[row * 4 + k]);
    for (int64_t k = 0; k < 5; ++k) wanted[row % 5] += std::fabs(r.data<float>()[row * 5 + k]);
  }
  check_near({all.begin() + 4, all.end()}, wanted, 1e-5);
}

TEST_CASE("hidden units: exact oracles need weights that are constants") {
  Net net;
  const ValueId x = net.op("Transpose", {net.conv_bn_relu(net.input({2, 3, 6}), 4)}, {{"perm", Shape{2, 0, 1}}});
  const ValueId first =
      net.op("ReduceMean", {net.conv(net.graph.inputs[0], 5)}, {{"axes", Shape{2}}, {"keepdims", int64_t{0}}});
  const ValueId start = net.op("Unsqueeze", {first, net.ints({0})});
  const ValueId y = net.op("GRU",
                           {x, net.constant(net.random({1, 15, 4})), net.constant(net.random({1, 15, 5})), kNone, kNone,
                            net.op("Sigmoid", {start})},
                           {{"hidden_size", int64_t{5}}}, 2);
  net.output(net.gemm(net.op("Squeeze", {y + 1, net.ints({0})}), 3));
  Pruner pruner(net.graph, net.input_shapes);
  CHECK(std::get<int64_t>(pruner.get("prunable_kernel_num")) == 3 + 4 + 4);
  pruner.set("criterion", std::string("oracle_abs"));
  CHECK(std::get<int64_t>(pruner.get("prunable_kernel_num")) == 3);
  const auto reasons = std::get<std::vector<std::string>>(pruner.get("unprunable_reason"));
  REQUIRE(!reasons.empty());
  CHECK(reasons.back() == "criterion 'oracle_abs' needs hidden units whose weights and initial states are constants");
}

TEST_SUITE_END();
