// The ONNX project's own test cases (Debian libonnx-testdata): every case whose operators all have a layer is read, run
// with the reference functions and in the engine, written, read back and run again. What is left out is counted by
// reason.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>

#include "backends/reference/executor.h"
#include "base/error.h"
#include "base/file.h"
#include "engine/plan.h"
#include "layers/layer.h"
#include "onnx.pb.h"
#include "onnx/export.h"
#include "onnx/import.h"
#include "onnx/tensors.h"

using namespace alcedo;
namespace fs = std::filesystem;

namespace {

const fs::path kData = "/usr/share/libonnx-testdata/data";

struct Case {
  onnx_pb::ModelProto model;
  std::vector<onnx_pb::TensorProto> inputs, outputs;
  std::string skip;  // why it cannot run; empty: it has to
};

onnx_pb::TensorProto read_tensor(const fs::path& path) {
  onnx_pb::TensorProto tensor;
  REQUIRE(tensor.ParseFromString(read_file(path.string(), 7780)));
  return tensor;
}

std::string reason_to_skip(const onnx_pb::ModelProto& model, const std::string& name) {
  for (const auto& entry : model.opset_import()) {
    if (entry.domain().empty() && entry.version() < kOldestOpset) return "opset below 7";
  }
  for (const auto& node : model.graph().node()) {
    const std::string type = node.op_type() == "Upsample" ? "Resize" : node.op_type();
    if (!node.domain().empty() && node.domain() != "ai.onnx") return "domain " + node.domain();
    if (node.op_type() != "Constant" && !find_layer(type)) return "no layer " + node.op_type();
  }
  if (name.find("test_training_dropout") == 0 && name.find("zero_ratio") == std::string::npos) {
    return "random numbers of another generator";
  }
  // onnxruntime disagrees with these two as well; later versions of the test data do, too.
  if (name.find("test_resize_downsample_scales") == 0 && name.find("align_corners") != std::string::npos) {
    return "expected output that contradicts the specification";
  }
  for (const auto* infos : {&model.graph().input(), &model.graph().output()}) {
    for (const auto& info : *infos) {
      if (!info.type().has_tensor_type()) return "values that are no tensors";
      const int type = info.type().tensor_type().elem_type();
      if (type == 8 || type == 14 || type == 15) return "strings or complex numbers";
    }
  }
  return "";
}

// Graph inputs that a layer takes as weights or settings become initializers, as in any real network.
void bind_settings(Case& test) {
  auto* graph = test.model.mutable_graph();
  std::set<std::string> settings;
  for (const auto& proto : graph->node()) {
    Node node;
    node.op_type = proto.op_type() == "Upsample" ? "Resize" : proto.op_type();
    for (int i = 0; i < proto.input_size(); ++i) {
      if (input_role(node, static_cast<size_t>(i)) != InputRole::data) settings.insert(proto.input(i));
    }
  }
  std::vector<onnx_pb::TensorProto> left;
  auto* infos = graph->mutable_input();
  // A single integer is a size.
  for (int i = 0; i < infos->size(); ++i) {
    const auto& type = infos->Get(i).type().tensor_type();
    if (type.shape().dim_size() == 0 && (type.elem_type() == 6 || type.elem_type() == 7)) {
      settings.insert(infos->Get(i).name());
    }
  }
  for (int i = 0, k = 0; i < infos->size(); ++k) {
    const std::string name = infos->Get(i).name();
    auto tensor = test.inputs[static_cast<size_t>(k)];
    if (settings.count(name)) {
      tensor.set_name(name);
      *graph->add_initializer() = tensor;
      infos->DeleteSubrange(i, 1);
    } else {
      left.push_back(tensor);
      ++i;
    }
  }
  test.inputs = std::move(left);
}

// Opset 6 gives slopes per channel a shape that does not say so: refused.
std::string per_channel_slope(const Case& test, const std::string& name) {
  for (const auto& weight : test.model.graph().initializer()) {
    if (weight.name() == name && weight.dims_size() == 1 && weight.dims(0) > 1) return "PRelu per channel of opset 6";
  }
  return "";
}

// The bits of bfloat16 tensors are stored as uint16 in the test data.
template <class Infos>
void declare_types(const Infos& infos, std::vector<onnx_pb::TensorProto>& tensors) {
  for (size_t i = 0; i < tensors.size() && static_cast<int>(i) < infos.size(); ++i) {
    if (infos.Get(static_cast<int>(i)).type().tensor_type().elem_type() == 16) tensors[i].set_data_type(16);
  }
}

Case load(const fs::path& folder) {
  Case test;
  REQUIRE(test.model.ParseFromString(read_file((folder / "model.onnx").string(), 7780)));
  test.skip = reason_to_skip(test.model, folder.filename().string());
  if (!test.skip.empty()) return test;
  const fs::path data = folder / "test_data_set_0";
  for (int i = 0; fs::exists(data / ("input_" + std::to_string(i) + ".pb")); ++i) {
    test.inputs.push_back(read_tensor(data / ("input_" + std::to_string(i) + ".pb")));
  }
  for (int i = 0; fs::exists(data / ("output_" + std::to_string(i) + ".pb")); ++i) {
    test.outputs.push_back(read_tensor(data / ("output_" + std::to_string(i) + ".pb")));
  }
  // Old files list weights as graph inputs, too; they have no test data.
  std::set<std::string> weights;
  for (const auto& weight : test.model.graph().initializer()) weights.insert(weight.name());
  auto* infos = test.model.mutable_graph()->mutable_input();
  for (int i = infos->size() - 1; i >= 0; --i) {
    if (weights.count(infos->Get(i).name())) infos->DeleteSubrange(i, 1);
  }
  if (static_cast<int>(test.inputs.size()) != infos->size()) {
    test.skip = "test data without all inputs";
    return test;
  }
  for (const auto& entry : test.model.opset_import()) {
    // A weight that is an input of the test is one of the network.
    for (const auto& node : test.model.graph().node()) {
      if (entry.version() == 6 && node.op_type() == "PRelu") test.skip = per_channel_slope(test, node.input(1));
    }
  }
  if (!test.skip.empty()) return test;
  declare_types(test.model.graph().input(), test.inputs);
  declare_types(test.model.graph().output(), test.outputs);
  for (size_t i = 0; i < test.inputs.size(); ++i) {
    const auto& shape = infos->Get(static_cast<int>(i)).type().tensor_type().shape();
    if (shape.dim_size() != test.inputs[i].dims_size()) test.skip = "test data of another shape than the model's";
  }
  if (test.skip.empty()) bind_settings(test);
  return test;
}

Tensor tensor_of(const onnx_pb::TensorProto& proto) {
  const auto source = onnx::memory_source("", 0);
  onnx::ExternalData external("");
  return onnx::TensorReader(*source, external).read(proto, false, "test data").tensor;
}

double tolerance(int32_t onnx_type) { return onnx_type == 10 ? 2e-3 : onnx_type == 16 ? 1e-2 : 1e-4; }

// "" if equal: floats up to a part of the output's range, all others exactly.
std::string difference(const Tensor& got, const Tensor& wanted, double part) {
  if (got.shape() != wanted.shape()) return "shape " + to_string(got.shape()) + ", not " + to_string(wanted.shape());
  if (got.dtype() != wanted.dtype())
    return std::string("type ") + name_of(got.dtype()) + ", not " + name_of(wanted.dtype());
  if (got.dtype() != DType::f32) return got.to_ints() == wanted.to_ints() ? "" : "other integers";
  const float *a = got.data<float>(), *b = wanted.data<float>();
  double range = 0, largest = 0;
  for (int64_t i = 0; i < got.size(); ++i) {
    if (std::isfinite(b[i])) range = std::max<double>(range, std::abs(b[i]));
  }
  for (int64_t i = 0; i < got.size(); ++i) {
    if (a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]))) continue;
    largest = std::max<double>(largest, std::isfinite(a[i] - b[i]) ? std::abs(a[i] - b[i]) : HUGE_VAL);
  }
  return largest <= part * range ? "" : "difference " + std::to_string(largest) + " at range " + std::to_string(range);
}

std::string run(const OnnxModel& model, const Case& test) {
  std::vector<Tensor> inputs;
  for (const auto& input : test.inputs) inputs.push_back(tensor_of(input));
  const std::vector<Tensor> got = run_reference(model.graph, inputs, model.graph.outputs);
  if (got.size() != test.outputs.size()) return "other number of outputs";
  for (size_t i = 0; i < got.size(); ++i) {
    const std::string what = difference(got[i], tensor_of(test.outputs[i]), tolerance(test.outputs[i].data_type()));
    if (!what.empty()) return "output " + std::to_string(i) + ": " + what;
  }
  return "";
}

// The engine takes float inputs with the samples along axis 0.
bool fits_engine(const OnnxModel& model, const Case& test) {
  for (const auto& input : test.inputs) {
    if (input.data_type() != 1 || input.dims_size() == 0 || input.dims(0) != test.inputs[0].dims(0)) return false;
  }
  return !test.inputs.empty() && test.inputs[0].dims(0) > 0 && model.graph.inputs.size() == test.inputs.size();
}

std::string run_engine(const OnnxModel& model, const Case& test) {
  std::vector<Tensor> inputs;
  std::vector<Shape> shapes;
  Batch batch;
  for (const auto& input : test.inputs) inputs.push_back(tensor_of(input));
  for (const Tensor& input : inputs) {
    shapes.push_back(input.shape());
    batch.inputs.push_back(input.data<float>());
  }
  batch.num = inputs[0].dim(0);
  PlanOptions options;
  options.autotune = false;
  InferencePlan plan(model.graph, shapes, model.graph.outputs, options);
  const std::vector<Tensor>& got = plan.run(batch);
  for (size_t i = 0; i < got.size(); ++i) {
    const std::string what = difference(got[i], tensor_of(test.outputs[i]), tolerance(test.outputs[i].data_type()));
    if (!what.empty()) return "engine, output " + std::to_string(i) + ": " + what;
  }
  return "";
}

int in_engine = 0;

std::string check(const Case& test, const std::string& name) {
  try {
    const std::string bytes = test.model.SerializeAsString();
    const OnnxModel model = read_onnx_bytes(bytes.data(), bytes.size());
    std::string failure = run(model, test);
    if (!failure.empty()) return failure;
    if (fits_engine(model, test)) {
      failure = run_engine(model, test);
      if (!failure.empty()) return failure;
      ++in_engine;
    }
    const std::string written = write_onnx_bytes(model);
    // For a look with the ONNX project's checker: scripts/check-written.py.
    if (const char* folder = std::getenv("ALCEDO_WRITTEN")) {
      std::ofstream(fs::path(folder) / (name + ".onnx"), std::ios::binary) << written;
    }
    failure = run(read_onnx_bytes(written.data(), written.size()), test);
    return failure.empty() ? "" : "after writing: " + failure;
  } catch (const HException& error) {
    return std::to_string(error.code()) + " " + error.text();
  }
}

}  // namespace

TEST_SUITE("onnx") {
  TEST_CASE("conformance: the ONNX project's test cases") {
    if (!fs::exists(kData)) {
      MESSAGE("skipped: Debian package libonnx-testdata is not installed");
      return;
    }
    int passed = 0;
    in_engine = 0;
    std::map<std::string, int> skipped;
    std::vector<std::string> failures;
    std::vector<fs::path> folders;
    for (const char* group : {"node", "simple", "pytorch-converted", "pytorch-operator"}) {
      for (const auto& entry : fs::directory_iterator(kData / group)) folders.push_back(entry.path());
    }
    std::sort(folders.begin(), folders.end());
    for (const fs::path& folder : folders) {
      if (!fs::exists(folder / "model.onnx")) continue;
      const Case test = load(folder);
      if (!test.skip.empty()) {
        ++skipped[test.skip];
        continue;
      }
      const std::string failure = check(test, folder.filename().string());
      if (failure.empty()) {
        ++passed;
      } else {
        failures.push_back(folder.filename().string() + ": " + failure);
      }
    }
    std::ostringstream report;
    int left_out = 0;
    for (const auto& [reason, count] : skipped) {
      report << "\n  " << count << " " << reason;
      left_out += count;
    }
    MESSAGE("ONNX test cases: ", passed, " passed (", in_engine, " in the engine, too), ", failures.size(), " failed, ",
            left_out, " without a layer:", report.str());
    for (const std::string& failure : failures) FAIL_CHECK(failure);
    CHECK(passed > 0);
  }

  // Hostile numbers in every attribute and setting of every test case: an error or a network, never a crash.
  TEST_CASE("conformance: malformed settings of the test cases") {
    if (!fs::exists(kData)) return;
    const int64_t numbers[] = {0, -1, int64_t{1} << 62};
    int read = 0, refused = 0;
    const auto attempt = [&](const onnx_pb::ModelProto& model) {
      const std::string bytes = model.SerializeAsString();
      try {
        read_onnx_bytes(bytes.data(), bytes.size());
        ++read;
      } catch (const HException& error) {
        CHECK(!error.text().empty());
        ++refused;
      }
    };
    for (const auto& entry : fs::directory_iterator(kData / "node")) {
      Case test = load(entry.path());
      if (!test.skip.empty()) continue;
      auto* graph = test.model.mutable_graph();
      for (auto& node : *graph->mutable_node()) {
        for (auto& attribute : *node.mutable_attribute()) {
          const auto before = attribute;
          for (int64_t number : numbers) {
            if (attribute.has_i()) attribute.set_i(number);
            if (attribute.ints_size() > 0) attribute.set_ints(0, number);
            attempt(test.model);
            attribute = before;
          }
        }
        const auto before = node;
        if (node.input_size() > 0) node.mutable_input()->RemoveLast();
        attempt(test.model);
        node = before;
      }
      for (auto& weight : *graph->mutable_initializer()) {
        if (weight.data_type() != 7 || weight.raw_data().size() < 8) continue;
        const auto before = weight;
        for (int64_t number : numbers) {
          std::memcpy(weight.mutable_raw_data()->data(), &number, sizeof number);
          attempt(test.model);
        }
        weight = before;
      }
    }
    CHECK(read > 0);
    CHECK(refused > 0);
  }
}
