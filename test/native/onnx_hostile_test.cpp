// Damaged networks on the whole way: read, couple, prune, write, read again, run. Each ends with an error that says
// something, or works; none crashes, hangs or takes absurd memory. Mutations are seeded, so a failure comes again.
// ALCEDO_FUZZ_SECONDS=600 goes on with other seeds for that long; ALCEDO_FUZZ_SEED says where to begin.
#include <doctest/doctest.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "base/error.h"
#include "base/error_codes.h"
#include "engine/plan.h"
#include "layers/infer.h"
#include "onnx/export.h"
#include "onnx_build.h"
#include "pruning/pruner.h"

using namespace alcedo;
using namespace alcedo::test;

namespace {

constexpr int64_t kMostElements = 1 << 16;  // of all values of a network that is still run

std::vector<float> ramp(size_t size) {
  std::vector<float> values(size);
  for (size_t i = 0; i < size; ++i) values[i] = static_cast<float>(static_cast<int>(i * 7 % 11) - 5) / 8;
  return values;
}

// Residual, grouped and normalized, with a split and a shuffle of channels.
onnx_pb::ModelProto branches() {
  onnx_pb::ModelProto model = new_model();
  add_input(model, "x", {-1, 4, 6, 6});
  add_output(model, "y", {-1, 3});
  add_weight(model, "w1", {4, 4, 1, 1}, ramp(16));
  add_weight(model, "w2", {4, 1, 3, 3}, ramp(36));
  add_weight(model, "w3", {4, 2, 1, 1}, ramp(8));
  for (const char* name : {"scale", "shift", "mean", "var"}) add_weight(model, name, {4}, {1, 2, 3, 4});
  add_weight(model, "m", {3, 4}, ramp(12));
  add_ints(model, "parts", {2, 2});
  add_ints(model, "five", {0, 2, 2, 6, 6});
  add_ints(model, "four", {0, 4, 6, 6});
  add_node(model, "Conv", "conv1", {"x", "w1"}, {"a"});
  add_node(model, "BatchNormalization", "bn", {"a", "scale", "shift", "mean", "var"}, {"b"});
  auto* depthwise = add_node(model, "Conv", "conv2", {"b", "w2"}, {"c"});
  set_int(depthwise, "group", 4);
  set_ints(depthwise, "pads", {1, 1, 1, 1});
  add_node(model, "Add", "sum", {"b", "c"}, {"d"});
  set_int(add_node(model, "Split", "split", {"d", "parts"}, {"e", "f"}), "axis", 1);
  add_node(model, "Conv", "conv3", {"e", "w3"}, {"g"});
  set_int(add_node(model, "Concat", "cat", {"e", "f"}, {"h"}), "axis", 1);
  add_node(model, "Reshape", "wide", {"h", "five"}, {"i"});
  set_ints(add_node(model, "Transpose", "turn", {"i"}, {"j"}), "perm", {0, 2, 1, 3, 4});
  add_node(model, "Reshape", "narrow", {"j", "four"}, {"k"});
  add_node(model, "Mul", "gate", {"g", "k"}, {"l"});
  add_node(model, "GlobalAveragePool", "pool", {"l"}, {"n"});
  set_int(add_node(model, "Flatten", "flat", {"n"}, {"o"}), "axis", 1);
  set_int(add_node(model, "Gemm", "gemm", {"o", "m"}, {"y"}), "transB", 1);
  return model;
}

// An If and a Loop that are decided by the file.
onnx_pb::ModelProto bodies() {
  onnx_pb::ModelProto model = new_model();
  add_input(model, "x", {1, 2, 4, 4});
  add_output(model, "y", {1, 2, 4, 4});
  add_weight(model, "w", {2, 2, 1, 1}, ramp(4));
  add_ints(model, "count", {3});
  auto* yes = add_ints(model, "yes", {});
  yes->set_data_type(9);
  yes->clear_dims();
  yes->add_int32_data(1);
  add_node(model, "Conv", "conv", {"x", "w"}, {"a"});
  auto* branch = add_node(model, "If", "if", {"yes"}, {"b"});
  for (const char* name : {"then_branch", "else_branch"}) {
    auto* body = add_body(branch, name, "r");
    auto* node = body->add_node();
    node->set_op_type(name[0] == 't' ? "Relu" : "Neg");
    node->add_input("a");
    node->add_output("r");
  }
  auto* loop = add_node(model, "Loop", "loop", {"count", "yes", "b"}, {"y"});
  auto* body = add_body(loop, "body", "go");
  set_info(body->add_input(), "i", {}, 7);
  set_info(body->add_input(), "on", {}, 9);
  set_info(body->add_input(), "s", {1, 2, 4, 4});
  for (const auto& [type, from, to] : {std::tuple{"Identity", "on", "go"}, std::tuple{"Conv", "s", "t"}}) {
    auto* node = body->add_node();
    node->set_op_type(type);
    node->add_input(from);
    if (type[0] == 'C') node->add_input("w");
    node->add_output(to);
  }
  body->add_output()->set_name("t");
  return model;
}

// A recurrent layer behind a convolution, quantized weights, a resize and a pad.
onnx_pb::ModelProto mixed() {
  onnx_pb::ModelProto model = new_model(13);
  add_input(model, "x", {2, 1, 4, 4});
  add_output(model, "y", {2, 2, 10, 10});
  add_output(model, "z", {4, 1, 2, 3});
  auto* weights = model.mutable_graph()->add_initializer();
  weights->set_name("q");
  weights->set_data_type(3);
  for (int64_t dim : {2, 1, 1, 1}) weights->add_dims(dim);
  weights->set_raw_data("\x11\xf0", 2);
  add_weight(model, "s", {}, {0.1F});
  add_weight(model, "scales", {4}, {1, 1, 2, 2});
  add_ints(model, "pads", {0, 0, 1, 1, 0, 0, 1, 1});
  add_weight(model, "w", {1, 12, 8}, ramp(96));
  add_weight(model, "r", {1, 12, 3}, ramp(36));
  add_ints(model, "steps", {4, 2, 8});
  add_node(model, "DequantizeLinear", "dequantize", {"q", "s"}, {"k"});
  add_node(model, "Conv", "conv", {"x", "k"}, {"a"});
  add_node(model, "Resize", "resize", {"a", "", "scales"}, {"b"});
  add_node(model, "Pad", "pad", {"b", "pads"}, {"y"});
  set_ints(add_node(model, "Transpose", "turn", {"a"}, {"c"}), "perm", {2, 0, 1, 3});
  add_node(model, "Reshape", "rows", {"c", "steps"}, {"d"});
  set_int(add_node(model, "LSTM", "lstm", {"d", "w", "r"}, {"z"}), "hidden_size", 3);
  return model;
}

std::string mutated(std::string bytes, const std::vector<std::string>& others, std::mt19937& random) {
  const auto below = [&](size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random); };
  static const std::string numbers[] = {std::string("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10),
                                        std::string("\x80\x80\x80\x80\x80\x20", 6), std::string("\x00", 1),
                                        std::string("\xff\xff\xff\xff\x07", 5)};
  for (size_t change = 0, changes = 1 + below(3); change < changes && bytes.size() > 1; ++change) {
    const size_t at = below(bytes.size()), size = 1 + below(std::min<size_t>(bytes.size() - at, 32));
    switch (below(7)) {
      case 0:
        bytes[at] = static_cast<char>(below(256));
        break;
      case 1:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
        break;
      case 2:
        bytes.erase(at, size);
        break;
      case 3: {
        const std::string& other = others[below(others.size())];
        bytes.insert(at, other.substr(below(other.size()), size));
        break;
      }
      case 4:
        bytes.replace(at, 1, numbers[below(std::size(numbers))]);
        break;
      case 5:
        bytes[at] = static_cast<char>(bytes[at] + (below(2) ? 1 : -1));
        break;
      default:
        std::swap(bytes[at], bytes[below(bytes.size())]);
        break;
    }
  }
  return bytes;
}

bool is_small(const Graph& graph, const std::vector<Shape>& shapes) {
  int64_t elements = 0;
  for (const TensorInfo& info : infer_known(graph, shapes)) {
    if (info.dtype == DType::undefined) return false;
    elements += num_elements(info.shape);
    if (elements > kMostElements) return false;
  }
  return true;
}

void run(const Graph& graph, const std::vector<Shape>& shapes) {
  if (!unsupported_nodes(graph, kOpset).empty() || !is_small(graph, shapes)) return;
  PlanOptions options;
  options.autotune = false;
  InferencePlan plan(graph, shapes, graph.outputs, options);
  Batch batch;
  std::vector<std::vector<float>> inputs;
  for (const Shape& shape : shapes) inputs.emplace_back(2 * num_elements(shape) + 1);  // of any type
  for (const std::vector<float>& input : inputs) batch.inputs.push_back(input.data());
  batch.num = shapes.empty() || shapes[0].empty() ? 1 : shapes[0][0];
  plan.run(batch);
}

struct Counts {
  int read = 0, pruned = 0, run = 0, refused = 0;
};

void whole_way(const std::string& bytes, Counts& counts) {
  OnnxModel model = read_onnx_bytes(bytes.data(), bytes.size());
  ++counts.read;
  const std::vector<Shape> shapes = input_shapes(model.graph, 2, 8);
  run(model.graph, shapes);
  ++counts.run;
  if (!is_small(model.graph, shapes)) return;
  Pruner pruner(model.graph, shapes);
  pruner.set("criterion", std::string("weight_l1"));
  pruner.set("percentage", int64_t{50});
  model.graph = pruner.generate(model.graph);
  const std::string written = write_onnx_bytes(model);
  run(read_onnx_bytes(written.data(), written.size()).graph, shapes);
  ++counts.pruned;
}

// A soft limit on the process's memory, taken back at the end: what asks for more gets std::bad_alloc.
class MemoryLimit {
 public:
  explicit MemoryLimit(rlim_t more) {
    getrlimit(RLIMIT_AS, &before_);
    std::ifstream file("/proc/self/statm");
    rlim_t pages = 0;
    file >> pages;
    rlimit limit = before_;
    limit.rlim_cur = std::min(limit.rlim_max, pages * 4096 + more);
    setrlimit(RLIMIT_AS, &limit);
  }
  ~MemoryLimit() { setrlimit(RLIMIT_AS, &before_); }

 private:
  rlimit before_{};
};

#ifdef __SANITIZE_ADDRESS__
constexpr rlim_t kMoreMemory = rlim_t{1} << 46;  // the sanitizer's shadow
#else
constexpr rlim_t kMoreMemory = rlim_t{1} << 31;
#endif

onnx_pb::GraphProto* add_loop(onnx_pb::NodeProto* node, const std::string& prefix) {
  node->set_op_type("Loop");
  node->set_name(prefix + "loop");
  for (const std::string& input : {std::string("count"), std::string("yes"), std::string("x")}) node->add_input(input);
  node->add_output(prefix + "out");
  auto* body = add_body(node, "body", prefix + "on");
  set_info(body->add_input(), prefix + "i", {}, 7);
  set_info(body->add_input(), prefix + "on", {}, 9);
  set_info(body->add_input(), prefix + "s", {1});
  return body;
}

}  // namespace

TEST_SUITE("onnx") {
  TEST_CASE("hostile: mutations on the whole way") {
    std::vector<std::string> seeds;
    for (const auto& model : {small_network(), branches(), bodies(), mixed()}) {
      seeds.push_back(model.SerializeAsString());
      Counts counts;
      try {
        whole_way(seeds.back(), counts);
      } catch (const HException& error) {
        CAPTURE(error.text());
        CHECK(error.code() == error::kPruningUnsupported);
      }
      CHECK(counts.run == 1);
    }
    const char* seconds = std::getenv("ALCEDO_FUZZ_SECONDS");
    const char* first = std::getenv("ALCEDO_FUZZ_SEED");
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds ? std::atoi(seconds) : 0);
    const uint32_t begin = first ? static_cast<uint32_t>(std::atoi(first)) : 1;
    const MemoryLimit limit(kMoreMemory);
    Counts counts;
    const uint32_t num = 1500;
    for (uint32_t seed = begin; seed < begin + num || std::chrono::steady_clock::now() < end; ++seed) {
      std::mt19937 random(seed);
      const std::string bytes = mutated(seeds[seed % seeds.size()], seeds, random);
      if (seconds) std::ofstream((std::filesystem::temp_directory_path() / "alcedo_fuzz").string()) << seed << '\n';
      CAPTURE(seed);
      try {
        whole_way(bytes, counts);
      } catch (const HException& error) {
        CAPTURE(error.text());
        CHECK(error.text().size() > 8);
        CHECK(error.code() != error::kInternal);
        ++counts.refused;
      } catch (const std::exception& error) {
        FAIL_CHECK("not our error: " << std::string(error.what()));
      }
    }
    MESSAGE(counts.read << " read, " << counts.run << " run, " << counts.pruned << " pruned, " << counts.refused
                        << " refused");
    CHECK(counts.read > 100);
    CHECK(counts.run > 50);
    CHECK(counts.pruned > 20);
    CHECK(counts.refused > 100);
  }

  TEST_CASE("hostile: turns inside of turns take bounded memory") {
    onnx_pb::ModelProto model = new_model();
    add_input(model, "x", {1});
    add_output(model, "y", {1});
    add_ints(model, "count", {5000});
    auto* yes = add_ints(model, "yes", {});
    yes->set_data_type(9);
    yes->clear_dims();
    yes->add_int32_data(1);
    onnx_pb::GraphProto* body = add_loop(model.mutable_graph()->add_node(), "a");
    model.mutable_graph()->mutable_node(0)->set_output(0, "y");
    for (const char* prefix : {"b", "c", "d"}) {
      onnx_pb::GraphProto* inner = add_loop(body->add_node(), prefix);
      body->add_output()->set_name(std::string(prefix) + "out");
      body = inner;
    }
    body->add_output()->set_name("ds");
    const MemoryLimit limit(kMoreMemory);
    const OnnxModel read_back = read(model);
    CHECK(read_back.graph.nodes.size() < 200000);
    CHECK(!unsupported_nodes(read_back.graph, kOpset).empty());
  }
}
