#include "model/stored_settings.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo {
namespace {

using nlohmann::json;

const char* const kKey = "alcedo.settings";

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
  // The metadata is shared with the model: change a copy.
  auto metadata = onnx.source ? std::make_shared<Metadata>(*onnx.source) : std::make_shared<Metadata>();
  auto& properties = metadata->properties;
  properties.erase(std::remove_if(properties.begin(), properties.end(), [](const auto& p) { return p.first == kKey; }),
                   properties.end());
  if (!object.empty()) properties.emplace_back(kKey, object.dump());
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
  } catch (const json::exception& reason) {
    fail(error::kFileRead, "metadata '", kKey, "' of the model cannot be read: ", reason.what());
  }
  require(settings.batch_size > 0 && settings.batch_size_multiplier > 0, error::kFileRead, "metadata '", kKey,
          "': batch_size ", settings.batch_size, " and batch_size_multiplier ", settings.batch_size_multiplier,
          " must be positive");
}

}  // namespace alcedo
