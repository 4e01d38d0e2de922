// What a model is made of, in numbers and as text.
#pragma once

#include <string>
#include <vector>

#include "model/dl_model.h"

namespace alcedo {

int64_t num_trainable_params(const Graph& graph);
// All values of weights, biases and statistics.
int64_t num_params(const Graph& graph);
// Multiply-accumulates of one sample.
int64_t num_macs(const DlModel& model);
// One line per layer: "id; name; type; output shape; ids of the layers it reads". Shapes as width,height,depth.
std::vector<std::string> summary(const DlModel& model);
// JSON: [{id, name, type, shape, inputs, params, macs}], shapes as ONNX has them.
std::string layers_json(const DlModel& model);

}  // namespace alcedo
