// PBM, PGM and PPM (P1 to P6), 8 and 16 bits. Writes P5 and P6.
#include <cctype>
#include <cstring>

#include "base/error.h"
#include "base/error_codes.h"
#include "objects/image_file.h"

namespace alcedo::codec {
namespace {

constexpr int kBadPnm = 5242;

class Scanner {
 public:
  explicit Scanner(const std::string& bytes) : bytes_(bytes) {}

  int64_t number() {
    skip_blanks();
    int64_t value = 0;
    size_t digits = 0;
    for (; at_ < bytes_.size() && std::isdigit(static_cast<unsigned char>(bytes_[at_])); ++at_, ++digits) {
      value = value * 10 + (bytes_[at_] - '0');
      require(value <= INT32_MAX, kBadPnm, "the PNM file has a number that is too large");
    }
    require(digits > 0, kBadPnm, "the PNM file ",
            at_ < bytes_.size() ? "has text where a number belongs" : "ends early");
    return value;
  }

  int64_t bit() {  // P1: digits need no blanks between them
    skip_blanks();
    require(at_ < bytes_.size() && (bytes_[at_] == '0' || bytes_[at_] == '1'), kBadPnm, "the PNM file has a bad bit");
    return bytes_[at_++] - '0';
  }

  const uint8_t* binary(int64_t n) {  // behind exactly one blank
    ++at_;
    require(at_ <= bytes_.size() && static_cast<uint64_t>(n) <= bytes_.size() - at_, kBadPnm,
            "the PNM file ends early");
    return reinterpret_cast<const uint8_t*>(bytes_.data()) + at_;
  }

 private:
  void skip_blanks() {
    for (; at_ < bytes_.size(); ++at_) {
      if (bytes_[at_] == '#') {
        while (at_ < bytes_.size() && bytes_[at_] != '\n') ++at_;
        if (at_ == bytes_.size()) return;
      } else if (!std::isspace(static_cast<unsigned char>(bytes_[at_]))) {
        return;
      }
    }
  }
  const std::string& bytes_;
  size_t at_ = 2;
};

}  // namespace

std::vector<ImagePtr> decode_pnm(const std::string& bytes) {
  Scanner scanner(bytes);
  const char kind = bytes[1];
  const int64_t width = scanner.number(), height = scanner.number();
  check_size(width, height, bytes.size());
  const bool bitmap = kind == '1' || kind == '4';
  const int64_t max = bitmap ? 1 : scanner.number();
  require(max >= 1 && max <= 65535, kBadPnm, "the PNM file has the largest value ", max, ", wanted 1 to 65535");
  const int num_channels = kind == '3' || kind == '6' ? 3 : 1;
  const int64_t row = width * num_channels, n = row * height;
  require(kind >= '4' || n <= static_cast<int64_t>(bytes.size()), kBadPnm, "the PNM file ends early");

  std::vector<uint16_t> values(static_cast<size_t>(n));
  if (kind == '4') {
    const int64_t stride = (width + 7) / 8;
    const uint8_t* from = scanner.binary(stride * height);
    for (int64_t i = 0; i < n; ++i) {
      values[static_cast<size_t>(i)] = (from[i / width * stride + i % width / 8] >> (7 - i % width % 8)) & 1;
    }
  } else if (kind == '5' || kind == '6') {
    const uint8_t* from = scanner.binary(max > 255 ? 2 * n : n);
    for (int64_t i = 0; i < n; ++i) {
      values[static_cast<size_t>(i)] = max > 255 ? static_cast<uint16_t>(from[2 * i] << 8 | from[2 * i + 1]) : from[i];
    }
  } else {
    for (uint16_t& value : values) {
      const int64_t v = bitmap ? scanner.bit() : scanner.number();
      require(v <= max, kBadPnm, "the PNM file has the value ", v, ", wanted at most ", max);
      value = static_cast<uint16_t>(v);
    }
  }
  if (bitmap) {
    for (uint16_t& value : values) value = value ? 0 : 255;  // 1 is black
  }
  if (max > 255) return {from_interleaved(PixelType::uint2, width, height, num_channels, values.data())};
  const std::vector<uint8_t> narrow(values.begin(), values.end());
  return {from_interleaved(PixelType::byte, width, height, num_channels, narrow.data())};
}

std::string encode_pnm(const Image& image, const std::string& option) {
  if (!option.empty()) fail_option("pnm", option, "no option");
  require_kind(image, "pnm", {PixelType::byte, PixelType::uint2}, {1, 3});
  const bool wide = image.type() == PixelType::uint2;
  std::string bytes = text(image.num_channels() == 1 ? "P5" : "P6", "\n", image.width(), " ", image.height(), "\n",
                           wide ? 65535 : 255, "\n");
  const auto row = static_cast<size_t>(image.width() * image.num_channels());
  std::vector<uint8_t> narrow(row);
  std::vector<uint16_t> values(row);
  for (int64_t y = 0; y < image.height(); ++y) {
    if (!wide) {
      to_interleaved(image, y, narrow.data());
      bytes.append(reinterpret_cast<const char*>(narrow.data()), row);
      continue;
    }
    to_interleaved(image, y, values.data());
    for (const uint16_t value : values) {
      bytes += static_cast<char>(value >> 8);
      bytes += static_cast<char>(value & 255);
    }
  }
  return bytes;
}

}  // namespace alcedo::codec
