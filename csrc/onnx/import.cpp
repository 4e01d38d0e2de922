#include "onnx/import.h"

#include <google/protobuf/io/coded_stream.h>

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "base/error_codes.h"
#include "onnx/branches.h"
#include "onnx/build.h"
#include "onnx/bytes.h"
#include "onnx/file_types.h"
#include "onnx/known_shapes.h"
#include "onnx/metadata.h"
#include "onnx/scan.h"
#include "onnx/simplify.h"
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

bool has_branches(const onnx_pb::GraphProto& graph) {
  return std::any_of(graph.node().begin(), graph.node().end(), [](const auto& node) { return node.op_type() == "If"; });
}

// Conditions of If that are the same whatever the network is given, by name.
std::map<std::string, bool> known_conditions(Graph graph, int64_t opset) {
  graph.sort();
  std::vector<std::string> problems;
  upgrade(graph, opset, problems);
  const std::vector<Run> runs = infer_with_sizes(graph);
  std::map<std::string, bool> conditions;
  for (const Node& node : graph.nodes) {
    if (node.op_type != "If" || node.inputs.size() != 1 || runs.empty()) continue;
    std::vector<int64_t> values;
    for (const Run& run : runs) {
      const Tensor& value = run[node.inputs[0]].constant;
      values.push_back(value.defined() && value.size() == 1 ? value.to_ints()[0] : -1);
    }
    const bool same = std::all_of(values.begin(), values.end(), [&](int64_t value) { return value == values[0]; });
    if (same && values[0] >= 0) conditions[graph.values[node.inputs[0]].name] = values[0] != 0;
  }
  return conditions;
}

OnnxModel import_model(const ByteSource& source, const std::string& folder) {
  onnx_pb::ModelProto proto = parse(source);
  const int64_t opset = opset_of(proto);
  ExternalData external(folder);
  const TensorReader reader(source, external);
  while (has_branches(proto.graph()) &&
         take_branches(known_conditions(build_graph(proto, reader).graph, opset), proto.mutable_graph())) {
  }
  BuiltGraph built = build_graph(proto, reader);

  OnnxModel model;
  model.source = read_metadata(proto, built.nodes);
  model.graph = std::move(built.graph);
  mark_float32(model.graph);
  model.graph.sort();
  std::vector<std::string> problems = std::move(built.problems);
  upgrade(model.graph, opset, problems);
  simplify(model.graph, opset, problems);
  model.graph.validate();
  return model;
}

// Whatever part of the reader finds fault with a file, the file is what cannot be read.
template <class Read>
OnnxModel with_read_errors(const Read& read) {
  try {
    return read();
  } catch (const HException& error) {
    for (int code : {error::kReadOnnx, error::kFileRead, error::kFileNotFound, error::kOutOfMemory}) {
      if (error.code() == code) throw;
    }
    throw HException(error::kReadOnnx, error.text());
  }
}

}  // namespace
}  // namespace onnx

OnnxModel read_onnx(const std::string& path) {
  return onnx::with_read_errors([&] {
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    return onnx::import_model(*onnx::file_source(path), folder.empty() ? "." : folder.string());
  });
}

OnnxModel read_onnx_behind(const std::string& path, uint64_t offset) {
  return onnx::with_read_errors([&] { return onnx::import_model(*onnx::file_source(path, offset), ""); });
}

OnnxModel read_onnx_bytes(const void* data, size_t size, const std::string& folder) {
  return onnx::with_read_errors([&] { return onnx::import_model(*onnx::memory_source(data, size), folder); });
}

}  // namespace alcedo
