// Functions that a model brings along: a call is replaced by the function's nodes.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "onnx.pb.h"
#include "onnx/tensors.h"

namespace alcedo::onnx {

class Functions {
 public:
  Functions(const onnx_pb::ModelProto& model, const TensorReader& reader);

  // The function that the node calls; nullptr if it calls none.
  const onnx_pb::FunctionProto* find(const onnx_pb::NodeProto& node) const;
  // The function's nodes, with the call's inputs, outputs and attributes in place. Throws 7801 for calls nested
  // too deeply (functions must not call themselves) and for models that unfold to too many nodes.
  std::vector<onnx_pb::NodeProto> expand(const onnx_pb::NodeProto& call, const onnx_pb::FunctionProto& function,
                                         bool scanned, int depth);

 private:
  const TensorReader& reader_;
  std::map<std::string, const onnx_pb::FunctionProto*> functions_;  // by domain, name and overload
  int calls_ = 0;
  int64_t nodes_ = 0;
};

}  // namespace alcedo::onnx
