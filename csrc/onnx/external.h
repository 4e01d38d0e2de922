// Weights in files of their own beside the model.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "onnx.pb.h"
#include "onnx/bytes.h"
#include "onnx/scan.h"

namespace alcedo::onnx {

// Opens the files that external_data names, each once. Only files inside the model's folder are read: no absolute
// path, no "..", no symbolic link that leads out of it.
class ExternalData {
 public:
  // An empty folder: the model came from memory, external data is refused.
  explicit ExternalData(std::string folder) : folder_(std::move(folder)) {}

  // The file of the tensor, and where its bytes lie in it. `size`: bytes that the tensor's type and shape ask for.
  const ByteSource& locate(const onnx_pb::TensorProto& tensor, uint64_t size, Extent* extent);

 private:
  const ByteSource& open(const std::string& location, const std::string& name);

  std::string folder_;
  std::map<std::string, std::unique_ptr<ByteSource>> files_;
};

}  // namespace alcedo::onnx
