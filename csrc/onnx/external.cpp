#include "onnx/external.h"

#include <charconv>
#include <filesystem>

#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo::onnx {
namespace fs = std::filesystem;
namespace {

uint64_t number(const std::string& value, const std::string& key, const std::string& name) {
  uint64_t result = 0;
  const char* end = value.data() + value.size();
  const auto [stop, status] = std::from_chars(value.data(), end, result);
  require(status == std::errc() && stop == end && !value.empty(), error::kReadOnnx, "weight '", name,
          "': external data has ", key, " '", value, "', which is not a number >= 0");
  return result;
}

bool is_inside(const fs::path& folder, const fs::path& file) {
  const auto [end, unused] = std::mismatch(folder.begin(), folder.end(), file.begin(), file.end());
  return end == folder.end();
}

}  // namespace

const ByteSource& ExternalData::open(const std::string& location, const std::string& name) {
  const auto found = files_.find(location);
  if (found != files_.end()) return *found->second;

  const auto refuse = [&](const char* why) {
    fail(error::kReadOnnx, "weight '", name, "': external data file '", location, "' is refused: ", why);
  };
  if (folder_.empty()) refuse("the model was not read from a file");
  const fs::path relative(location);
  if (location.empty() || location.find('\0') != std::string::npos) refuse("the name is not valid");
  if (relative.is_absolute() || location.find('\\') != std::string::npos) refuse("the path is not relative");
  for (const fs::path& part : relative) {
    if (part == "..") refuse("the path leads out of the model's folder");
  }
  std::error_code status;
  const fs::path folder = fs::canonical(folder_, status);
  require(!status, error::kFileRead, "folder '", folder_, "' cannot be opened: ", status.message());
  const fs::path file = fs::canonical(folder / relative, status);
  require(!status, error::kFileRead, "weight '", name, "': external data file '", location,
          "' cannot be opened: ", status.message());
  if (!is_inside(folder, file)) refuse("it lies outside of the model's folder");
  return *(files_[location] = file_source(file.string()));
}

const ByteSource& ExternalData::locate(const onnx_pb::TensorProto& tensor, uint64_t size, Extent* extent) {
  std::string location;
  *extent = {0, size};
  bool has_length = false;
  uint64_t length = 0;
  for (const auto& entry : tensor.external_data()) {
    if (entry.key() == "location") location = entry.value();
    if (entry.key() == "offset") extent->offset = number(entry.value(), "offset", tensor.name());
    if (entry.key() == "length") {
      length = number(entry.value(), "length", tensor.name());
      has_length = true;
    }
  }
  require(!has_length || length == size, error::kReadOnnx, "weight '", tensor.name(), "' has ", length,
          " bytes of external data, its type and shape ask for ", size);
  const ByteSource& file = open(location, tensor.name());
  require(extent->offset <= file.size() && size <= file.size() - extent->offset, error::kReadOnnx, "weight '",
          tensor.name(), "': external data file '", location, "' has ", file.size(), " bytes, ", size, " from byte ",
          extent->offset, " on were asked for");
  return file;
}

}  // namespace alcedo::onnx
