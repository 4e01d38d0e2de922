#include "model/model_file.h"

#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/checksum.h"
#include "base/error.h"
#include "base/error_codes.h"
#include "base/file.h"
#include "onnx/export.h"
#include "onnx/import.h"

namespace alcedo {
namespace {

namespace fs = std::filesystem;

constexpr char kMagic[8] = {'A', 'L', 'C', 'E', 'D', 'O', 'D', 'L'};
constexpr uint32_t kVersion = 1;

struct Header {
  char magic[8];
  uint32_t version;
  uint32_t reserved;
  uint64_t onnx_bytes;
  uint64_t checksum;
};
static_assert(sizeof(Header) == 32, "the header is part of the file format");

bool is_container(const std::string& bytes) {
  return bytes.size() >= sizeof(kMagic) && std::memcmp(bytes.data(), kMagic, sizeof(kMagic)) == 0;
}

std::string find_file(const std::string& file_name) {
  if (fs::is_regular_file(file_name)) return file_name;
  if (fs::path(file_name).extension().empty() && fs::is_regular_file(file_name + ".hdl")) return file_name + ".hdl";
  fail(error::kFileNotFound, "file '", file_name, "' ",
       fs::exists(file_name) ? "is not a regular file" : "does not exist");
}

}  // namespace

std::string model_to_bytes(const DlModel& model) {
  const std::string onnx = write_onnx_bytes(model.to_onnx());
  Header header{};
  std::memcpy(header.magic, kMagic, sizeof(kMagic));
  header.version = kVersion;
  header.onnx_bytes = onnx.size();
  header.checksum = checksum64(onnx.data(), onnx.size());
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof(header));
  return bytes.append(onnx);
}

std::shared_ptr<DlModel> model_from_bytes(const std::string& bytes, const std::string& source) {
  Header header;
  require(is_container(bytes) && bytes.size() >= sizeof(header), error::kFileRead, source, " is not a model");
  std::memcpy(&header, bytes.data(), sizeof(header));
  require(header.version <= kVersion, error::kFileWrongVersion, source, " has the format version ", header.version,
          ", this library reads up to ", kVersion);
  const char* onnx = bytes.data() + sizeof(header);
  const uint64_t size = bytes.size() - sizeof(header);
  require(header.onnx_bytes == size, error::kFileRead, source, " holds ", size, " bytes of a network, its header says ",
          header.onnx_bytes);
  require(header.checksum == checksum64(onnx, size), error::kFileRead, source, " is damaged (checksum differs)");
  return std::make_shared<DlModel>(read_onnx_bytes(onnx, size, ""));
}

std::shared_ptr<DlModel> read_model(const std::string& file_name) {
  const std::string found = find_file(file_name);
  char magic[sizeof(kMagic)] = {};
  std::ifstream(found, std::ios::binary).read(magic, sizeof(magic));
  if (std::memcmp(magic, kMagic, sizeof(kMagic)) != 0) return std::make_shared<DlModel>(read_onnx(found));
  return model_from_bytes(read_file(found, error::kFileRead), text("file '", found, "'"));
}

void write_model(const DlModel& model, const std::string& file_name) {
  const std::string ending = fs::path(file_name).extension().string();
  if (ending == ".onnx") {
    write_onnx(model.to_onnx(), file_name);
  } else {
    const bool named = !ending.empty() || fs::exists(file_name);  // an existing file or device is meant as it is
    write_file_atomically(named ? file_name : file_name + ".hdl", model_to_bytes(model), error::kFileWrite);
  }
}

}  // namespace alcedo
