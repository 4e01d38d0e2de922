// What a file says beside its network.
#pragma once

#include <memory>
#include <string>

#include "onnx.pb.h"
#include "onnx/build.h"
#include "onnx/model.h"

namespace alcedo::onnx {

std::shared_ptr<Metadata> read_metadata(const onnx_pb::ModelProto& model, const BuiltGraph& built);

// A message from its serialized form; what does not parse is empty.
template <class Message>
Message unpack(const std::string& bytes) {
  Message message;
  if (!message.ParseFromString(bytes)) message.Clear();
  return message;
}

}  // namespace alcedo::onnx
