#include "objects/image_file.h"

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "base/error.h"
#include "base/error_codes.h"
#include "base/file.h"

namespace alcedo {
namespace {

constexpr int kNoImageFile = 5234;
constexpr int kUnknownFormat = 5235;
constexpr int kWrongFileFormat = 5238;

struct Format {
  const char* name;
  const char* ending;
  std::string (*encode)(const Image&, const std::string& option);
};
constexpr Format kFormats[] = {
    {"tiff", ".tif", codec::encode_tiff}, {"png", ".png", codec::encode_png},  {"jpeg", ".jpg", codec::encode_jpeg},
    {"bmp", ".bmp", codec::encode_bmp},   {"pgm", ".pgm", codec::encode_pnm},  {"ppm", ".ppm", codec::encode_pnm},
    {"pnm", ".pnm", codec::encode_pnm},   {"tif", ".tif", codec::encode_tiff}, {"jpg", ".jpg", codec::encode_jpeg},
};
constexpr const char* kEndings[] = {".tiff", ".tif", ".png", ".jpg", ".jpeg", ".bmp", ".pgm", ".ppm", ".pnm"};

bool exists(const std::string& file_name) {
  std::error_code ignored;
  return std::filesystem::exists(file_name, ignored);
}

std::string find_file(const std::string& file_name) {
  if (exists(file_name)) return file_name;
  for (const char* ending : kEndings) {
    if (exists(file_name + ending)) return file_name + ending;
  }
  fail(error::kFileNotFound, "file '", file_name, "' does not exist");
}

bool starts_with(const std::string& bytes, std::string_view magic) {
  return bytes.compare(0, magic.size(), magic) == 0;
}

std::vector<ImagePtr> decode(const std::string& bytes) {
  using namespace std::string_view_literals;
  if (starts_with(bytes, "\xFF\xD8\xFF"sv)) return codec::decode_jpeg(bytes);
  if (starts_with(bytes, "\x89PNG"sv)) return codec::decode_png(bytes);
  if (starts_with(bytes, "II*\0"sv) || starts_with(bytes, "MM\0*"sv) || starts_with(bytes, "II+\0"sv) ||
      starts_with(bytes, "MM\0+"sv)) {
    return codec::decode_tiff(bytes);
  }
  if (starts_with(bytes, "BM"sv)) return codec::decode_bmp(bytes);
  if (bytes.size() > 2 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '6') return codec::decode_pnm(bytes);
  require(!bytes.empty(), kNoImageFile, "the file is empty");
  fail(kWrongFileFormat, "the file is none of JPEG, PNG, TIFF, BMP, PGM, PPM");
}

}  // namespace

std::vector<ImagePtr> read_image_file(const std::string& file_name) {
  const std::string found = find_file(file_name);
  const std::string bytes = read_file(found, error::kFileNotReadable);
  try {
    return decode(bytes);
  } catch (const HException& e) {
    fail(e.code(), "file '", found, "': ", e.text());
  }
}

void write_image_file(const Image& image, const std::string& format, const std::string& file_name) {
  const size_t blank = format.find(' ');
  const std::string name = format.substr(0, blank);
  const std::string option = blank == std::string::npos ? "" : format.substr(blank + 1);
  const Format* found = std::find_if(std::begin(kFormats), std::end(kFormats),
                                     [&](const Format& candidate) { return name == candidate.name; });
  require(found != std::end(kFormats), kUnknownFormat, "found format '", format,
          "', wanted tiff, png, jpeg, bmp, pgm or ppm");
  std::error_code ignored;
  const bool special = std::filesystem::is_other(file_name, ignored) ||
                       std::filesystem::is_character_file(file_name, ignored);  // /dev/null keeps its name
  const bool bare = std::filesystem::path(file_name).extension().empty() && !special;
  write_file_atomically(bare ? file_name + found->ending : file_name, found->encode(image, option),
                        error::kFileNotWritable);
}

namespace codec {

void check_size(int64_t width, int64_t height, size_t file_bytes) {
  require(width >= 1 && width <= kMaxImageSide, error::kImageWidth, "the image width ", width, " is out of range");
  require(height >= 1 && height <= kMaxImageSide, error::kImageHeight, "the image height ", height, " is out of range");
  // No format of ours packs more than some thousand pixels into a byte, and small images always pass.
  const int64_t plausible = (int64_t{1} << 22) + static_cast<int64_t>(std::min<size_t>(file_bytes, 1u << 30)) * 4096;
  require(width * height <= std::min(kMaxPixels, plausible), error::kOutOfMemory, "an image of ", width, " x ", height,
          " pixels in a file of ", file_bytes, " bytes is too large");
}

void require_kind(const Image& image, const char* format, std::initializer_list<PixelType> types,
                  std::initializer_list<int> channels) {
  for (const ChannelPtr& channel : image.channels()) {
    require(std::find(types.begin(), types.end(), channel->type()) != types.end(), error::kWrongImageType, format,
            " files cannot hold images of type ", name_of(channel->type()));
    require(channel->type() == image.type(), error::kWrongImageType, format,
            " files cannot hold channels of different types");
  }
  const auto n = static_cast<int>(image.num_channels());
  require(channels.size() == 0 || std::find(channels.begin(), channels.end(), n) != channels.end(),
          error::kNumberOfChannels, format, " files cannot hold images with ", n, " channels");
}

void fail_option(const char* format, const std::string& option, const char* wanted) {
  fail(kUnknownFormat, "found format '", format, " ", option, "', wanted ", wanted);
}

}  // namespace codec
}  // namespace alcedo
