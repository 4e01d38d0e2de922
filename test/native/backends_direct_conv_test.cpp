// Our own direct convolution against the layer's reference: channel counts that fill no block, strides, padding,
// dilation, what is fused to it; its result does not depend on the number of threads.
#include "backends/onednn/conv_direct.h"
#include "base/parallel.h"
#include "engine_support.h"

using namespace alcedo;
using namespace alcedo::onednn;
using namespace alcedo::test;

TEST_SUITE_BEGIN("backends");

namespace {

struct Case {
  Shape src;
  int64_t oc;
  std::vector<int64_t> kernel, stride, pads, dilation;
  bool bias, residual;
  Activation activation;
};

std::vector<float> blocked(const Tensor& plain, const MemoryDesc& desc) {
  std::vector<float> data(static_cast<size_t>(desc.elements()), 5.F);
  const auto reorder = create_reorder({DType::f32, plain.shape(), 1}, desc);
  KernelArgs args;
  args.src = {plain.raw()};
  args.dst = {data.data()};
  reorder->forward(args);
  return data;
}

void check_case(const Case& c, Builder& b) {
  CAPTURE(to_string(c.src));
  CAPTURE(c.oc);
  CAPTURE(to_string(c.kernel));
  CAPTURE(to_string(c.stride));
  b.graph = Graph();
  Attributes a;
  a.set("kernel_shape", c.kernel);
  a.set("strides", c.stride);
  a.set("pads", c.pads);
  a.set("dilations", c.dilation);
  const float range = 1.7F / std::sqrt(static_cast<float>(c.src[1] * c.kernel[0] * c.kernel[1]));
  const Tensor image = b.random(c.src);
  const Tensor weights = b.random({c.oc, c.src[1], c.kernel[0], c.kernel[1]}, -range, range);
  const Tensor bias = b.random({c.oc});
  std::vector<ValueId> inputs{b.input(c.src), b.constant(weights)};
  if (c.bias) inputs.push_back(b.constant(bias));
  ValueId y = b.node("Conv", inputs, a);
  std::vector<Tensor> given{image};
  const Shape dst = infer(b.graph, {c.src})[y].shape;
  if (c.residual) {
    given.push_back(b.random(dst));
    y = b.add(y, b.input(dst));
  }
  if (c.activation.kind == Activation::Kind::relu) y = b.relu(y);
  if (c.activation.kind == Activation::Kind::clip) {
    const auto bound = [&](float value) { return b.constant(b.random({}, value, value)); };
    y = b.node("Clip", {y, bound(c.activation.alpha), bound(c.activation.beta)});
  }
  const Tensor expected = run_reference(b.graph, given, {y})[0];

  KernelRequest request;
  request.node = &b.graph.nodes[0];
  request.src = {{DType::f32, c.src, {}}, {DType::f32, weights.shape(), {}}};
  request.parameter = {false, true};
  if (c.bias) {
    request.src.push_back({DType::f32, bias.shape(), {}});
    request.parameter.push_back(true);
  }
  request.dst = {{DType::f32, dst, {}}};
  const MemoryDesc from{DType::f32, c.src, 16}, into{DType::f32, dst, 16};
  request.at_hand = {from, {}, {}};
  request.residual = c.residual;
  request.activation = c.activation;
  ConvShape shape;
  REQUIRE(shape.set(request));

  const std::vector<float> src = blocked(image, from), wanted = blocked(expected, into);
  std::vector<float> earlier;
  const int threads = thread_num();
  for (const int num : {1, 2, 3}) {
    set_thread_num(num);
    DirectConv conv;
    REQUIRE(conv.set(shape, request));
    std::vector<float> form(conv.weights_bytes() / sizeof(float)), shift(conv.bias_bytes() / sizeof(float));
    std::vector<float> scratch(conv.scratch_bytes() / sizeof(float), NAN);
    conv.pack(weights, form.data());
    std::copy_n(bias.data<float>(), bias.size(), shift.data());
    std::vector<float> got(wanted.size(), NAN);
    if (c.residual) got = blocked(given[1], into);
    conv.run(src.data(), form.data(), c.bias ? shift.data() : nullptr, c.residual ? got.data() : nullptr, got.data(),
             scratch.data());
    CHECK(difference(got.data(), wanted.data(), into.elements()) < 2e-6);
    CHECK((earlier.empty() || earlier == got));
    earlier = got;
  }
  set_thread_num(threads);
}

}  // namespace

TEST_CASE("direct convolution: channels, windows and what is fused, equal to the reference for any number of threads") {
  if (channel_block() != 16) return;
  using K = Activation::Kind;
  Builder b;
  const Activation activations[] = {{}, {K::relu}, {K::clip, -0.5F, 0.75F}};
  int i = 0;
  for (const int64_t ic : {1, 6, 8, 16, 17, 40}) {
    for (const int64_t oc : {3, 8, 16, 24, 33, 72}) {
      ++i;
      const bool bias = i % 2 == 0, residual = i % 3 == 0;
      const Activation& activation = activations[i % 3];
      check_case({{2, ic, 9, 7}, oc, {3, 3}, {1, 1}, {1, 1, 1, 1}, {1, 1}, bias, residual, activation}, b);
      check_case({{3, ic, 8, 8}, oc, {3, 3}, {2, 2}, {0, 0, 1, 1}, {1, 1}, !bias, residual, activation}, b);
      check_case({{1, ic, 7, 11}, oc, {1, 1}, {2, 2}, {0, 0, 0, 0}, {1, 1}, bias, !residual, activation}, b);
    }
  }
  check_case({{1, 20, 12, 13}, 12, {5, 3}, {1, 2}, {2, 0, 1, 1}, {1, 1}, true, true, {K::relu}}, b);
  check_case({{2, 20, 12, 13}, 12, {3, 3}, {1, 1}, {2, 2, 2, 2}, {2, 2}, true, false, {K::relu}}, b);
  check_case({{1, 8, 9, 9}, 8, {3, 3}, {1, 1}, {1, 0, 1, 0}, {1, 3}, false, true, {}}, b);
  check_case({{1, 12, 5, 6}, 9, {1, 1}, {1, 1}, {1, 1, 1, 1}, {1, 1}, true, false, {K::relu}}, b);
}

TEST_CASE("direct convolution: several samples in one unit of work, and one sample in bands of rows") {
  if (channel_block() != 16) return;
  Builder b;
  const Activation relu{Activation::Kind::relu};
  check_case({{12, 24, 4, 4}, 40, {3, 3}, {1, 1}, {1, 1, 1, 1}, {1, 1}, true, true, relu}, b);
  check_case({{8, 40, 4, 4}, 24, {1, 1}, {2, 2}, {0, 0, 0, 0}, {1, 1}, true, false, relu}, b);
  check_case({{1, 16, 90, 70}, 16, {3, 3}, {1, 1}, {1, 1, 1, 1}, {1, 1}, true, true, relu}, b);
  check_case({{1, 16, 91, 70}, 8, {3, 3}, {2, 2}, {1, 1, 1, 1}, {1, 1}, true, false, relu}, b);
}

TEST_CASE("direct convolution: refuses what it does not compute") {
  if (channel_block() != 16) return;
  Builder b;
  const ValueId y = b.conv(b.input({2, 16, 8, 8}), 16, 16, {3, 1, 1, 1, 1, false});
  KernelRequest request;
  request.node = &b.graph.nodes[0];
  request.src = {{DType::f32, {2, 16, 8, 8}, {}}, {DType::f32, {16, 16, 3, 3}, {}}};
  request.parameter = {false, true};
  request.dst = {{DType::f32, infer(b.graph, {{2, 16, 8, 8}})[y].shape, {}}};
  request.at_hand = {{DType::f32, {2, 16, 8, 8}, 16}, {}};
  ConvShape shape;
  REQUIRE(shape.set(request));
  DirectConv conv;
  CHECK(conv.set(shape, request));
  KernelRequest other = request;
  other.activation = {Activation::Kind::sigmoid};
  CHECK(!conv.set(shape, other));
  other = request;
  other.activation = {Activation::Kind::clip, 1, 2};  // would move the zeros of padding channels
  CHECK(!conv.set(shape, other));
  other = request;
  other.tail = {{Activation::Kind::relu}};
  CHECK(!conv.set(shape, other));
  other = request;
  other.backward = true;
  CHECK(!conv.set(shape, other));
}

TEST_SUITE_END();
