// Kernels of element-wise functions, Resize, Softmax, products and moves against the reference, behind a convolution
// (blocked, with padding channels) and on plain values.
#include <sstream>

#include "engine_support.h"

using namespace alcedo;
using namespace alcedo::test;

TEST_SUITE_BEGIN("engine");

namespace {

// Reorders in front of the last step that is none; those behind it bring blocked results into plain memory.
int reorders_inside(const std::string& log) {
  int inside = 0, open = 0;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line) && line.compare(0, 6, "memory") != 0;) {
    if (line.compare(0, 8, "reorder ") == 0) {
      ++open;
    } else {
      inside += open;
      open = 0;
    }
  }
  return inside;
}

// The values agree with the reference's; no reorder between the steps, and no step runs as reference. Returns the log.
std::string check_kernels(const Graph& graph, const std::vector<ValueId>& outputs, const std::vector<Tensor>& inputs,
                          double tolerance = 1e-5) {
  PlanOptions options;
  options.autotune = false;
  InferencePlan plan(graph, shapes_of(inputs), outputs, options);
  const std::vector<Tensor> expected = run_reference(graph, inputs, outputs);
  for (int repeat = 0; repeat < 2; ++repeat) {
    const std::vector<Tensor>& got = plan.run(batch_of(inputs));
    for (size_t i = 0; i < outputs.size(); ++i) {
      CAPTURE(graph.values[outputs[i]].name);
      CHECK(got[i].shape() == expected[i].shape());
      CHECK(difference(got[i], expected[i]) < tolerance);
    }
  }
  const std::string log = plan.log();
  CAPTURE(log);
  CHECK(occurrences(log, " reference ") == 0);
  CHECK(reorders_inside(log) == 0);
  return log;
}

constexpr int64_t kChannels[] = {1, 5, 16, 35};

}  // namespace

TEST_CASE("kernels: functions of two values with every kind of broadcasting, between convolutions") {
  for (const char* type : {"Add", "Sub", "Mul", "Div", "Max", "Min"}) {
    for (const int64_t c : kChannels) {
      CAPTURE(type);
      CAPTURE(c);
      Builder b;
      const ValueId input = b.input({2, 3, 5, 7});
      const auto branch = [&] { return b.conv(input, 3, c, {3, 1, 1, 1, 1, true}); };
      const auto end = [&](ValueId x) { return b.conv(x, c, 4, {1, 1, 0}); };
      const ValueId gate = b.node("GlobalAveragePool", {branch()});
      const ValueId one = b.conv(input, 3, 1, {3, 1, 1, 1, 1, true});
      std::vector<ValueId> outputs;
      const ValueId others[] = {branch(),
                                gate,
                                one,
                                b.constant(b.random({1}, 0.5f, 2)),
                                b.constant(b.random({c, 1, 1}, 0.5f, 2)),
                                b.constant(b.random({5, 1}, 0.5f, 2)),
                                b.constant(b.random({1, c, 5, 7}, 0.5f, 2)),
                                b.constant(b.random({2, 1, 5, 7}, 0.5f, 2))};
      for (const ValueId other : others) {
        if (std::string(type) != "Div") outputs.push_back(end(b.node(type, {other, branch()})));
        ValueId divisor = other;
        // Far from zero.
        if (std::string(type) == "Div" && !b.graph.values[other].is_constant()) {
          divisor = b.node("Add", {b.node("Abs", {other}), b.constant(b.random({1}, 1, 2))});
        }
        outputs.push_back(end(b.node(type, {branch(), divisor})));
      }
      PlanOptions options;
      options.autotune = false;
      const Tensor x = b.random({2, 3, 5, 7});
      InferencePlan plan(b.graph, {x.shape()}, outputs, options);
      const std::vector<Tensor> expected = run_reference(b.graph, {x}, outputs);
      const std::vector<Tensor>& got = plan.run(batch_of({x}));
      for (size_t i = 0; i < outputs.size(); ++i) {
        CAPTURE(i);
        CHECK(difference(got[i], expected[i]) < 1e-5);
      }
      CHECK(occurrences(plan.log(), " reference ") == 0);
    }
  }
}

TEST_CASE("kernels: plain values of any rank, with broadcasting on both sides") {
  Builder b;
  const ValueId x = b.input({3, 1, 4}), y = b.input({3, 5, 1}), z = b.input({3, 5, 4});
  const ValueId column = b.constant(b.random({5, 1})), larger = b.constant(b.random({2, 3, 5, 4}));
  std::vector<ValueId> outputs;
  for (const char* type : {"Add", "Sub", "Mul", "Max", "Min"}) {
    for (const ValueId other : {y, z, column, larger}) {
      outputs.push_back(b.node(type, {x, other}));
      outputs.push_back(b.node(type, {other, x}));
    }
    outputs.push_back(b.node(type, {y, larger}));
  }
  check_kernels(b.graph, outputs, {b.random({3, 1, 4}), b.random({3, 5, 1}), b.random({3, 5, 4})});
}

TEST_CASE("kernels: functions of one value, powers") {
  for (const int64_t c : {5, 16, 35}) {  // a single channel is handled in plain memory
    Builder b;
    const ValueId x = b.conv(b.input({2, 3, 4, 3}), 3, c, {3, 1, 1, 1, 1, true});
    const ValueId positive = b.node("Add", {b.node("Abs", {x}), b.constant(b.random({1}, 0.5f, 1))});
    std::vector<ValueId> outputs;
    const auto end = [&](ValueId y) { outputs.push_back(b.conv(y, c, 4, {1, 1, 0})); };
    for (const char* type : {"Neg", "Floor", "Ceil"}) end(b.node(type, {x}));
    for (const char* type : {"Sqrt", "Reciprocal"}) end(b.node(type, {positive}));
    end(b.node("Pow", {x, b.constant(Tensor::of<float>({1}, {2}))}));
    end(b.node("Pow", {positive, b.constant(Tensor::scalar<float>(0.5f))}));
    end(b.node("Pow", {positive, b.constant(Tensor::scalar<float>(-1))}));
    check_kernels(b.graph, outputs, {b.random({2, 3, 4, 3})});
  }
}

TEST_CASE("kernels: Resize by every mode, up and down, blocked and plain") {
  for (const char* mode : {"nearest", "linear", "cubic"}) {
    for (const char* place : {"half_pixel", "asymmetric", "align_corners"}) {
      for (const int64_t c : {1, 20}) {
        for (const auto& size : {std::pair<int64_t, int64_t>{10, 14}, {3, 9}, {5, 4}, {1, 1}}) {
          CAPTURE(mode);
          CAPTURE(place);
          CAPTURE(c);
          CAPTURE(size.first);
          Builder b;
          const ValueId input = b.input({2, 3, 5, 7});
          const ValueId none = b.constant(Tensor(DType::f32, {0}));
          const auto sizes = [&](int64_t channels) {
            return b.constant(Tensor::vector<int64_t>({2, channels, size.first, size.second}));
          };
          const Attributes a =
              attributes({{"mode", std::string(mode)}, {"coordinate_transformation_mode", std::string(place)}});
          const ValueId plain = b.node("Resize", {input, none, none, sizes(3)}, a);
          const ValueId blocked = b.node("Resize", {b.conv(input, 3, c), none, none, sizes(c)}, a);
          check_kernels(b.graph, {plain, b.conv(blocked, c, 4)}, {b.random({2, 3, 5, 7})});
        }
      }
    }
  }
}

TEST_CASE("kernels: Softmax along every axis, with far and infinite numbers") {
  Builder b;
  const ValueId x = b.input({3, 5, 1, 70});
  std::vector<ValueId> outputs;
  for (int64_t axis = -4; axis < 4; ++axis) outputs.push_back(b.node("Softmax", {x}, attributes({{"axis", axis}})));
  Tensor numbers = b.random({3, 5, 1, 70}, -30, 30);
  for (int i = 0; i < 20; ++i) numbers.data<float>()[i] = -200;
  numbers.data<float>()[40] = 300;
  numbers.data<float>()[90] = -INFINITY;
  check_kernels(b.graph, outputs, {numbers}, 1e-6);
  Builder lines;
  const ValueId y = lines.node("Softmax", {lines.input({2, 6625})});
  check_kernels(lines.graph, {y}, {lines.random({2, 6625}, -3, 3)}, 1e-7);
}

TEST_CASE("kernels: means over the last axes and over space") {
  Builder b;
  const ValueId input = b.input({2, 3, 5, 70});
  std::vector<ValueId> outputs;
  for (const auto& axes : {std::vector<int64_t>{-1}, {3, 2}, {1, 2, 3}, {}}) {
    for (const int64_t keep : {0, 1}) {
      outputs.push_back(b.node("ReduceMean", {input}, attributes({{"axes", axes}, {"keepdims", keep}})));
    }
  }
  check_kernels(b.graph, outputs, {b.random({2, 3, 5, 70}, 1, 2)}, 1e-6);
  for (const int64_t c : kChannels) {
    CAPTURE(c);
    Builder blocked;
    const ValueId x = blocked.conv(blocked.input({2, 3, 5, 7}), 3, c, {3, 1, 1, 1, 1, true});
    const auto mean = [&](int64_t keep) {
      return blocked.node("ReduceMean", {x}, attributes({{"axes", std::vector<int64_t>{2, 3}}, {"keepdims", keep}}));
    };
    check_kernels(blocked.graph, {blocked.conv(mean(1), c, 4, {1, 1, 0}), blocked.gemm(mean(0), c, 6)},
                  {blocked.random({2, 3, 5, 7})});
  }
}

namespace {
// As exporters before opset 17 spell it; `swapped`: factors and summands the other way round.
ValueId spelled_layer_norm(Builder& b, ValueId x, ValueId scale, ValueId bias, bool swapped, ValueId* centred) {
  const auto mean = [&](ValueId v) {
    return b.node("ReduceMean", {v}, attributes({{"axes", std::vector<int64_t>{-1}}}));
  };
  const ValueId d = *centred = b.node("Sub", {x, mean(x)});
  const ValueId variance = mean(b.node("Pow", {d, b.constant(Tensor::scalar(2.F))}));
  const ValueId epsilon = b.constant(Tensor::scalar(1e-3F));
  const ValueId sum = swapped ? b.node("Add", {epsilon, variance}) : b.node("Add", {variance, epsilon});
  const ValueId quotient = b.node("Div", {d, b.node("Sqrt", {sum})});
  const ValueId product = swapped ? b.node("Mul", {scale, quotient}) : b.node("Mul", {quotient, scale});
  return swapped ? b.node("Add", {bias, product}) : b.node("Add", {product, bias});
}
}  // namespace

TEST_CASE("kernels: layer normalization, of one name or spelled out") {
  for (const Shape& shape : {Shape{4, 9, 20}, Shape{2, 3, 5, 33}, Shape{3, 7}, Shape{2, 1500}}) {
    Builder b;
    const ValueId x = b.input(shape);
    const int64_t size = shape.back();
    const auto parameter = [&](float low) { return b.constant(b.random({size}, low, low + 1)); };
    std::vector<ValueId> outputs;
    const int64_t rank = static_cast<int64_t>(shape.size());
    for (int64_t axis = 1; axis < rank; ++axis) {
      const Shape normal(shape.begin() + axis, shape.end());
      const ValueId scale = b.constant(b.random(normal, 0.5F, 1.5F)), bias = b.constant(b.random(normal));
      outputs.push_back(b.node("LayerNormalization", {x, scale, bias}, attributes({{"axis", axis}})));
      outputs.push_back(b.node("LayerNormalization", {x, scale}, attributes({{"axis", axis - rank}})));
    }
    const size_t named = outputs.size();
    ValueId centred;
    for (const bool swapped : {false, true}) {
      outputs.push_back(spelled_layer_norm(b, x, parameter(0.5F), parameter(-0.5F), swapped, &centred));
    }
    const std::string log = check_kernels(b.graph, outputs, {b.random(shape, 2, 4)});
    CHECK(occurrences(log, " own:layer_norm ") == static_cast<int>(named) + 2);
    CHECK(occurrences(log, " own:pointwise ") == 0);
  }
}

TEST_CASE("kernels: what only looks like a layer normalization stays as it is spelled") {
  const auto layer_norms = [](const Shape& scale, bool asks_inside) {
    Builder b;
    const ValueId x = b.input({2, 6, 6});
    ValueId centred;
    std::vector<ValueId> outputs{
        spelled_layer_norm(b, x, b.constant(b.random(scale)), b.constant(b.random({6})), false, &centred)};
    if (asks_inside) outputs.push_back(centred);
    return occurrences(check_kernels(b.graph, outputs, {b.random({2, 6, 6})}, 1e-4), " own:layer_norm ");
  };
  CHECK(layer_norms({6}, false) == 1);
  CHECK(layer_norms({1, 1, 6}, false) == 1);
  CHECK(layer_norms({6, 1}, false) == 0);  // a factor per row
  CHECK(layer_norms({1}, false) == 0);
  CHECK(layer_norms({6}, true) == 0);
}

TEST_CASE("kernels: products of two values, with broadcast batches") {
  Builder b;
  const ValueId x = b.input({2, 3, 5, 7}), y = b.input({2, 3, 7, 4}), z = b.input({2, 1, 7, 1}),
                v = b.input({2, 1, 1, 5});
  const ValueId w = b.node("Reshape", {b.input({2, 21}), b.constant(Tensor::vector<int64_t>({7, 6}))});
  check_kernels(
      b.graph, {b.node("MatMul", {x, y}), b.node("MatMul", {x, z}), b.node("MatMul", {x, w}), b.node("MatMul", {v, x})},
      {b.random({2, 3, 5, 7}), b.random({2, 3, 7, 4}), b.random({2, 1, 7, 1}), b.random({2, 1, 1, 5}),
       b.random({2, 21})});
}

TEST_CASE("kernels: layers that move elements, blocked and plain") {
  for (const int64_t c : {4, 16, 36}) {
    CAPTURE(c);
    Builder b;
    const ValueId input = b.input({2, 3, 5, 8});
    const ValueId x = b.conv(input, 3, c, {3, 1, 1, 1, 1, true});
    const auto list = [&](std::vector<int64_t> v) { return b.constant(Tensor::vector<int64_t>(v)); };
    const ValueId fill = b.constant(Tensor::scalar<float>(0.75f));
    std::vector<ValueId> outputs;
    for (const char* mode : {"constant", "edge", "reflect"}) {
      const Attributes a = attributes({{"mode", std::string(mode)}});
      const ValueId padded = b.node("Pad", {x, list({0, 0, 1, 2, 0, 0, 3, 1}), fill}, a);
      outputs.push_back(b.conv(padded, c, 4));
    }
    outputs.push_back(b.node("Pad", {input, list({1, 0, -1, 2, 0, 2, 3, -1})}));
    outputs.push_back(b.conv(b.node("Slice", {x, list({1, 7}), list({5, -9}), list({2, 3}), list({2, -3})}), c, 4));
    outputs.push_back(b.node("Slice", {x, list({1}), list({3}), list({1})}));
    for (const auto& order : {std::vector<int64_t>{0, 2, 3, 1}, {3, 2, 1, 0}, {0, 1, 3, 2}}) {
      outputs.push_back(b.node("Transpose", {x}, attributes({{"perm", order}})));
      outputs.push_back(b.node("Transpose", {input}, attributes({{"perm", order}})));
    }
    outputs.push_back(b.node("Tile", {x, list({1, 2, 1, 3})}));
    outputs.push_back(b.node("Expand", {b.node("GlobalAveragePool", {x}), list({2, c, 3, 2})}));
    outputs.push_back(b.node("DepthToSpace", {x}, attributes({{"blocksize", int64_t{2}}})));
    outputs.push_back(b.node("Gather", {x, list({2, 0, 2})}, attributes({{"axis", int64_t{1}}})));
    check_kernels(b.graph, outputs, {b.random({2, 3, 5, 8})});
  }
}

TEST_CASE("kernels: gradients through Resize, Softmax and products of two values") {
  for (const char* mode : {"nearest", "linear"}) {
    Builder b;
    const ValueId input = b.input({2, 3, 5, 6});
    ValueId x = b.conv(input, 3, 20, {3, 1, 1, 1, 1, true});
    const ValueId none = b.constant(Tensor(DType::f32, {0}));
    const ValueId sizes = b.constant(Tensor::vector<int64_t>({2, 20, 8, 6}));
    x = b.node("Resize", {x, none, none, sizes}, attributes({{"mode", std::string(mode)}}));
    x = b.node("Softmax", {x}, attributes({{"axis", int64_t{3}}}));
    const ValueId y = b.conv(input, 3, 20, {3, 1, 1, 1, 1, true});
    const ValueId logits = b.head(
        b.node("MatMul", {x, b.node("Transpose", {y}, attributes({{"perm", std::vector<int64_t>{0, 1, 3, 2}}}))}), 20,
        6);
    const Tensor image = b.random({2, 3, 5, 6});
    Batch batch = batch_of({image});
    batch.labels = {1, 4};
    const Loss loss{Loss::Kind::cross_entropy, {logits}};
    PlanOptions fast, plain;
    fast.autotune = false;
    plain.reference = true;
    TrainingPlan ours(b.graph, {image.shape()}, loss, fast), reference(b.graph, {image.shape()}, loss, plain);
    Optimizer one, other;
    CHECK(std::abs(ours.forward_backward(batch, 1) - reference.forward_backward(batch, 1)) < 1e-5);
    one.learning_rate = other.learning_rate = 1;
    ours.update(one);
    reference.update(other);
    Graph after = b.graph.clone(), expected = b.graph.clone();
    ours.store(after, one);
    reference.store(expected, other);
    for (size_t v = 0; v < after.values.size(); ++v) {
      if (!after.values[v].is_constant() || after.values[v].constant.dtype() != DType::f32) continue;
      CAPTURE(after.values[v].name);
      CHECK(difference(after.values[v].constant, expected.values[v].constant) < 1e-5);
    }
  }
}

TEST_SUITE_END();
