// Graphs within nodes (the bodies of If, Loop and Scan): what they take from around them, and their tensors' data.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "onnx.pb.h"
#include "onnx/tensors.h"

namespace alcedo::onnx {

using NameMap = std::map<std::string, std::string>;

std::set<std::string> defined_names(const onnx_pb::GraphProto& graph);
void rename(const NameMap& names, std::string* name);
// What the node reads, also from within its own bodies, where these do not define the name anew.
void rename_inputs(const NameMap& names, onnx_pb::NodeProto* node);
// The names that the node's bodies read from around them, each once, in the order in which they are met.
std::vector<std::string> captured_names(const onnx_pb::NodeProto& node);
// True if a body reads an attribute of the function around it.
bool refers_to_function(const onnx_pb::NodeProto& node);
// Puts the data of all tensors in the node's bodies in their place: what scan() took out, what lies in other files.
void embed_data(onnx_pb::NodeProto* node, const TensorReader& reader, bool scanned);

}  // namespace alcedo::onnx
