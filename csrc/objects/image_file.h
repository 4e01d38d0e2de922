// Image files: JPEG, PNG, TIFF, BMP, PGM/PPM. Files are decoded from and encoded to memory; the format of a file is
// told from its first bytes, never from its name. Whatever is wrong with a file is an error (52xx, 55xx), never a
// crash.
#pragma once

#include <string>
#include <vector>

#include "objects/image.h"

namespace alcedo {

// One image per page (all formats but TIFF have one). A name that does not exist is tried with the known endings.
std::vector<ImagePtr> read_image_file(const std::string& file_name);

// `format`: "tiff", "tiff lzw", "png", "png best", "jpeg", "jpeg 90", "bmp", "pgm", "ppm", ... A name without an ending
// gets the format's.
void write_image_file(const Image& image, const std::string& format, const std::string& file_name);

namespace codec {

// Sizes that a file of so many bytes can have: a few bytes must not ask for all memory. Throws 5218, 5219, 6001.
constexpr int64_t kMaxPixels = int64_t{1} << 28;
void check_size(int64_t width, int64_t height, size_t file_bytes);

// From and to interleaved pixels; T is uint8_t, uint16_t, ...
template <class T>
ImagePtr from_interleaved(PixelType type, int64_t width, int64_t height, int num_channels, const T* pixels);
template <class T>
void to_interleaved(const Image& image, int64_t row, T* pixels);  // one row

std::vector<ImagePtr> decode_jpeg(const std::string& bytes);
std::vector<ImagePtr> decode_png(const std::string& bytes);
std::vector<ImagePtr> decode_tiff(const std::string& bytes);
std::vector<ImagePtr> decode_bmp(const std::string& bytes);
std::vector<ImagePtr> decode_pnm(const std::string& bytes);

// `option`: second word of the format, "" if there is none.
std::string encode_jpeg(const Image& image, const std::string& option);
std::string encode_png(const Image& image, const std::string& option);
std::string encode_tiff(const Image& image, const std::string& option);
std::string encode_bmp(const Image& image, const std::string& option);
std::string encode_pnm(const Image& image, const std::string& option);

// Throws 9001 or 3122 unless all channels have one of the types and there are `channels` of them (0: any number).
void require_kind(const Image& image, const char* format, std::initializer_list<PixelType> types,
                  std::initializer_list<int> channels);
[[noreturn]] void fail_option(const char* format, const std::string& option, const char* wanted);

template <class T>
ImagePtr from_interleaved(PixelType type, int64_t width, int64_t height, int num_channels, const T* pixels) {
  std::vector<ChannelPtr> channels;
  for (int c = 0; c < num_channels; ++c) {
    auto channel = std::make_shared<Channel>(type, width, height);
    T* to = channel->data<T>();
    const T* from = pixels + c;
    for (int64_t i = 0, n = width * height; i < n; ++i, from += num_channels) to[i] = *from;
    channels.push_back(std::move(channel));
  }
  return std::make_shared<Image>(std::move(channels));
}

template <class T>
void to_interleaved(const Image& image, int64_t row, T* pixels) {
  const int64_t n = image.num_channels(), width = image.width();
  for (int64_t c = 0; c < n; ++c) {
    const T* from = image.data<T>(c) + row * width;
    for (int64_t x = 0; x < width; ++x) pixels[x * n + c] = from[x];
  }
}

}  // namespace codec
}  // namespace alcedo
