// Writes ONNX: names, opset, element types and metadata of the file that the graph came from. Where the graph has
// nodes that this opset cannot say, kOpset is written instead.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "base/file.h"
#include "onnx/model.h"

namespace alcedo {

// The old file stays until the new one is complete on disk; a failed write leaves nothing behind. Throws 7803 for
// what ONNX cannot hold, 7781 for the file.
void write_onnx(const OnnxModel& model, const std::string& path);
std::string write_onnx_bytes(const OnnxModel& model);

// The file in pieces: messages, and the weights' own memory.
struct OnnxPieces {
  std::vector<FilePiece> list;
  std::deque<std::string> messages;
  std::vector<Tensor> tensors;

  uint64_t size() const;
};
OnnxPieces onnx_pieces(const OnnxModel& model);

}  // namespace alcedo
