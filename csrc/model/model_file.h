// Model files: ONNX as it is, and the container with the documented ending .hdl (a header, a checksum and the same
// ONNX bytes). Which of the two a file is, its content tells.
#pragma once

#include <memory>
#include <string>

#include "model/dl_model.h"

namespace alcedo {

// 5200 if there is no such file (also tried: <name>.hdl), 7780 if it cannot be read, 7782 for a newer container,
// 7801 for ONNX that the core does not understand.
std::shared_ptr<DlModel> read_model(const std::string& file_name);
// '.onnx' writes ONNX, anything else the container ('.hdl' is appended if there is no ending). Atomic.
void write_model(const DlModel& model, const std::string& file_name);

std::string model_to_bytes(const DlModel& model);  // container
std::shared_ptr<DlModel> model_from_bytes(const void* data, size_t size, const std::string& source);

}  // namespace alcedo
