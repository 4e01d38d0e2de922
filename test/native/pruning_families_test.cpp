// Every family of image networks: pruned equals zeroed. With ALCEDO_FILES=folder both are also written, for onnxruntime
// to judge (test/pruning/onnxruntime.test.ts); with ALCEDO_MODELS=a.onnx:b.onnx those of real networks as well.
#include "pruning_families.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "layers/infer.h"
#include "onnx/export.h"
#include "onnx/import.h"
#include "pruning/kernel_weights.h"
#include "pruning_check.h"

using namespace alcedo;
using namespace alcedo::testing;

namespace {

// The graph with a product by 0 and 1 behind every value that has channels to zero.
Graph masked(const Graph& graph, const std::vector<TensorInfo>& info, const std::vector<ChannelIndex>& zeroed) {
  Graph result = graph;
  std::vector<Node> nodes;
  for (const Node& node : graph.nodes) {
    nodes.push_back(node);
    for (size_t i = 0; i < node.outputs.size(); ++i) {
      const ValueId value = node.outputs[i];
      std::map<int, Tensor> masks;  // per axis
      for (const ChannelIndex& c : zeroed) {
        if (c.value != value) continue;
        Tensor& mask = masks[c.axis];
        if (!mask.defined()) {
          Shape shape(info[value].shape.size(), 1);
          shape[c.axis] = info[value].shape[c.axis];
          mask = Tensor(DType::f32, shape);
          std::fill_n(mask.data<float>(), mask.size(), 1.0F);
        }
        mask.data<float>()[c.index] = 0.0F;
      }
      for (auto& [axis, mask] : masks) {
        const ValueId before = result.add_value({graph.values[value].name + "_before_" + std::to_string(axis)});
        for (ValueId& output : nodes[nodes.size() - 1].outputs) {
          if (output == value) output = before;
        }
        const std::string name = graph.values[value].name + "_mask_" + std::to_string(axis);
        nodes.push_back(
            {name,
             "Mul",
             {},
             {before, result.add_constant(name, info[value].dtype == DType::f32 ? mask : mask.cast(info[value].dtype))},
             {value}});
      }
    }
  }
  result.nodes = nodes;
  return result;
}

// Writes NAME.pruned.onnx (30 % less) and NAME.zeroed.onnx.
void write_pair(const std::string& folder, const std::string& name, const OnnxModel& model,
                const std::vector<Shape>& input_shapes) {
  const Graph& graph = model.graph;
  const std::vector<TensorInfo> info = infer_known(graph, input_shapes);
  const Coupling coupling(graph, info);
  Shuffled groups(coupling, 3);
  std::vector<double> size;  // of an average weight
  for (size_t g = 0; g < coupling.groups().size(); ++g) {
    double sum = 0.0;
    const std::vector<float> weights = group_weights(graph, coupling, static_cast<int32_t>(g));
    for (float w : weights) sum += std::fabs(w);
    size.push_back(sum / static_cast<double>(std::max<size_t>(weights.size(), 1)));
  }
  const auto by_size = [&](int32_t a, int32_t b) { return size[a] < size[b]; };
  std::stable_sort(groups.order.begin(), groups.order.end(), by_size);
  std::vector<double> members(coupling.set_num(), 0.0), place(coupling.set_num(), 0.0);  // every layer gives its share
  for (const ChannelGroup& group : coupling.groups()) members[group.set] += 1.0;
  for (int32_t g : groups.order) {
    const int32_t set = coupling.groups()[g].set;
    size[g] = (place[set] += 1.0) / members[set];
  }
  std::stable_sort(groups.order.begin(), groups.order.end(), by_size);
  const std::vector<bool> removed = select_groups(coupling, groups.order, {}, groups.most * 3 / 10);
  const auto points = find_ablation_points(graph, coupling, info);
  OnnxModel pruned = model, zeroed = model;
  pruned.graph = slice_graph(graph, info, coupling, removed, input_shapes);
  zeroed.graph = masked(without_hidden_units(graph, coupling, removed), info, zeroed_channels(removed, points));
  write_onnx(pruned, folder + "/" + name + ".pruned.onnx");
  write_onnx(zeroed, folder + "/" + name + ".zeroed.onnx");
  MESSAGE(name, ": ", count_kernels(coupling, removed), " of ", groups.most, " kernels");
}

}  // namespace

TEST_SUITE_BEGIN("pruning");

TEST_CASE("families: pruned equals zeroed") {
  const char* folder = std::getenv("ALCEDO_FILES");
  for (const Family& family : all_families()) {
    CAPTURE(family.name);
    Net net;
    family.build(net);
    const int64_t most = check_exact(net.graph, net.input_shapes, 3, 1e-4F, {30, 100});
    CHECK(most > 0);
    if (std::string(family.name).find("convnext") == 0) CHECK(most == 3 * 6 - 1 + 3 * 8 - 1);  // the wide middles
    if (folder != nullptr) write_pair(folder, family.name, {net.graph, nullptr}, net.input_shapes);
  }
  Net net;  // every other convolution of it meets a normalization over all channels
  families::convnext(net);
  const Coupling coupling(net.graph, infer(net.graph, net.input_shapes));
  for (const Convolution& convolution : coupling.convolutions()) {
    CHECK((convolution.prunable || convolution.reason.find("[LayerNormalization") == 0));
  }
}

// As a file of that opset says it: read, pruned, written, read again.
TEST_CASE("families: pruned equals zeroed in the spelling of every opset") {
  const std::vector<int64_t> opsets{7, 9, 10, 11, 12, 13, 15, 17, 18, 20, 21};
  size_t turn = 0;
  for (const Family& family : all_families()) {
    for (int i = 0; i < 2; ++i) {
      const int64_t opset = opsets[turn++ % opsets.size()];
      CAPTURE(family.name);
      CAPTURE(opset);
      Net net;
      family.build(net);
      OnnxModel model{net.graph, std::make_shared<Metadata>()};
      model.source->opsets[""] = opset;  // kept where it has all of the network's operators
      const std::string bytes = write_onnx_bytes(model);
      OnnxModel file = read_onnx_bytes(bytes.data(), bytes.size());
      const std::vector<TensorInfo> info = infer(file.graph, net.input_shapes);
      const Coupling coupling(file.graph, info);
      const Shuffled groups(coupling, static_cast<uint32_t>(opset));
      const std::vector<bool> removed = select_groups(coupling, groups.order, {}, groups.most / 2);
      const auto points = find_ablation_points(file.graph, coupling, info);
      const std::vector<Tensor> inputs = random_inputs(net.input_shapes);
      const Graph whole = file.graph;
      const std::vector<Tensor> want = evaluate(whole, inputs, zeroed_channels(removed, points));
      file.graph = slice_graph(whole, info, coupling, removed, net.input_shapes);
      const std::string less = write_onnx_bytes(file);
      CHECK((less.size() < bytes.size()) == (groups.most > 0));
      const Graph pruned = read_onnx_bytes(less.data(), less.size()).graph;
      const std::vector<Tensor> got = evaluate(pruned, inputs);
      for (size_t o = 0; o < whole.outputs.size(); ++o) {
        const Tensor& expected = want[whole.outputs[o]];
        CHECK(max_difference(expected, got[pruned.outputs[o]]) <= 1e-4F * max_abs(expected));
      }
    }
  }
}

TEST_CASE("real networks: pruned and zeroed files" * doctest::skip(std::getenv("ALCEDO_MODELS") == nullptr)) {
  std::stringstream paths(std::getenv("ALCEDO_MODELS"));
  for (std::string path; std::getline(paths, path, ':');) {
    CAPTURE(path);
    const OnnxModel model = read_onnx(path);
    write_pair(std::getenv("ALCEDO_FILES"), std::filesystem::path(path).stem().string(), model,
               input_shapes(model.graph, 1, 320));
  }
}

TEST_SUITE_END();
