#include "model/stored_settings.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "backends/backend.h"
#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo {
namespace {

using nlohmann::json;

const char* const kKey = "alcedo.settings";
const char* const kAdam = "adam";

std::vector<int64_t> default_ids(size_t n) {
  std::vector<int64_t> ids(n);
  for (size_t i = 0; i < n; ++i) ids[i] = static_cast<int64_t>(i);
  return ids;
}

template <class T>
void read(const json& object, const char* key, T& value) {
  const auto found = object.find(key);
  if (found != object.end()) value = found->template get<T>();
}

}  // namespace

void store_settings(const ModelSettings& settings, const Optimizer& optimizer, OnnxModel& onnx) {
  const ModelSettings standard;
  const Optimizer untouched;
  json object = json::object();
  const auto put = [&](const char* key, const auto& value, const auto& usual) {
    if (value != usual) object[key] = value;
  };
  put("batch_size", settings.batch_size, standard.batch_size);
  put("batch_size_multiplier", settings.batch_size_multiplier, standard.batch_size_multiplier);
  put("image_range_min", settings.image_range_min, standard.image_range_min);
  put("image_range_max", settings.image_range_max, standard.image_range_max);
  put("class_ids", settings.class_ids, default_ids(settings.class_ids.size()));
  put("class_names", settings.class_names, standard.class_names);
  put("meta_data", settings.meta_data, standard.meta_data);
  put("learning_rate", optimizer.learning_rate, untouched.learning_rate);
  put("momentum", optimizer.momentum, untouched.momentum);
  put("weight_prior", optimizer.weight_prior, untouched.weight_prior);
  put("solver_type", std::string(optimizer.kind == Optimizer::Kind::adam ? kAdam : "sgd"), std::string("sgd"));
  put("adam_beta1", optimizer.beta1, untouched.beta1);
  put("adam_beta2", optimizer.beta2, untouched.beta2);
  put("adam_epsilon", optimizer.epsilon, untouched.epsilon);
  put("precision", settings.precision, standard.precision);
  put("distillation_temperature", settings.distillation_temperature, standard.distillation_temperature);
  put("distillation_weight", settings.distillation_weight, standard.distillation_weight);
  // The metadata is shared with the model: change a copy.
  auto metadata = onnx.source ? std::make_shared<Metadata>(*onnx.source) : std::make_shared<Metadata>();
  auto& properties = metadata->properties;
  properties.erase(std::remove_if(properties.begin(), properties.end(), [](const auto& p) { return p.first == kKey; }),
                   properties.end());
  try {
    if (!object.empty()) properties.emplace_back(kKey, object.dump());
  } catch (const json::exception& reason) {
    fail(error::kUnsupportedGenValue, "'class_names' and 'meta_data' must be UTF-8 to be stored: ", reason.what());
  }
  onnx.source = std::move(metadata);
}

void restore_settings(const OnnxModel& onnx, ModelSettings& settings, Optimizer& optimizer) {
  if (!onnx.source) return;
  const auto& properties = onnx.source->properties;
  const auto stored = std::find_if(properties.begin(), properties.end(), [](const auto& p) { return p.first == kKey; });
  if (stored == properties.end()) return;
  try {
    const json object = json::parse(stored->second);
    read(object, "batch_size", settings.batch_size);
    read(object, "batch_size_multiplier", settings.batch_size_multiplier);
    read(object, "image_range_min", settings.image_range_min);
    read(object, "image_range_max", settings.image_range_max);
    read(object, "class_ids", settings.class_ids);
    read(object, "class_names", settings.class_names);
    read(object, "meta_data", settings.meta_data);
    read(object, "learning_rate", optimizer.learning_rate);
    read(object, "momentum", optimizer.momentum);
    read(object, "weight_prior", optimizer.weight_prior);
    std::string solver = "sgd", precision = settings.precision;
    read(object, "solver_type", solver);
    if (solver == kAdam) optimizer.kind = Optimizer::Kind::adam;
    read(object, "adam_beta1", optimizer.beta1);
    read(object, "adam_beta2", optimizer.beta2);
    read(object, "adam_epsilon", optimizer.epsilon);
    read(object, "precision", precision);
    // The file may come from a processor that could do more.
    if (precision == "bfloat16" && has_bf16()) settings.precision = precision;
    read(object, "distillation_temperature", settings.distillation_temperature);
    read(object, "distillation_weight", settings.distillation_weight);
  } catch (const json::exception& reason) {
    fail(error::kFileRead, "metadata '", kKey, "' of the model cannot be read: ", reason.what());
  }
  require(settings.batch_size > 0 && settings.batch_size_multiplier > 0, error::kFileRead, "metadata '", kKey,
          "': batch_size ", settings.batch_size, " and batch_size_multiplier ", settings.batch_size_multiplier,
          " must be positive");
  const Optimizer& o = optimizer;
  const bool usable = o.beta1 >= 0 && o.beta1 < 1 && o.beta2 >= 0 && o.beta2 < 1 && o.epsilon > 0 &&
                      settings.distillation_temperature > 0 && settings.distillation_weight >= 0 &&
                      settings.distillation_weight <= 1;
  require(usable, error::kFileRead, "metadata '", kKey, "': parameters of training are out of range: ", stored->second);
}

}  // namespace alcedo
