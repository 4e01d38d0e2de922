// Reads ONNX: opset 7 and newer (6, if it broadcasts as 7 does), any IR version, weights as initializers or Constant
// nodes, data in the file or beside it. The graph that comes out is at kOpset, sorted, with everything constant that
// does not depend on the inputs. What cannot be read is 7801 (5200, 7780 if the file itself cannot), with unsupported
// nodes all listed at once.
#pragma once

#include <string>

#include "onnx/model.h"

namespace alcedo {

OnnxModel read_onnx(const std::string& path);
OnnxModel read_onnx_behind(const std::string& path, uint64_t offset);  // without external data
// `folder`: where external data files lie; empty: they are refused.
OnnxModel read_onnx_bytes(const void* data, size_t size, const std::string& folder = "");

}  // namespace alcedo
