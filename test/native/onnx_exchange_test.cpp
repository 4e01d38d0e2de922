// Runs networks for another program: for every folder below $ALCEDO_EXCHANGE that holds model.onnx and input_<k>.npy,
// writes engine_<k>.npy (the engine's results), output_<k>.npy (the reference functions', unless there is a file
// engine_only) and written.onnx (the model, read and written). Used by test/onnx/agreement.test.ts, which compares them
// with onnxruntime.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "backends/reference/executor.h"
#include "base/error.h"
#include "engine/plan.h"
#include "npy.h"
#include "onnx/export.h"
#include "onnx/import.h"

using namespace alcedo;
namespace fs = std::filesystem;

namespace {

void write_all(const fs::path& folder, const std::string& name, const std::vector<Tensor>& outputs) {
  for (size_t k = 0; k < outputs.size(); ++k) {
    test::write_npy(outputs[k].cast(DType::f32), (folder / (name + "_" + std::to_string(k) + ".npy")).string());
  }
}

std::vector<Tensor> run_engine(const Graph& graph, const std::vector<Tensor>& inputs) {
  Batch batch;
  std::vector<Shape> shapes;
  batch.num = inputs[0].dim(0);
  for (const Tensor& input : inputs) {
    batch.inputs.push_back(input.data<float>());
    shapes.push_back(input.shape());
  }
  PlanOptions options;
  options.autotune = false;
  InferencePlan plan(graph, shapes, graph.outputs, options);
  std::vector<Tensor> outputs;
  for (const Tensor& output : plan.run(batch)) outputs.push_back(output.clone());
  return outputs;
}

void exchange(const fs::path& folder) {
  const OnnxModel model = read_onnx((folder / "model.onnx").string());
  write_onnx(model, (folder / "written.onnx").string());
  std::vector<Tensor> inputs;
  for (size_t k = 0; k < model.graph.inputs.size(); ++k) {
    const fs::path file = folder / ("input_" + std::to_string(k) + ".npy");
    if (fs::exists(file)) inputs.push_back(test::read_npy(file.string()));
  }
  if (inputs.empty()) return;
  write_all(folder, "engine", run_engine(model.graph, inputs));
  if (fs::exists(folder / "engine_only")) return;
  write_all(folder, "output", run_reference(model.graph, inputs, model.graph.outputs));
}

}  // namespace

TEST_SUITE("onnx") {
  TEST_CASE("exchange: networks of another program") {
    const char* root = std::getenv("ALCEDO_EXCHANGE");
    if (!root) return;
    for (const auto& entry : fs::directory_iterator(root)) {
      if (!fs::exists(entry.path() / "model.onnx")) continue;
      try {
        exchange(entry.path());
      } catch (const HException& error) {
        std::ofstream(entry.path() / "error.txt") << error.code() << " " << error.text();
      }
    }
  }
}
