// Reconstruction of every kind of linear layer, against plain least squares on all of the samples' output numbers. The
// columns of that problem are what the layer's own loops make of one weight at a time.
#include <doctest/doctest.h>

#include <functional>
#include <string>

#include "pruning/reconstruct.h"
#include "pruning_check.h"

using namespace alcedo;
using namespace alcedo::testing;

namespace {

constexpr int64_t kSamples = 48;
using Column = std::vector<double>;

double dot(const Column& a, const Column& b) {
  double sum = 0.0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// |target - columns x|^2 for the best x, by Gaussian elimination of the normal equations.
double least_squares_error(const std::vector<Column>& columns, const Column& target) {
  const size_t n = columns.size();
  std::vector<Column> a(n, Column(n + 1));
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = i; j < n; ++j) a[i][j] = a[j][i] = dot(columns[i], columns[j]);
    a[i][i] += 1e-7 * a[i][i] + 1e-9;
    a[i][n] = dot(columns[i], target);
  }
  for (size_t k = 0; k < n; ++k) {
    for (size_t i = k + 1; i < n; ++i) {
      const double factor = a[i][k] / a[k][k];
      for (size_t j = k; factor != 0.0 && j <= n; ++j) a[i][j] -= factor * a[k][j];
    }
  }
  Column left = target, x(n);
  for (size_t k = n; k-- > 0;) {
    x[k] = a[k][n];
    for (size_t j = k + 1; j < n; ++j) x[k] -= a[k][j] * x[j];
    x[k] /= a[k][k];
    for (size_t i = 0; i < left.size(); ++i) left[i] -= x[k] * columns[k][i];
  }
  return dot(left, left);
}

Column run_layer(const Node& node, const std::vector<Tensor>& src, const Shape& dst_shape) {
  Tensor dst(DType::f32, dst_shape);
  std::vector<const Tensor*> inputs;
  for (const Tensor& tensor : src) inputs.push_back(&tensor);
  const std::vector<Tensor*> outputs{&dst};
  find_layer(node.op_type)->forward({node, inputs, outputs});
  return {dst.data<float>(), dst.data<float>() + dst.size()};
}

// As images are: what one kernel says, others know in part.
Tensor images_of_low_rank(const Shape& shape) {
  constexpr int64_t kRank = 3;
  Net source(31);
  Tensor images(DType::f32, shape);
  const int64_t size = images.size() / shape[0];
  const Tensor basis = source.random({kRank, size}), mix = source.random({shape[0], kRank});
  for (int64_t i = 0; i < images.size(); ++i) {
    for (int64_t k = 0; k < kRank; ++k) {
      images.data<float>()[i] += mix.data<float>()[i / size * kRank + k] * basis.data<float>()[k * size + i % size];
    }
  }
  return images;
}

struct Errors {
  double cut = 0.0, reconstructed = 0.0, best = 0.0;
};

// Squared errors of the layer that makes `output`, given what the reconstructed network feeds it.
Errors errors_of(const Net& net, ValueId output) {
  const std::vector<TensorInfo> info = infer(net.graph, net.input_shapes);
  const Coupling coupling(net.graph, info);
  const Shuffled groups(coupling, 7);
  const std::vector<bool> removed = select_groups(coupling, groups.order, {}, groups.most * 30 / 100);
  const KeptIndices kept(coupling, removed);
  const Graph sliced = slice_graph(net.graph, info, coupling, removed, net.input_shapes).clone();
  Graph fitted = sliced.clone();

  const Tensor x = images_of_low_rank(net.input_shapes[0]);
  HeldSamples samples;
  Batch batch;
  batch.num = kSamples;
  batch.inputs = {x.data<float>()};
  samples.add(net.graph, {Loss::Kind::distance, {net.graph.outputs[0]}}, batch, net.input_shapes);
  reconstruct({net.graph, info, kept}, samples, {}, fitted);

  const Node* node = nullptr;
  for (const Node& each : fitted.nodes) {
    if (each.outputs[0] == output) node = &each;
  }
  REQUIRE(node != nullptr);
  const Tensor whole = evaluate(net.graph, {x})[output];
  const std::vector<Tensor> now = evaluate(fitted, {x});
  const int64_t channels = now[output].dim(1), inner = now[output].size() / kSamples / channels;
  const Tensor& input = now[node->inputs[0]];
  const auto difference = [&](const Column& made) {
    Column left;
    for (int64_t i = 0; i < static_cast<int64_t>(made.size()); ++i) {
      const int64_t n = i / inner / channels, c = kept.of(output, 1)[i / inner % channels];
      left.push_back(double{whole.data<float>()[(n * whole.dim(1) + c) * inner + i % inner]} - made[i]);
    }
    return left;
  };
  const auto made_by = [&](const Graph& graph) {
    std::vector<Tensor> src{input};
    for (size_t i = 1; i < node->inputs.size(); ++i) src.push_back(graph.values[node->inputs[i]].constant);
    return difference(run_layer(*node, src, now[output].shape()));
  };
  const Column cut = made_by(sliced), reconstructed = made_by(fitted);

  std::vector<Tensor> zero{input};
  for (size_t i = 1; i < node->inputs.size(); ++i) {
    zero.emplace_back(DType::f32, sliced.values[node->inputs[i]].constant.shape());
  }
  std::vector<Column> columns;
  for (size_t port = 1; port < zero.size(); ++port) {
    for (int64_t w = 0; w < zero[port].size(); ++w) {
      zero[port].data<float>()[w] = 1.F;
      columns.push_back(run_layer(*node, zero, now[output].shape()));
      zero[port].data<float>()[w] = 0.F;
    }
  }
  return {dot(cut, cut), dot(reconstructed, reconstructed), least_squares_error(columns, cut)};
}

Net behind_two_convolutions(const Shape& input, int64_t width, const std::function<ValueId(Net&, ValueId)>& layer,
                            ValueId& output) {
  Net net(static_cast<uint32_t>(input.size()) + 40);
  ConvOptions pointwise;
  pointwise.kernel = 1;
  ValueId x = net.relu(net.conv(net.input(input), 10));
  x = net.relu(net.conv(x, width, pointwise));
  output = layer(net, x);
  x = net.relu(output);
  net.output(net.shape(x).size() == 2 ? net.gemm(x, 3) : net.conv(x, 3, pointwise));
  return net;
}

ValueId convolution(Net& net, ValueId x, int64_t out, int64_t group,
                    const std::vector<std::pair<std::string, Attribute>>& attributes, Shape kernel) {
  Shape weights{out, net.shape(x)[1] / group};
  weights.insert(weights.end(), kernel.begin(), kernel.end());
  std::vector<std::pair<std::string, Attribute>> all = attributes;
  all.emplace_back("group", group);
  return net.op("Conv", {x, net.constant(net.random(weights, -0.4F, 0.4F)), net.constant(net.random({out}))}, all);
}

}  // namespace

TEST_SUITE_BEGIN("pruning");

TEST_CASE("reconstruction: nearly as good as plain least squares, for every kind of layer") {
  const Shape line{kSamples, 2, 24}, image{kSamples, 2, 6, 6}, volume{kSamples, 2, 4, 4, 3};
  struct Case {
    std::string name;
    Shape input;
    int64_t width;
    std::function<ValueId(Net&, ValueId)> layer;
  };
  using Attributes = std::vector<std::pair<std::string, Attribute>>;
  const Attributes strided{{"strides", Shape{2, 1}}, {"pads", Shape{1, 0, 0, 1}}};
  const std::vector<Case> cases{
      {"2-D", image, 6,
       [&](Net& n, ValueId x) {
         return convolution(n, x, 4, 1, strided, {3, 2});
       }},
      {"auto_pad", image, 6,
       [](Net& n, ValueId x) {
         return convolution(n, x, 4, 1, {{"auto_pad", std::string("SAME_LOWER")}, {"strides", Shape{2, 2}}}, {3, 2});
       }},
      {"two groups", image, 8,
       [&](Net& n, ValueId x) {
         return convolution(n, x, 6, 2, strided, {3, 2});
       }},
      {"groups that leave whole", image, 8,
       [&](Net& n, ValueId x) {
         return convolution(n, x, 12, 4, {}, {2, 2});
       }},
      {"depthwise", image, 8,
       [&](Net& n, ValueId x) {
         return convolution(n, x, 8, 8, strided, {3, 3});
       }},
      {"1-D", line, 6,
       [](Net& n, ValueId x) {
         return convolution(n, x, 5, 1, {{"dilations", Shape{3}}}, {3});
       }},
      {"1-D, two groups", line, 8,
       [](Net& n, ValueId x) {
         return convolution(n, x, 6, 2, {{"pads", Shape{2, 1}}}, {3});
       }},
      {"3-D", volume, 6,
       [](Net& n, ValueId x) {
         return convolution(n, x, 4, 1, {{"pads", Shape(6, 1)}}, {2, 3, 2});
       }},
      {"3-D depthwise", volume, 6,
       [](Net& n, ValueId x) {
         return convolution(n, x, 6, 6, {}, {3, 2, 2});
       }},
      {"transposed", image, 6, [](Net& n, ValueId x) { return n.conv_transpose(x, 4); }},
      {"transposed, overlapping", image, 6,
       [](Net& n, ValueId x) {
         return n.op("ConvTranspose", {x, n.constant(n.random({6, 3, 3, 2})), n.constant(n.random({3}))},
                     {{"strides", Shape{2, 1}}, {"pads", Shape{1, 0, 1, 1}}, {"dilations", Shape{1, 2}}});
       }},
      {"transposed, two groups", image, 8, [](Net& n, ValueId x) { return n.conv_transpose(x, 6, 2); }},
      {"dense", image, 6, [](Net& n, ValueId x) { return n.gemm(n.op("Flatten", {n.op("GlobalMaxPool", {x})}), 4); }},
      {"matrix", image, 6,
       [](Net& n, ValueId x) {
         return n.op("MatMul", {n.op("Flatten", {n.op("GlobalMaxPool", {x})}), n.constant(n.random({6, 4}))});
       }},
  };
  for (const Case& each : cases) {
    INFO(each.name);
    ValueId output = kNone;
    const Net net = behind_two_convolutions(each.input, each.width, each.layer, output);
    const Errors errors = errors_of(net, output);
    MESSAGE(each.name, ": cut ", errors.cut, ", reconstructed ", errors.reconstructed, ", best ", errors.best);
    CHECK(errors.best <= errors.reconstructed * (1 + 1e-5));
    CHECK(errors.reconstructed < errors.cut);
    CHECK(errors.cut - errors.reconstructed > 0.8 * (errors.cut - errors.best));
  }
}

TEST_SUITE_END();
