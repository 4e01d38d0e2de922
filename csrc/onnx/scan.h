// First pass over a model's bytes: takes the weights' raw data out, so that protobuf parses a small message and each
// weight is read once, from the file straight into its tensor.
#pragma once

#include <cstdint>
#include <string>

#include "onnx/bytes.h"

namespace alcedo::onnx {

// Where a tensor's raw bytes lie in the source.
struct Extent {
  uint64_t offset = 0;
  uint64_t size = 0;
};

// The model's message in which raw_data of the main graph's initializers and of its nodes' tensor attributes is
// replaced by an Extent (16 bytes). Throws 7801 if the bytes are not protobuf's wire format.
std::string scan(const ByteSource& source);

// Reads an Extent back from such a raw_data field.
Extent extent_of(const std::string& raw_data);

}  // namespace alcedo::onnx
