#include "onnx/import.h"

#include <google/protobuf/io/coded_stream.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>

#include "base/error.h"
#include "base/error_codes.h"
#include "layers/infer.h"
#include "onnx/build.h"
#include "onnx/bytes.h"
#include "onnx/file_types.h"
#include "onnx/known_shapes.h"
#include "onnx/metadata.h"
#include "onnx/scan.h"
#include "onnx/sequences.h"
#include "onnx/simplify.h"
#include "onnx/unfold.h"
#include "onnx/upgrade.h"

namespace alcedo {
namespace onnx {
namespace {

onnx_pb::ModelProto parse(const ByteSource& source) {
  const std::string message = scan(source);
  require(message.size() < size_t{1} << 31, error::kReadOnnx, "the model has more than 2 GiB beside its weights");
  google::protobuf::io::CodedInputStream stream(reinterpret_cast<const uint8_t*>(message.data()),
                                                static_cast<int>(message.size()));
  stream.SetRecursionLimit(64);
  onnx_pb::ModelProto model;
  require(model.ParseFromCodedStream(&stream) && stream.ConsumedEntireMessage(), error::kReadOnnx,
          "the file is not a valid ONNX model: its messages cannot be parsed");
  require(model.has_graph(), error::kReadOnnx, "the file is not a valid ONNX model: it has no graph");
  return model;
}

int64_t opset_of(const onnx_pb::ModelProto& model) {
  int64_t opset = 0;
  for (const auto& entry : model.opset_import()) {
    if (entry.domain().empty() || entry.domain() == "ai.onnx") opset = std::max(opset, entry.version());
  }
  require(opset > 0, error::kReadOnnx, "the model does not say which opset it uses");
  require(opset >= kOldestOpset, error::kReadOnnx, "the model uses opset ", opset, "; opset ", kOldestOpset,
          " and newer can be read");
  return opset;
}

bool has_bodies(const std::string& op_type) { return op_type == "If" || op_type == "Loop" || op_type == "Scan"; }

bool has_bodies(const onnx_pb::GraphProto& graph) {
  return std::any_of(graph.node().begin(), graph.node().end(),
                     [](const auto& node) { return has_bodies(node.op_type()); });
}

// What the nodes with bodies read that is the same whatever the network is given.
Known find_known(Graph graph, int64_t opset) {
  graph.sort();
  std::vector<std::string> problems;
  upgrade(graph, opset, problems);
  resolve_sequences(graph);
  const std::vector<Run> runs = infer_with_sizes(graph).all();
  Known known;
  for (const Node& node : graph.nodes) {
    if (!has_bodies(node.op_type) || runs.empty()) continue;
    for (ValueId v : node.inputs) {
      if (v == kNone || runs[0][v].dtype == DType::undefined) continue;
      const auto number = [&](const Run& run) {
        const bool is_number = run[v].known() && run[v].constant.size() == 1 && run[v].dtype != DType::f32;
        return is_number ? run[v].constant.to_ints()[0] : INT64_MIN;
      };
      const auto all = [&](auto same) { return std::all_of(runs.begin(), runs.end(), same); };
      const std::string& name = graph.values[v].name;
      const int64_t first = number(runs[0]);
      if (first != INT64_MIN && all([&](const Run& run) { return number(run) == first; })) known.numbers[name] = first;
      if (all([&](const Run& run) { return run[v].shape == runs[0][v].shape; })) known.shapes[name] = runs[0][v].shape;
    }
  }
  return known;
}

OnnxModel import_model(const ByteSource& source, const std::string& folder) {
  onnx_pb::ModelProto proto = parse(source);
  const int64_t opset = opset_of(proto);
  ExternalData external(folder);
  const TensorReader reader(source, external);
  UnfoldBudget left;
  while (has_bodies(proto.graph()) &&
         unfold(find_known(build_graph(proto, reader).graph, opset), opset, reader, &left, proto.mutable_graph())) {
  }
  BuiltGraph built = build_graph(proto, reader);

  OnnxModel model;
  model.source = read_metadata(proto, built);
  model.graph = std::move(built.graph);
  mark_float32(model.graph);
  model.graph.sort();
  std::vector<std::string> problems = std::move(built.problems);
  upgrade(model.graph, opset, problems);
  resolve_sequences(model.graph);
  simplify(model.graph, opset, problems);
  model.graph.validate();
  return model;
}

// Whatever part of the reader finds fault with a file, the file is what cannot be read.
template <class Read>
OnnxModel with_read_errors(const std::string& path, const Read& read) {
  try {
    return read();
  } catch (const HException& error) {
    for (int code : {error::kFileRead, error::kFileNotFound, error::kOutOfMemory}) {
      if (error.code() == code) throw;
    }
    throw HException(error::kReadOnnx, path.empty() ? error.text() : text("'", path, "': ", error.text()));
  }
}

}  // namespace
}  // namespace onnx

OnnxModel read_onnx(const std::string& path) {
  return onnx::with_read_errors(path, [&] {
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    return onnx::import_model(*onnx::file_source(path), folder.empty() ? "." : folder.string());
  });
}

OnnxModel read_onnx_behind(const std::string& path, uint64_t offset) {
  return onnx::with_read_errors(path, [&] { return onnx::import_model(*onnx::file_source(path, offset), ""); });
}

OnnxModel read_onnx_bytes(const void* data, size_t size, const std::string& folder) {
  return onnx::with_read_errors("", [&] { return onnx::import_model(*onnx::memory_source(data, size), folder); });
}

}  // namespace alcedo
