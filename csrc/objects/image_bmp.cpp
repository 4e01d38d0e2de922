// Windows bitmaps: reading 1, 4, 8, 16, 24 and 32 bits without compression (8 bits also run-length coded); writing 8
// bits (gray) and 24 bits.
#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/error_codes.h"
#include "objects/image_file.h"

namespace alcedo::codec {
namespace {

constexpr int kEndOfFile = 5561;
constexpr int kBadHeader = 5562;
constexpr int kUnknownCompression = 5564;

class Bytes {
 public:
  explicit Bytes(const std::string& bytes) : bytes_(bytes) {}
  template <class T>
  T at(uint64_t offset, int code = kBadHeader) const {
    require(offset + sizeof(T) <= bytes_.size(), code, "the BMP file ends too early");
    T value;
    std::memcpy(&value, bytes_.data() + offset, sizeof value);  // little endian
    return value;
  }
  const uint8_t* range(uint64_t offset, uint64_t n) const {
    require(offset <= bytes_.size() && n <= bytes_.size() - offset, kEndOfFile, "the BMP file ends too early");
    return reinterpret_cast<const uint8_t*>(bytes_.data()) + offset;
  }
  uint64_t size() const { return bytes_.size(); }

 private:
  const std::string& bytes_;
};

struct Header {
  uint64_t pixels, palette;
  int64_t width, height;
  bool top_down;
  int bits;
  uint32_t compression, colors;
  uint32_t masks[3];
};

Header read_header(const Bytes& bytes) {
  Header h{};
  h.pixels = bytes.at<uint32_t>(10);
  const auto size = bytes.at<uint32_t>(14);
  if (size == 12) {  // OS/2
    h.width = bytes.at<uint16_t>(18);
    h.height = bytes.at<uint16_t>(20);
    h.bits = bytes.at<uint16_t>(24);
    h.colors = h.bits <= 8 ? 1u << h.bits : 0;
  } else {
    require(size >= 40 && size <= 256, kBadHeader, "the BMP header has an unknown size of ", size, " bytes");
    h.width = bytes.at<int32_t>(18);
    h.height = bytes.at<int32_t>(22);
    h.bits = bytes.at<uint16_t>(28);
    h.compression = bytes.at<uint32_t>(30);
    h.colors = bytes.at<uint32_t>(46);
    if (h.bits <= 8 && (h.colors == 0 || h.colors > (1u << h.bits))) h.colors = 1u << h.bits;
  }
  h.top_down = h.height < 0;
  h.height = std::abs(h.height);
  h.palette = 14 + uint64_t{size};
  check_size(h.width, h.height, bytes.size());
  const int allowed[] = {1, 4, 8, 16, 24, 32};
  require(std::find(std::begin(allowed), std::end(allowed), h.bits) != std::end(allowed), kBadHeader,
          "the BMP file has ", h.bits, " bits per pixel");
  const bool masked = h.compression == 3 && (h.bits == 16 || h.bits == 32);
  const bool coded = h.compression == 1 && h.bits == 8;
  require(h.compression == 0 || masked || coded, kUnknownCompression, "BMP compression ", h.compression, " with ",
          h.bits, " bits is not supported");
  for (int c = 0; c < 3; ++c) {
    h.masks[c] = masked ? bytes.at<uint32_t>(54 + 4 * static_cast<uint64_t>(c))
                        : (h.bits == 16 ? 0x7C00u >> (5 * c) : 0xFF0000u >> (8 * c));
    require(h.masks[c] != 0, kBadHeader, "the BMP file has an empty colour mask");
  }
  return h;
}

uint8_t unmask(uint32_t value, uint32_t mask) {
  const uint32_t low = mask & (~mask + 1);
  const uint64_t max = mask / low;
  return static_cast<uint8_t>((uint64_t{(value & mask) / low} * 255 + max / 2) / max);
}

// Run-length coded rows as one byte per pixel, bottom row first.
std::vector<uint8_t> decode_runs(const Bytes& bytes, const Header& h) {
  std::vector<uint8_t> indices(static_cast<size_t>(h.width * h.height));
  int64_t x = 0, y = 0;
  uint64_t at = h.pixels;
  const auto put = [&](uint8_t value) {
    require(x < h.width && y < h.height, kEndOfFile, "the BMP file has pixels outside the image");
    indices[static_cast<size_t>(y * h.width + x++)] = value;
  };
  while (true) {
    const auto n = bytes.at<uint8_t>(at, kEndOfFile), value = bytes.at<uint8_t>(at + 1, kEndOfFile);
    at += 2;
    if (n > 0) {
      for (int i = 0; i < n; ++i) put(value);
    } else if (value == 0) {
      x = 0;
      ++y;
    } else if (value == 1) {
      return indices;
    } else if (value == 2) {
      x += bytes.at<uint8_t>(at, kEndOfFile);
      y += bytes.at<uint8_t>(at + 1, kEndOfFile);
      at += 2;
    } else {
      for (int i = 0; i < value; ++i) put(bytes.at<uint8_t>(at + static_cast<uint64_t>(i), kEndOfFile));
      at += (static_cast<uint64_t>(value) + 1) & ~uint64_t{1};
    }
  }
}

struct Palette {
  uint8_t rgb[256][3] = {};
  bool gray = true;
};

Palette read_palette(const Bytes& bytes, const Header& h) {
  Palette palette;
  const uint64_t entry = h.palette == 26 ? 3 : 4;
  for (uint32_t i = 0; i < h.colors; ++i) {
    const uint8_t* bgr = bytes.range(h.palette + i * entry, 3);
    for (int c = 0; c < 3; ++c) palette.rgb[i][c] = bgr[2 - c];
    palette.gray = palette.gray && bgr[0] == bgr[1] && bgr[1] == bgr[2];
  }
  return palette;
}

}  // namespace

std::vector<ImagePtr> decode_bmp(const std::string& content) {
  const Bytes bytes(content);
  const Header h = read_header(bytes);
  const uint64_t stride = (static_cast<uint64_t>(h.width) * h.bits + 31) / 32 * 4;
  std::vector<uint8_t> runs;
  const uint8_t* data;
  if (h.compression == 1) {
    runs = decode_runs(bytes, h);
    data = runs.data();
  } else {
    data = bytes.range(h.pixels, stride * static_cast<uint64_t>(h.height));
  }
  const Palette palette = h.bits <= 8 ? read_palette(bytes, h) : Palette{};
  const int num_channels = h.bits <= 8 && palette.gray ? 1 : 3;
  std::vector<uint8_t> pixels(static_cast<size_t>(h.width * h.height * num_channels));
  uint8_t* to = pixels.data();
  for (int64_t y = 0; y < h.height; ++y) {
    const auto row = static_cast<uint64_t>(h.top_down ? y : h.height - 1 - y);
    const uint8_t* from = data + row * (h.compression == 1 ? static_cast<uint64_t>(h.width) : stride);
    for (int64_t x = 0; x < h.width; ++x) {
      if (h.bits <= 8) {
        const int64_t bit = x * h.bits;
        const int index = (from[bit / 8] >> (8 - h.bits - bit % 8)) & ((1 << h.bits) - 1);
        for (int c = 0; c < num_channels; ++c) *to++ = palette.rgb[index][c];
      } else if (h.bits == 24) {
        for (int c = 0; c < 3; ++c) *to++ = from[3 * x + 2 - c];
      } else {
        uint32_t value = 0;
        std::memcpy(&value, from + x * h.bits / 8, static_cast<size_t>(h.bits / 8));
        for (const uint32_t mask : h.masks) *to++ = unmask(value, mask);
      }
    }
  }
  return {from_interleaved(PixelType::byte, h.width, h.height, num_channels, pixels.data())};
}

std::string encode_bmp(const Image& image, const std::string& option) {
  if (!option.empty()) fail_option("bmp", option, "no option");
  require_kind(image, "bmp", {PixelType::byte}, {1, 3});
  const bool gray = image.num_channels() == 1;
  const auto width = static_cast<size_t>(image.width() * image.num_channels()), stride = (width + 3) / 4 * 4;
  const size_t palette = gray ? 1024 : 0, start = 54 + palette, size = start + stride * image.height();
  require(size <= UINT32_MAX, error::kImageHeight, "the image is too large for BMP");
  std::string bytes(size, '\0');
  const auto put = [&bytes](size_t offset, auto value) { std::memcpy(bytes.data() + offset, &value, sizeof value); };
  bytes[0] = 'B';
  bytes[1] = 'M';
  put(2, static_cast<uint32_t>(size));
  put(10, static_cast<uint32_t>(start));
  put(14, uint32_t{40});
  put(18, static_cast<int32_t>(image.width()));
  put(22, static_cast<int32_t>(image.height()));
  put(26, uint16_t{1});
  put(28, static_cast<uint16_t>(gray ? 8 : 24));
  put(34, static_cast<uint32_t>(stride * image.height()));
  if (gray) {
    put(46, uint32_t{256});
    for (uint32_t i = 0; i < 256; ++i) put(54 + 4 * i, i * 0x010101u);
  }
  for (int64_t y = 0; y < image.height(); ++y) {
    auto* row = reinterpret_cast<uint8_t*>(bytes.data()) + start + stride * (image.height() - 1 - y);
    to_interleaved(image, y, row);
    if (gray) continue;
    for (int64_t x = 0; x < image.width(); ++x) std::swap(row[3 * x], row[3 * x + 2]);
  }
  return bytes;
}

}  // namespace alcedo::codec
