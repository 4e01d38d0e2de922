#include "model/handle_types.h"

#include "model/device.h"
#include "model/model_file.h"

namespace alcedo {
namespace {

std::vector<uint8_t> serialize_model(const std::shared_ptr<void>& content) {
  const std::string bytes = model_to_bytes(*std::static_pointer_cast<DlModel>(content));
  return {bytes.begin(), bytes.end()};
}

std::shared_ptr<void> deserialize_model(const uint8_t* data, size_t size) {
  return model_from_bytes(data, size, "the serialized item");
}

}  // namespace

const HandleType kDlModelType("dl_model", typeid(DlModel), true, "alcedo dl_model", serialize_model, deserialize_model);
const HandleType kDlDeviceType("dl_device", typeid(DlDevice));

}  // namespace alcedo
