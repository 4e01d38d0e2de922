// If with a condition that is known before the network runs (an exporter's "squeeze this axis if it is 1"): the nodes
// of the branch that is taken, in its place.
#pragma once

#include <map>
#include <string>

#include "onnx.pb.h"

namespace alcedo::onnx {

// `conditions`: the known ones, by the value's name. False if there was nothing to replace.
bool take_branches(const std::map<std::string, bool>& conditions, onnx_pb::GraphProto* graph);

}  // namespace alcedo::onnx
