// Control flow that does not depend on the network's input: the branch that an If takes, the turns of a Loop or a Scan,
// in the node's place (an exporter's "squeeze this axis if it is 1", strides computed dimension by dimension).
#pragma once

#include <map>
#include <string>

#include "onnx.pb.h"
#include "onnx/tensors.h"

namespace alcedo::onnx {

// What is the same whatever the network is given, by the value's name.
struct Known {
  std::map<std::string, int64_t> numbers;  // of one element: conditions, trip counts
  std::map<std::string, Shape> shapes;
};

// What all nodes of a file may become together: a few bytes can ask for any number of turns inside of turns.
struct UnfoldBudget {
  int64_t nodes = 100000;
  int64_t bytes = int64_t{1} << 28;
};

// False if there was nothing to replace. Nodes that ask for too many turns stay as they are.
bool unfold(const Known& known, int64_t opset, const TensorReader& reader, UnfoldBudget* left,
            onnx_pb::GraphProto* graph);

}  // namespace alcedo::onnx
