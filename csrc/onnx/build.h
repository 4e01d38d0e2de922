// From the parsed file to a graph that still has the file's opset.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "onnx.pb.h"
#include "onnx/tensors.h"

namespace alcedo::onnx {

struct BuiltGraph {
  Graph graph;
  // Node names of the graph -> the file's node, for what is kept without being understood.
  std::map<std::string, const onnx_pb::NodeProto*> nodes;
  // Nodes with bodies that stay as they are, by name: what the graph's node does not hold of them. Its inputs are the
  // file's, then what the bodies read from around them.
  struct Unread {
    onnx_pb::NodeProto attributes;  // those that no layer reads
    int own_inputs = 0;
  };
  std::map<std::string, Unread> unread;
  std::vector<std::string> problems;  // nodes that cannot be kept, not even unread
};

// Operators of other domains are typed "<domain>::<type>". Nodes are not sorted yet; Constant nodes have become
// constants, calls of the model's own functions their nodes.
BuiltGraph build_graph(const onnx_pb::ModelProto& model, const TensorReader& reader);

}  // namespace alcedo::onnx
