// PNG through libpng: gray and colour, 8 bit (byte) and 16 bit (uint2). Palettes become colours, alpha is dropped.
// Errors leave libpng by longjmp, so the functions that call it hold no objects of their own.
#include <png.h>

#include <csetjmp>
#include <cstring>

#include "base/error.h"
#include "base/error_codes.h"
#include "objects/image_file.h"

namespace alcedo::codec {
namespace {

constexpr int kBadPng = 5580;

struct Failure {
  char text[256] = "";
};

void on_error(png_structp png, png_const_charp message) {
  auto* failure = static_cast<Failure*>(png_get_error_ptr(png));
  std::snprintf(failure->text, sizeof failure->text, "%s", message);
  png_longjmp(png, 1);
}

void on_warning(png_structp, png_const_charp) {}

struct Source {
  const char* data;
  size_t size;
};

void read_bytes(png_structp png, png_bytep to, size_t n) {
  auto* source = static_cast<Source*>(png_get_io_ptr(png));
  if (n > source->size) png_error(png, "the file ends too early");
  std::memcpy(to, source->data, n);
  source->data += n;
  source->size -= n;
}

struct Decoder {
  png_structp png = nullptr;
  png_infop info = nullptr;
  Failure failure;
  Source source;
  png_uint_32 width = 0, height = 0;
  int bits = 0, num_channels = 0;
  ~Decoder() { png_destroy_read_struct(&png, &info, nullptr); }
};

bool read_header(Decoder* d) {
  d->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &d->failure, on_error, on_warning);
  if (!d->png) return false;
  d->info = png_create_info_struct(d->png);
  if (!d->info) return false;
  if (setjmp(png_jmpbuf(d->png))) return false;
  png_set_user_limits(d->png, static_cast<png_uint_32>(kMaxImageSide), static_cast<png_uint_32>(kMaxImageSide));
  png_set_chunk_malloc_max(d->png, 16u << 20);
  png_set_read_fn(d->png, &d->source, read_bytes);
  png_read_info(d->png, d->info);
  int color = 0;
  png_get_IHDR(d->png, d->info, &d->width, &d->height, &d->bits, &color, nullptr, nullptr, nullptr);
  png_set_expand(d->png);  // palettes to colours, fewer bits to 8, transparency to alpha
  png_set_strip_alpha(d->png);
  if (d->bits == 16) png_set_swap(d->png);  // little endian
  png_set_interlace_handling(d->png);
  png_read_update_info(d->png, d->info);
  d->bits = png_get_bit_depth(d->png, d->info);
  d->num_channels = png_get_channels(d->png, d->info);
  return true;
}

bool read_rows(Decoder* d, png_bytepp rows) {
  if (setjmp(png_jmpbuf(d->png))) return false;
  png_read_image(d->png, rows);
  png_read_end(d->png, nullptr);
  return true;
}

void write_bytes(png_structp png, png_bytep from, size_t n) {
  auto* bytes = static_cast<std::string*>(png_get_io_ptr(png));
  bool stored = true;
  try {
    bytes->append(reinterpret_cast<const char*>(from), n);
  } catch (...) {
    stored = false;
  }
  if (!stored) png_error(png, "out of memory");
}

void flush(png_structp) {}

struct Encoder {
  png_structp png = nullptr;
  png_infop info = nullptr;
  Failure failure;
  ~Encoder() { png_destroy_write_struct(&png, &info); }
};

bool write_all(Encoder* e, std::string* bytes, png_bytepp rows, const Image& image, int bits, int level) {
  e->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &e->failure, on_error, on_warning);
  if (!e->png) return false;
  e->info = png_create_info_struct(e->png);
  if (!e->info) return false;
  if (setjmp(png_jmpbuf(e->png))) return false;
  png_set_write_fn(e->png, bytes, write_bytes, flush);
  if (level >= 0) png_set_compression_level(e->png, level);
  png_set_IHDR(e->png, e->info, static_cast<png_uint_32>(image.width()), static_cast<png_uint_32>(image.height()), bits,
               image.num_channels() == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(e->png, e->info);
  if (bits == 16) png_set_swap(e->png);
  png_write_image(e->png, rows);
  png_write_end(e->png, nullptr);
  return true;
}

std::vector<png_bytep> rows_of(std::vector<uint8_t>* pixels, int64_t height) {
  std::vector<png_bytep> rows(static_cast<size_t>(height));
  const size_t stride = pixels->size() / static_cast<size_t>(height);
  for (size_t y = 0; y < rows.size(); ++y) rows[y] = pixels->data() + y * stride;
  return rows;
}

}  // namespace

std::vector<ImagePtr> decode_png(const std::string& bytes) {
  Decoder d;
  d.source = {bytes.data(), bytes.size()};
  require(read_header(&d), kBadPng, "damaged PNG file: ", d.failure.text);
  check_size(d.width, d.height, bytes.size());
  std::vector<uint8_t> pixels(size_t{d.width} * d.height * static_cast<size_t>(d.num_channels * d.bits / 8));
  auto rows = rows_of(&pixels, d.height);
  require(read_rows(&d, rows.data()), kBadPng, "damaged PNG file: ", d.failure.text);
  if (d.bits == 16) {
    return {from_interleaved(PixelType::uint2, d.width, d.height, d.num_channels,
                             reinterpret_cast<const uint16_t*>(pixels.data()))};
  }
  return {from_interleaved(PixelType::byte, d.width, d.height, d.num_channels, pixels.data())};
}

std::string encode_png(const Image& image, const std::string& option) {
  require_kind(image, "png", {PixelType::byte, PixelType::uint2}, {1, 3});
  int level = -1;
  if (option == "best") {
    level = 9;
  } else if (option == "fastest") {
    level = 1;
  } else if (option == "none") {
    level = 0;
  } else if (!option.empty()) {
    fail_option("png", option, "best, fastest or none");
  }
  const bool wide = image.type() == PixelType::uint2;
  const auto row_values = static_cast<size_t>(image.width() * image.num_channels());
  std::vector<uint8_t> pixels(static_cast<size_t>(image.height()) * row_values * (wide ? 2 : 1));
  auto rows = rows_of(&pixels, image.height());
  for (int64_t y = 0; y < image.height(); ++y) {
    wide ? to_interleaved(image, y, reinterpret_cast<uint16_t*>(rows[static_cast<size_t>(y)]))
         : to_interleaved(image, y, rows[static_cast<size_t>(y)]);
  }
  Encoder e;
  std::string bytes;
  require(write_all(&e, &bytes, rows.data(), image, wide ? 16 : 8, level), error::kFileNotWritable,
          "the image cannot be written as PNG: ", e.failure.text);
  return bytes;
}

}  // namespace alcedo::codec
