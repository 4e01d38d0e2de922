// Every differentiable layer: its gradient against central differences, in several forms.
#include "layers_run.h"

using namespace alcedo;
using namespace alcedo::testing;

TEST_SUITE_BEGIN("layers");

namespace {

using Ints = std::vector<int64_t>;

struct Random {
  std::mt19937 engine{5};
  Tensor operator()(const Shape& shape, double low = -1, double high = 1) {
    return random_tensor(engine, shape, low, high);
  }
};

}  // namespace

TEST_CASE("gradient: convolutions") {
  Random r;
  check_gradient("Conv", {}, {r({2, 3, 5, 4}), r({4, 3, 3, 3}), r({4})});
  check_gradient("Conv", {{"strides", Ints{2, 1}}, {"pads", Ints{1, 0, 2, 1}}, {"dilations", Ints{1, 2}}},
                 {r({2, 2, 6, 7}), r({3, 2, 3, 2}), r({3})});
  check_gradient("Conv", {{"group", int64_t{2}}, {"auto_pad", std::string("SAME_UPPER")}, {"strides", Ints{2, 2}}},
                 {r({1, 4, 5, 5}), r({6, 2, 3, 3})});
  check_gradient("Conv", {{"group", int64_t{3}}, {"pads", Ints{1, 1}}}, {r({2, 3, 6}), r({6, 1, 3}), r({6})});
  check_gradient("Conv", {{"pads", Ints{0, 1, 1, 1, 0, 1}}}, {r({1, 2, 3, 4, 3}), r({2, 2, 2, 3, 2}), r({2})});
  check_gradient("ConvTranspose", {{"strides", Ints{2, 2}}, {"pads", Ints{1, 0, 0, 1}}, {"output_padding", Ints{1, 0}}},
                 {r({2, 3, 3, 4}), r({3, 2, 3, 3}), r({2})});
  check_gradient("ConvTranspose", {{"group", int64_t{2}}, {"dilations", Ints{2}}},
                 {r({2, 4, 4}), r({4, 3, 2}), r({6})});
}

TEST_CASE("gradient: pooling") {
  Random r;
  for (const char* type : {"MaxPool", "AveragePool"}) {
    check_gradient(type, {{"kernel_shape", Ints{2, 3}}, {"strides", Ints{1, 2}}}, {r({2, 2, 4, 5})});
    check_gradient(type, {{"kernel_shape", Ints{3, 3}}, {"strides", Ints{2, 2}}, {"pads", Ints{1, 1, 1, 1}}},
                   {r({1, 2, 5, 6})});
    check_gradient(type, {{"kernel_shape", Ints{3}}, {"strides", Ints{2}}, {"ceil_mode", int64_t{1}}}, {r({1, 2, 6})});
    check_gradient(type, {{"kernel_shape", Ints{2, 2, 2}}, {"auto_pad", std::string("SAME_LOWER")}},
                   {r({1, 1, 3, 3, 3})});
  }
  check_gradient("AveragePool",
                 {{"kernel_shape", Ints{3, 3}}, {"pads", Ints{1, 1, 1, 1}}, {"count_include_pad", int64_t{1}}},
                 {r({1, 2, 4, 4})});
  check_gradient("AveragePool",
                 {{"kernel_shape", Ints{2, 2}},
                  {"strides", Ints{2, 2}},
                  {"pads", Ints{1, 1, 0, 0}},
                  {"count_include_pad", int64_t{1}},
                  {"ceil_mode", int64_t{1}}},
                 {r({1, 1, 4, 4})});
  check_gradient("GlobalAveragePool", {}, {r({2, 3, 4, 2})});
  check_gradient("GlobalMaxPool", {}, {r({2, 3, 4, 2})});
}

TEST_CASE("gradient: normalisation") {
  Random r;
  const std::vector<Tensor> bn{r({3, 2, 2, 3}), r({2}, 0.5, 1.5), r({2}), r({2}), r({2}, 0.5, 1.5)};
  check_gradient("BatchNormalization", {}, bn, 1, false);
  check_gradient("BatchNormalization", {{"epsilon", 1e-2F}}, bn, 1, true);
  check_gradient("BatchNormalization", {}, {r({5, 3}), r({3}), r({3}), r({3}), r({3}, 0.5, 1.5)}, 1, true);
  check_gradient("InstanceNormalization", {}, {r({2, 3, 3, 2}), r({3}), r({3})});
  check_gradient("GroupNormalization", {{"num_groups", int64_t{2}}}, {r({2, 4, 3}), r({4}), r({4})});
  check_gradient("GroupNormalization", {{"num_groups", int64_t{2}}}, {r({2, 4, 3}), r({2}), r({2})});
  check_gradient("LayerNormalization", {}, {r({2, 3, 4}), r({4}), r({4})});
  check_gradient("LayerNormalization", {{"axis", int64_t{1}}}, {r({2, 3, 4}), r({3, 4})});
  check_gradient("LRN", {{"size", int64_t{3}}, {"alpha", 0.5F}, {"bias", 1.5F}}, {r({2, 5, 2, 1})});
  check_gradient("LRN", {{"size", int64_t{4}}, {"alpha", 0.5F}}, {r({1, 6, 2})});
  check_gradient("Softmax", {}, {r({2, 3, 4})});
  check_gradient("Softmax", {{"axis", int64_t{1}}}, {r({2, 3, 4})});
  check_gradient("LogSoftmax", {{"axis", int64_t{1}}}, {r({2, 3, 4})});
}

TEST_CASE("gradient: products") {
  Random r;
  check_gradient("Gemm", {{"alpha", 0.5F}, {"beta", 2.0F}}, {r({3, 4}), r({4, 2}), r({2})});
  check_gradient("Gemm", {{"transA", int64_t{1}}, {"transB", int64_t{1}}}, {r({4, 3}), r({2, 4}), r({3, 1})});
  check_gradient("Gemm", {{"transB", int64_t{1}}}, {r({3, 4}), r({2, 4})});
  check_gradient("MatMul", {}, {r({3, 4}), r({4, 2})});
  check_gradient("MatMul", {}, {r({2, 1, 3, 4}), r({3, 4, 2})});
  check_gradient("MatMul", {}, {r({4}), r({2, 4, 3})});
  check_gradient("MatMul", {}, {r({2, 3, 4}), r({4})});
}

TEST_CASE("gradient: element-wise functions") {
  Random r;
  for (const char* type :
       {"Relu", "LeakyRelu", "Sigmoid",  "HardSigmoid", "HardSwish", "Tanh",     "Exp",      "Neg",  "Abs",
        "Erf",  "Elu",       "Selu",     "Celu",        "Gelu",      "Softplus", "Softsign", "Mish", "Swish",
        "Sin",  "Cos",       "Identity", "Floor",       "Ceil",      "Round",    "Sign"}) {
    check_gradient(type, {}, {r({3, 4}, -4, 4)});
  }
  for (const char* type : {"Sqrt", "Log", "Reciprocal"}) check_gradient(type, {}, {r({3, 4}, 0.3, 4)});
  check_gradient("Gelu", {{"approximate", std::string("tanh")}}, {r({3, 4}, -4, 4)});
  check_gradient("LeakyRelu", {{"alpha", 0.3F}}, {r({3, 4})});
  check_gradient("Swish", {{"alpha", 1.7F}}, {r({3, 4}, -4, 4)});
  check_gradient("HardSigmoid", {{"alpha", 0.3F}, {"beta", 0.4F}}, {r({3, 4}, -4, 4)});
  check_gradient("Celu", {{"alpha", 2.0F}}, {r({3, 4}, -4, 4)});
  check_gradient("ThresholdedRelu", {{"alpha", 0.5F}}, {r({3, 4}, -2, 2)});
  check_gradient("Clip", {}, {r({3, 4}), Tensor::scalar<double>(-0.5), Tensor::scalar<double>(0.4)});
  check_gradient("Clip", {}, {r({3, 4}), Tensor(), Tensor::scalar<double>(0.1)});
  check_gradient("Cast", {{"to", int64_t{11}}}, {r({3, 4})});
}

TEST_CASE("gradient: broadcasting") {
  Random r;
  for (const char* type : {"Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "Mean"}) {
    check_gradient(type, {}, {r({2, 3, 4}, 0.5, 2), r({2, 3, 4}, 0.5, 2)});
    check_gradient(type, {}, {r({2, 3, 4}, 0.5, 2), r({3, 1}, 0.5, 2)});
    check_gradient(type, {}, {r({1}, 0.5, 2), r({2, 3, 1}, 0.5, 2)});
  }
  for (const char* type : {"Max", "Min", "Sum", "Mean"}) {
    check_gradient(type, {}, {r({2, 1}), r({3}), r({2, 3}), r({1})});
    check_gradient(type, {}, {r({2, 3})});
  }
  check_gradient("Pow", {}, {r({2, 3}, 0.5, 2), r({3}, -2, 2)});
  check_gradient("Pow", {}, {r({2, 3}), Tensor::scalar<double>(2)});
  check_gradient("PRelu", {}, {r({2, 3, 4}), r({3, 1})});
  check_gradient("Where", {}, {Tensor::of<int64_t>({3}, {1, 0, 1}).cast(DType::boolean), r({2, 3}), r({2, 1})});
}

TEST_CASE("gradient: moving elements") {
  Random r;
  check_gradient("Transpose", {{"perm", Ints{2, 0, 1}}}, {r({2, 3, 4})});
  check_gradient("Transpose", {}, {r({2, 3, 4})});
  check_gradient("Flatten", {}, {r({2, 3, 4})});
  check_gradient("Reshape", {}, {r({2, 3, 4}), ints({0, -1})});
  check_gradient("Squeeze", {}, {r({2, 1, 4}), ints({1})});
  check_gradient("Unsqueeze", {}, {r({2, 4}), ints({0, -1})});
  check_gradient("Concat", {{"axis", int64_t{1}}}, {r({2, 1, 3}), r({2, 2, 3}), r({2, 3, 3})});
  check_gradient("Split", {{"axis", int64_t{1}}}, {r({2, 6}), ints({1, 2, 3})}, 3);
  check_gradient("TopK", {{"axis", int64_t{1}}}, {r({2, 6, 2}), ints({3})});
  check_gradient("Slice", {}, {r({4, 5}), ints({3, 1}), ints({0, 5}), ints({0, 1}), ints({-1, 2})});
  check_gradient("Gather", {{"axis", int64_t{1}}}, {r({2, 4, 2}), Tensor::of<int64_t>({2, 2}, {0, 3, -1, 0})});
  for (const char* mode : {"constant", "reflect", "edge", "wrap"}) {
    check_gradient("Pad", {{"mode", std::string(mode)}}, {r({3, 4}), ints({1, 2, 2, -1})});
  }
  check_gradient("Expand", {}, {r({3, 1}), ints({2, 1, 4})});
  check_gradient("Tile", {}, {r({2, 3}), ints({2, 3})});
  check_gradient("DepthToSpace", {{"blocksize", int64_t{2}}}, {r({1, 8, 2, 3})});
  check_gradient("DepthToSpace", {{"blocksize", int64_t{2}}, {"mode", std::string("CRD")}}, {r({1, 8, 2, 3})});
  check_gradient("SpaceToDepth", {{"blocksize", int64_t{2}}}, {r({1, 2, 4, 6})});
  check_gradient("Dropout", {}, {r({3, 40})}, 2, true);
  check_gradient("Dropout", {}, {r({3, 4})}, 2, false);
}

TEST_CASE("gradient: reductions") {
  Random r;
  for (const char* type : {"ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2",
                           "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp", "ReduceProd"}) {
    check_gradient(type, {{"axes", Ints{1, 2}}}, {r({2, 3, 2}, 0.5, 2)});
    check_gradient(type, {{"keepdims", int64_t{0}}}, {r({2, 3, 2}, 0.5, 2), ints({-2})});
    check_gradient(type, {{"keepdims", int64_t{0}}}, {r({2, 3}, 0.5, 2)});
  }
}

TEST_CASE("gradient: resize") {
  Random r;
  for (const char* mode : {"nearest", "linear", "cubic"}) {
    for (const char* place : {"half_pixel", "align_corners", "asymmetric", "pytorch_half_pixel"}) {
      const AttributeList attributes{{"mode", std::string(mode)},
                                     {"coordinate_transformation_mode", std::string(place)}};
      check_gradient("Resize", attributes, {r({1, 2, 4, 3}), Tensor(), Tensor(), ints({1, 2, 7, 2})});
      check_gradient("Resize", attributes, {r({2, 3}), Tensor(), floats({2}, {1.0F, 2.0F})});
    }
  }
  check_gradient(
      "Resize",
      {{"mode", std::string("linear")}, {"coordinate_transformation_mode", std::string("tf_crop_and_resize")}},
      {r({4, 4}), floats({4}, {0.4F, 0.6F, 1.2F, 1.7F}), Tensor(), ints({3, 3})});
  check_gradient("Resize", {{"mode", std::string("cubic")}, {"exclude_outside", int64_t{1}}},
                 {r({4, 4}), Tensor(), floats({2}, {0.8F, 2.0F})});
}

TEST_CASE("gradient: recurrent layers") {
  Random r;
  check_gradient("LSTM", {}, {r({3, 2, 4}), r({1, 12, 4}), r({1, 12, 3})}, 3);
  check_gradient(
      "LSTM", {{"direction", std::string("bidirectional")}},
      {r({3, 2, 2}), r({2, 12, 2}), r({2, 12, 3}), r({2, 24}), Tensor(), r({2, 2, 3}), r({2, 2, 3}), r({2, 9})}, 3);
  check_gradient("LSTM", {{"direction", std::string("reverse")}, {"layout", int64_t{1}}},
                 {r({2, 3, 2}), r({1, 8, 2}), r({1, 8, 2})}, 1);
  for (int64_t after : {0, 1}) {
    check_gradient("GRU", {{"linear_before_reset", after}}, {r({3, 2, 4}), r({1, 9, 4}), r({1, 9, 3})}, 2);
    check_gradient("GRU", {{"linear_before_reset", after}, {"direction", std::string("bidirectional")}},
                   {r({3, 2, 2}), r({2, 9, 2}), r({2, 9, 3}), r({2, 18}), Tensor(), r({2, 2, 3})}, 2);
  }
}

TEST_SUITE_END();
