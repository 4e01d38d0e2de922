// What read_onnx makes of a file: the graph, and what the graph does not hold but writing needs again.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "graph/graph.h"

namespace alcedo {

constexpr int kOldestOpset = 6;   // the first whose operators are today's, but for broadcasting
constexpr int kNewestOpset = 26;  // newest published one known here; newer files are tried

struct Metadata {
  int64_t ir_version = 8;
  std::map<std::string, int64_t> opsets;  // domain -> version; "": ONNX's own operators
  std::string producer_name, producer_version, domain, doc;
  int64_t model_version = 0;
  std::vector<std::pair<std::string, std::string>> properties;  // metadata_props

  // Serialized messages of the file, for what is kept without being understood.
  std::string model;                           // ModelProto with an empty graph
  std::string graph;                           // GraphProto without nodes, weights, inputs, outputs and value_info
  std::map<std::string, std::string> nodes;    // per node name: NodeProto without what the graph's node holds
  std::map<std::string, int> own_inputs;       // per node with bodies: its inputs; what follows, the bodies read
  std::map<std::string, std::string> infos;    // per value name: ValueInfoProto (inputs, outputs, value_info)
  std::map<std::string, std::string> weights;  // per value name: TensorProto without data, where it says something
};

struct OnnxModel {
  Graph graph;
  std::shared_ptr<Metadata> source;  // nullptr for graphs that no file described
};

}  // namespace alcedo
