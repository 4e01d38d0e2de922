#include "model/model_file.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/checksum.h"
#include "base/error.h"
#include "base/error_codes.h"
#include "base/file.h"
#include "onnx/bytes.h"
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

Header header_of(const OnnxPieces& onnx) {
  Header header{};
  std::memcpy(header.magic, kMagic, sizeof(kMagic));
  header.version = kVersion;
  header.onnx_bytes = onnx.size();
  Checksum64 sum(header.onnx_bytes);
  for (const FilePiece& piece : onnx.list) sum.add(piece.data, piece.size);
  header.checksum = sum.value();
  return header;
}

// `size`: bytes behind the header.
void check(const Header& header, uint64_t size, const std::string& source) {
  require(std::memcmp(header.magic, kMagic, sizeof(kMagic)) == 0, error::kFileRead, source, " is not a model");
  require(header.version <= kVersion, error::kFileWrongVersion, source, " has the format version ", header.version,
          ", this library reads up to ", kVersion);
  require(header.onnx_bytes == size, error::kFileRead, source, " holds ", size, " bytes of a network, its header says ",
          header.onnx_bytes);
}

void check_sum(const Header& header, uint64_t found, const std::string& source) {
  require(header.checksum == found, error::kFileRead, source, " is damaged (checksum differs)");
}

uint64_t checksum_of(const onnx::ByteSource& bytes) {
  std::vector<char> buffer(size_t{1} << 18);
  Checksum64 sum(bytes.size());
  for (uint64_t at = 0; at < bytes.size(); at += buffer.size()) {
    const size_t size = std::min<uint64_t>(buffer.size(), bytes.size() - at);
    bytes.read(at, buffer.data(), size);
    sum.add(buffer.data(), size);
  }
  return sum.value();
}

// As the name says, then in $HALCONROOT/dl; without an ending also with '.hdl'.
std::string find_file(const std::string& file_name) {
  std::vector<fs::path> places{file_name};
  const char* root = std::getenv("HALCONROOT");
  if (root && *root && fs::path(file_name).is_relative()) places.push_back(fs::path(root) / "dl" / file_name);
  for (const fs::path& place : places) {
    if (fs::is_regular_file(place)) return place.string();
    const std::string longer = place.string() + ".hdl";
    if (place.extension().empty() && fs::is_regular_file(longer)) return longer;
  }
  fail(error::kFileNotFound, "file '", file_name, "' ",
       fs::exists(file_name) ? "is not a regular file" : "does not exist");
}

}  // namespace

std::string model_to_bytes(const DlModel& model) {
  const OnnxPieces onnx = onnx_pieces(model.to_onnx());
  const Header header = header_of(onnx);
  std::string bytes;
  bytes.reserve(sizeof(header) + onnx.size());
  bytes.append(reinterpret_cast<const char*>(&header), sizeof(header));
  for (const FilePiece& piece : onnx.list) bytes.append(static_cast<const char*>(piece.data), piece.size);
  return bytes;
}

std::shared_ptr<DlModel> model_from_bytes(const void* data, size_t size, const std::string& source) {
  Header header;
  require(size >= sizeof(header), error::kFileRead, source, " is not a model");
  std::memcpy(&header, data, sizeof(header));
  const char* onnx = static_cast<const char*>(data) + sizeof(header);
  size -= sizeof(header);
  check(header, size, source);
  check_sum(header, checksum64(onnx, size), source);
  return std::make_shared<DlModel>(read_onnx_bytes(onnx, size, ""));
}

std::shared_ptr<DlModel> read_model(const std::string& file_name) {
  const std::string found = find_file(file_name), source = text("file '", found, "'");
  Header header{};
  std::ifstream file(found, std::ios::binary);
  file.read(reinterpret_cast<char*>(&header), sizeof(header));
  const auto read = static_cast<size_t>(file.gcount());
  file.close();
  if (read < sizeof(kMagic) || std::memcmp(header.magic, kMagic, sizeof(kMagic)) != 0) {
    // An ONNX network may carry any name but that of the other format.
    require(fs::path(found).extension() != ".hdl", error::kFileRead, source,
            ": found no header of the format '.hdl' (an ONNX file is named '.onnx'), wanted a file of write_dl_model");
    return std::make_shared<DlModel>(read_onnx(found));
  }
  require(read == sizeof(header), error::kFileRead, source, " is not a model");
  {
    const auto bytes = onnx::file_source(found, sizeof(header));
    check(header, bytes->size(), source);
    check_sum(header, checksum_of(*bytes), source);
  }
  return std::make_shared<DlModel>(read_onnx_behind(found, sizeof(header)));
}

void write_model(const DlModel& model, const std::string& file_name) {
  const std::string ending = fs::path(file_name).extension().string();
  if (ending == ".onnx") {
    write_onnx(model.to_onnx(), file_name);
  } else {
    const bool named = !ending.empty() || fs::exists(file_name);  // an existing file or device is meant as it is
    OnnxPieces onnx = onnx_pieces(model.to_onnx());
    const Header header = header_of(onnx);
    onnx.list.insert(onnx.list.begin(), {&header, sizeof(header)});
    write_file_atomically(named ? file_name : file_name + ".hdl", onnx.list, error::kFileWrite);
  }
}

}  // namespace alcedo
