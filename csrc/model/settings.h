// What a model carries besides its graph: everything set_dl_model_param can set. Stored with the model (metadata of
// the ONNX file, keys "alcedo.*"), except the runtime part.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace alcedo {

struct ModelSettings {
  std::string type;           // 'classification' or 'generic'
  bool type_defined = false;  // set once by the user, or told by the network
  int64_t batch_size = 1;
  int64_t batch_size_multiplier = 1;
  double image_range_min = -127.0;
  double image_range_max = 128.0;
  std::vector<int64_t> class_ids;
  std::vector<std::string> class_names;
  std::map<std::string, std::string> meta_data;
  bool optimize_for_inference = false;
  std::string precision = "float32";
  // Of training with a teacher.
  double distillation_temperature = 2.0;
  double distillation_weight = 0.5;  // the rest is the label loss
};

}  // namespace alcedo
