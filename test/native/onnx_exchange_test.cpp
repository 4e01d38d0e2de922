// Runs networks for another program: for every folder below $ALCEDO_EXCHANGE that holds model.onnx and input_<k>.npy,
// writes output_<k>.npy (reference functions), and written.onnx (the model, read and written). Used by
// test/onnx/agreement.test.ts, which compares both with onnxruntime.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "backends/reference/executor.h"
#include "base/error.h"
#include "npy.h"
#include "onnx/export.h"
#include "onnx/import.h"

using namespace alcedo;
namespace fs = std::filesystem;

namespace {

void exchange(const fs::path& folder) {
  const OnnxModel model = read_onnx((folder / "model.onnx").string());
  write_onnx(model, (folder / "written.onnx").string());
  std::vector<Tensor> inputs;
  for (size_t k = 0; k < model.graph.inputs.size(); ++k) {
    const fs::path file = folder / ("input_" + std::to_string(k) + ".npy");
    if (fs::exists(file)) inputs.push_back(test::read_npy(file.string()));
  }
  if (inputs.empty()) return;
  const std::vector<Tensor> outputs = run_reference(model.graph, inputs, model.graph.outputs);
  for (size_t k = 0; k < outputs.size(); ++k) {
    test::write_npy(outputs[k].cast(DType::f32), (folder / ("output_" + std::to_string(k) + ".npy")).string());
  }
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
