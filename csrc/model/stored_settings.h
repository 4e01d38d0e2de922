// The settings of a model inside its ONNX file: metadata_props with the prefix "alcedo.". Other tools ignore them.
#pragma once

#include "engine/optimizer.h"
#include "model/settings.h"
#include "onnx/model.h"

namespace alcedo {

// Only what differs from what the network itself tells is written.
void store_settings(const ModelSettings& settings, const Optimizer& optimizer, OnnxModel& onnx);
// Leaves settings alone that the file does not have; 7780 for values that cannot be read.
void restore_settings(const OnnxModel& onnx, ModelSettings& settings, Optimizer& optimizer);

}  // namespace alcedo
