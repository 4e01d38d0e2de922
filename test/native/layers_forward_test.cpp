// Forward results against small numbers worked out by hand, and what inference refuses.
#include "base/error.h"
#include "layers_run.h"

using namespace alcedo;
using namespace alcedo::testing;

TEST_SUITE_BEGIN("layers");

namespace {

using Ints = std::vector<int64_t>;

Tensor run_one(const std::string& type, const AttributeList& attributes, const std::vector<Tensor>& src) {
  return run(type, attributes, src)[0];
}

std::string refusal(const std::string& type, const AttributeList& attributes, const std::vector<Tensor>& src) {
  try {
    run(type, attributes, src);
  } catch (const HException& e) {
    CHECK(e.code() == 7773);
    return e.text();
  }
  return "";
}

}  // namespace

TEST_CASE("convolution by hand") {
  const Tensor x = counting({1, 1, 3, 3}), ones = floats({1, 1, 2, 2}, {1, 1, 1, 1});
  check_values(run_one("Conv", {}, {x, ones}), {1, 1, 2, 2}, {8, 12, 20, 24});
  check_values(run_one("Conv", {}, {x, ones, floats({1}, {0.5F})}), {1, 1, 2, 2}, {8.5, 12.5, 20.5, 24.5});
  check_values(run_one("Conv", {{"auto_pad", std::string("SAME_UPPER")}}, {x, ones}), {1, 1, 3, 3},
               {8, 12, 7, 20, 24, 13, 13, 15, 8});
  check_values(run_one("Conv", {{"auto_pad", std::string("SAME_LOWER")}}, {x, ones}), {1, 1, 3, 3},
               {0, 1, 3, 3, 8, 12, 9, 20, 24});
  check_values(run_one("Conv", {{"dilations", Ints{2, 2}}}, {x, ones}), {1, 1, 1, 1}, {16});
  check_values(run_one("Conv", {{"group", int64_t{2}}}, {counting({1, 2, 2}), floats({2, 1, 1}, {1, 10})}), {1, 2, 2},
               {0, 1, 20, 30});
  check_values(run_one("ConvTranspose", {{"strides", Ints{2, 2}}}, {floats({1, 1, 1, 2}, {1, 2}), ones}), {1, 1, 2, 4},
               {1, 1, 2, 2, 1, 1, 2, 2});
  check_values(run_one("ConvTranspose", {{"output_shape", Ints{4}}, {"strides", Ints{2}}},
                       {floats({1, 1, 2}, {1, 2}), floats({1, 1, 3}, {1, 1, 1})}),
               {1, 1, 4}, {1, 3, 2, 2});
}

TEST_CASE("pooling by hand") {
  const Tensor x = counting({1, 1, 3, 3});
  check_values(run_one("MaxPool", {{"kernel_shape", Ints{2, 2}}}, {x}), {1, 1, 2, 2}, {4, 5, 7, 8});
  check_values(
      run_one("MaxPool", {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}, {"ceil_mode", int64_t{1}}}, {x}),
      {1, 1, 2, 2}, {4, 5, 7, 8});
  const std::vector<Tensor> both =
      run("MaxPool", {{"kernel_shape", Ints{2, 2}}, {"storage_order", int64_t{1}}}, {x}, 2);
  check_values(both[1], {1, 1, 2, 2}, {4, 7, 5, 8});
  const AttributeList padded{{"kernel_shape", Ints{2, 2}}, {"pads", Ints{1, 1, 0, 0}}};
  check_values(run_one("AveragePool", padded, {x}), {1, 1, 3, 3}, {0, 0.5, 1.5, 1.5, 2, 3, 4.5, 5, 6});
  AttributeList counted = padded;
  counted.push_back({"count_include_pad", int64_t{1}});
  check_values(run_one("AveragePool", counted, {x}), {1, 1, 3, 3}, {0, 0.25, 0.75, 0.75, 2, 3, 2.25, 5, 6});
  check_values(run_one("GlobalAveragePool", {}, {x}), {1, 1, 1, 1}, {4});
  check_values(run_one("GlobalMaxPool", {}, {x}), {1, 1, 1, 1}, {8});
}

TEST_CASE("batch normalization: modes and running statistics") {
  const Tensor x = floats({2, 1, 2}, {1, 2, 3, 6});
  const std::vector<Tensor> src{x, floats({1}, {2}), floats({1}, {1}), floats({1}, {1}), floats({1}, {4})};
  const AttributeList exact{{"epsilon", 0.0F}, {"momentum", 0.75F}};
  check_values(run(make_node("BatchNormalization", exact, 5), src)[0], {2, 1, 2}, {1, 2, 3, 6});
  // batch: mean 3, biased variance 3.5, unbiased 14 / 3
  Tensor mean(DType::f32, {1}), var(DType::f32, {1});
  const std::vector<Tensor*> statistics{&mean, &var};
  const double d = std::sqrt(3.5);
  check_values(run(make_node("BatchNormalization", exact, 5), src, true, 0, &statistics)[0], {2, 1, 2},
               {1 - 4 / d, 1 - 2 / d, 1, 1 + 6 / d});
  check_values(mean, {1}, {0.75 + 0.25 * 3});
  check_values(var, {1}, {3 + 0.25 * 14 / 3});
  AttributeList onnx = exact;
  onnx.push_back({"training_mode", int64_t{1}});
  const std::vector<Tensor> three = run(make_node("BatchNormalization", onnx, 5, 3), src);
  check_values(three[1], {1}, {0.75 + 0.25 * 3});
  check_values(three[2], {1}, {3 + 0.25 * 3.5});
}

TEST_CASE("products by hand") {
  const Tensor a = floats({2, 2}, {1, 2, 3, 4}), b = floats({2, 2}, {5, 6, 7, 8});
  check_values(run_one("MatMul", {}, {a, b}), {2, 2}, {19, 22, 43, 50});
  check_values(run_one("Gemm", {{"transB", int64_t{1}}, {"alpha", 2.0F}, {"beta", 3.0F}}, {a, b, floats({2}, {1, 2})}),
               {2, 2}, {37, 52, 81, 112});
  check_values(run_one("MatMul", {}, {floats({2}, {1, 2}), b}), {2}, {19, 22});
  check_values(run_one("MatMul", {}, {Tensor::of<int64_t>({1, 2}, {1, 2}), Tensor::of<int64_t>({2, 1}, {3, 4})}),
               {1, 1}, {11});
}

TEST_CASE("element-wise by hand") {
  const Tensor x = floats({5}, {-4, -1, 0, 1, 4});
  check_values(run_one("Relu", {}, {x}), {5}, {0, 0, 0, 1, 4});
  check_values(run_one("HardSwish", {}, {x}), {5}, {0, -1.0 / 3, 0, 2.0 / 3, 4});
  check_values(run_one("Swish", {}, {x}), {5}, {-0.0719448, -0.2689414, 0, 0.7310586, 3.9280552});
  check_values(run_one("Swish", {{"alpha", 0.5F}}, {x}), {5}, {-0.4768117, -0.3775407, 0, 0.6224593, 3.5231883});
  check_values(run_one("HardSigmoid", {}, {x}), {5}, {0, 0.3, 0.5, 0.7, 1});
  check_values(run_one("Sigmoid", {}, {x}), {5}, {0.0179862, 0.2689414, 0.5, 0.7310586, 0.9820138});
  check_values(run_one("LeakyRelu", {{"alpha", 0.5F}}, {x}), {5}, {-2, -0.5, 0, 1, 4});
  check_values(run_one("Clip", {}, {x, floats({}, {-1}), floats({}, {2})}), {5}, {-1, -1, 0, 1, 2});
  check_values(run_one("Round", {}, {floats({4}, {0.5F, 1.5F, -0.5F, 2.4F})}), {4}, {0, 2, 0, 2});
  check_values(run_one("PRelu", {}, {counting({1, 2, 1}), floats({2, 1}, {1, 2})}), {1, 2, 1}, {0, 1});
  check_values(run_one("Div", {}, {ints({7, -7}), ints({2, 2})}), {2}, {3, -3});
  check_values(run_one("Div", {}, {ints({7}), ints({0})}), {1}, {0});
  check_values(run_one("Max", {}, {x, floats({1}, {0}), floats({}, {2})}), {5}, {2, 2, 2, 2, 4});
  check_values(run_one("Add", {}, {counting({2, 1}), counting({3})}), {2, 3}, {0, 1, 2, 1, 2, 3});
  check_values(run_one("Pow", {}, {floats({2}, {2, 3}), ints({3})}), {2}, {8, 27});
  check_values(run_one("Less", {}, {x, floats({}, {0})}), {5}, {1, 1, 0, 0, 0});
  check_values(run_one("Softmax", {{"axis", int64_t{0}}}, {floats({2}, {0, std::log(3.0F)})}), {2}, {0.25, 0.75});
  check_values(run_one("LogSoftmax", {}, {floats({2}, {1000, 1000})}), {2}, {-0.6931472, -0.6931472});
  // 16-bit floats go through float32
  const Tensor half = run_one("Sigmoid", {}, {x.cast(DType::f16)});
  CHECK(half.dtype() == DType::f16);
  check_values(half, {5}, {0.0179862, 0.2689414, 0.5, 0.7310586, 0.9820138}, 1e-3);
}

TEST_CASE("moving elements by hand") {
  const Tensor x = counting({2, 3});
  check_values(run_one("Transpose", {}, {x}), {3, 2}, {0, 3, 1, 4, 2, 5});
  check_values(run_one("Slice", {}, {x, ints({-1}), ints({-100}), ints({1}), ints({-1})}), {2, 3}, {2, 1, 0, 5, 4, 3});
  check_values(run_one("Slice", {}, {x, ints({1}), ints({100}), ints({-1})}), {2, 2}, {1, 2, 4, 5});
  check_values(run_one("Gather", {{"axis", int64_t{1}}}, {x, ints({2, -3})}), {2, 2}, {2, 0, 5, 3});
  check_values(run_one("Pad", {}, {counting({2}), ints({1, 2}), floats({}, {9})}), {5}, {9, 0, 1, 9, 9});
  check_values(run_one("Pad", {{"mode", std::string("reflect")}}, {counting({3}), ints({2, 2})}), {7},
               {2, 1, 0, 1, 2, 1, 0});
  check_values(run_one("Pad", {}, {counting({3}), ints({-1, 0})}), {2}, {1, 2});
  check_values(run_one("Tile", {}, {counting({2}), ints({2})}), {4}, {0, 1, 0, 1});
  check_values(run_one("Expand", {}, {counting({2, 1}), ints({1, 2})}), {2, 2}, {0, 0, 1, 1});
  check_values(run("Split", {{"axis", int64_t{1}}}, {x, ints({1, 2})}, 2)[1], {2, 2}, {1, 2, 4, 5});
  check_values(run_one("DepthToSpace", {{"blocksize", int64_t{2}}}, {counting({1, 4, 1, 1})}), {1, 1, 2, 2},
               {0, 1, 2, 3});
  check_values(run_one("DepthToSpace", {{"blocksize", int64_t{2}}}, {counting({1, 8, 1, 1})}), {1, 2, 2, 2},
               {0, 2, 4, 6, 1, 3, 5, 7});
  check_values(
      run_one("DepthToSpace", {{"blocksize", int64_t{2}}, {"mode", std::string("CRD")}}, {counting({1, 8, 1, 1})}),
      {1, 2, 2, 2}, {0, 1, 2, 3, 4, 5, 6, 7});
  check_values(run_one("SpaceToDepth", {{"blocksize", int64_t{2}}}, {counting({1, 1, 2, 2})}), {1, 4, 1, 1},
               {0, 1, 2, 3});
  check_values(run_one("Resize", {}, {counting({2}), Tensor(), floats({1}, {2})}), {4}, {0, 0, 1, 1});
  check_values(run_one("Resize", {{"mode", std::string("linear")}}, {counting({2}), Tensor(), floats({1}, {2})}), {4},
               {0, 0.25, 0.75, 1});
  check_values(run_one("Range", {}, {floats({}, {1}), floats({}, {2}), floats({}, {0.25F})}), {4},
               {1, 1.25, 1.5, 1.75});
  check_values(run_one("Shape", {{"start", int64_t{-1}}}, {x}), {1}, {3});
  check_values(run_one("ReduceMean", {{"axes", Ints{0}}, {"keepdims", int64_t{0}}}, {x}), {3}, {1.5, 2.5, 3.5});
  check_values(run_one("ArgMax", {{"axis", int64_t{1}}}, {floats({2, 3}, {1, 3, 3, 2, 0, 1})}), {2, 1}, {1, 0});
  const Tensor rows = floats({2, 3}, {1, 3, 3, NAN, 0, 1});
  check_values(run("TopK", {}, {rows, ints({2})}, 2)[1], {2, 2}, {1, 2, 0, 2});
  check_values(run("TopK", {{"axis", int64_t{0}}, {"largest", int64_t{0}}}, {counting({3, 2}), ints({2})}, 2)[0],
               {2, 2}, {0, 1, 2, 3});
  check_values(run_one("Cast", {{"to", int64_t{7}}}, {floats({2}, {1.9F, -1.9F})}), {2}, {1, -1});
}

TEST_CASE("dropout: seeded, only in training") {
  const Node node = make_node("Dropout", {}, 2, 2);
  Tensor ones(DType::f32, {1000});
  for (int i = 0; i < 1000; ++i) ones.data<float>()[i] = 1;
  const std::vector<Tensor> src{ones, floats({}, {0.25F})};
  const std::vector<Tensor> a = run(node, src, true, 1), b = run(node, src, true, 1), c = run(node, src, true, 2);
  int kept = 0, differ = 0;
  for (int i = 0; i < 1000; ++i) {
    const float v = a[0].data<float>()[i];
    CHECK((v == 0.0F || v == doctest::Approx(4.0 / 3)));
    CHECK(v == b[0].data<float>()[i]);
    kept += v != 0.0F;
    differ += v != c[0].data<float>()[i];
  }
  CHECK(kept > 690);
  CHECK(kept < 810);
  CHECK(differ > 200);
  CHECK(run(node, src, false)[0].data<float>()[3] == 1.0F);
}

TEST_CASE("what does not fit is refused with the node's name") {
  CHECK(refusal("Conv", {}, {counting({1, 4, 3, 3}), counting({2, 3, 1, 1})}) ==
        "[Conv n] weights have 3 input channels, src has 4");
  CHECK(refusal("Conv", {}, {counting({1, 1, 3, 3}), counting({1, 1, 5, 5})}).find("larger than") != std::string::npos);
  CHECK(refusal("Conv", {{"strides", Ints{0, 1}}}, {counting({1, 1, 3, 3}), counting({1, 1, 1, 1})}) != "");
  CHECK(refusal("Conv", {{"group", int64_t{0}}}, {counting({1, 1, 3, 3}), counting({1, 1, 1, 1})}) != "");
  CHECK(refusal("Conv", {}, {counting({1, 1, 3, 3}), counting({1, 1, 1, 1}).cast(DType::i8)}).find("int8") !=
        std::string::npos);
  CHECK(refusal("Gemm", {}, {counting({2, 3}), counting({2, 3})}) != "");
  CHECK(refusal("Pad", {}, {counting({2, 3}), ints({-3, 0, 0, 0})}) != "");
  CHECK(refusal("ReduceMean", {{"axes", Ints{2}}}, {counting({2, 3})}) != "");
  CHECK(refusal("Add", {}, {counting({2}), counting({3})}) == "[Add n] shapes [2] and [3] do not broadcast");
  CHECK(refusal("Reshape", {}, {counting({2, 3}), ints({4, -1})}) != "");
  CHECK(refusal("Concat", {{"axis", int64_t{3}}}, {counting({2, 3}), counting({2, 3})}) != "");
  CHECK(refusal("Transpose", {{"perm", Ints{0, 0}}}, {counting({2, 3})}) != "");
  CHECK(refusal("Split", {}, {counting({3}), ints({1, 1})}) != "");
  CHECK(refusal("TopK", {}, {counting({3}), ints({4})}) != "");
  CHECK(refusal("BatchNormalization", {},
                {counting({1, 2, 1}), counting({2}), counting({3}), counting({2}), counting({2})}) != "");
}

TEST_SUITE_END();
