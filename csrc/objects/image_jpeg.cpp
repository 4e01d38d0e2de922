// JPEG through libjpeg. Its errors leave by longjmp, so the functions that call it hold no objects of their own.
// jpeglib.h needs cstdio before it, jerror.h jpeglib.h.
// clang-format off
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <jpeglib.h>
#include <jerror.h>
// clang-format on

#include "base/error.h"
#include "base/error_codes.h"
#include "objects/image_file.h"

namespace alcedo::codec {
namespace {

constexpr int kBadJpeg = 5576;
constexpr int kMaxScans = 500;  // of a progressive file

struct ErrorManager {
  jpeg_error_mgr base;
  std::jmp_buf escape;
  char text[JMSG_LENGTH_MAX];
};

[[noreturn]] void on_error(j_common_ptr info) {
  auto* manager = reinterpret_cast<ErrorManager*>(info->err);
  manager->base.format_message(info, manager->text);
  std::longjmp(manager->escape, 1);
}

// Damaged data is only a warning to libjpeg; to us it is an error.
void on_message(j_common_ptr info, int level) {
  if (level >= 0) return;
  const int code = info->err->msg_code;
  if (code == JWRN_EXTRANEOUS_DATA || code == JWRN_ADOBE_XFORM || code == JWRN_BOGUS_PROGRESSION) return;
  on_error(info);
}

void on_progress(j_common_ptr info) {
  if (!info->is_decompressor) return;
  if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number > kMaxScans) {
    info->err->msg_code = JERR_BAD_PROGRESSION;
    on_error(info);
  }
}

void prepare(ErrorManager* manager) {
  jpeg_std_error(&manager->base);
  manager->base.error_exit = on_error;
  manager->base.emit_message = on_message;
}

struct Decoder {
  jpeg_decompress_struct info;
  ErrorManager errors;
  jpeg_progress_mgr progress;
  int64_t width, height;
  int num_channels;
};

bool read_header(Decoder* d, const std::string& bytes) {
  prepare(&d->errors);
  d->info.err = &d->errors.base;
  if (setjmp(d->errors.escape)) return false;
  jpeg_create_decompress(&d->info);
  d->progress.progress_monitor = on_progress;
  d->info.progress = &d->progress;
  jpeg_mem_src(&d->info, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_read_header(&d->info, TRUE);
  if (d->info.num_components == 1) {
    d->info.out_color_space = JCS_GRAYSCALE;
  } else if (d->info.num_components == 3) {
    d->info.out_color_space = JCS_RGB;
  } else {
    d->info.out_color_space = JCS_CMYK;
  }
  d->width = d->info.image_width;
  d->height = d->info.image_height;
  d->num_channels = d->info.num_components == 1 ? 1 : d->info.num_components == 3 ? 3 : 4;
  return true;
}

bool read_rows(Decoder* d, uint8_t* pixels) {
  if (setjmp(d->errors.escape)) return false;
  jpeg_start_decompress(&d->info);
  while (d->info.output_scanline < d->info.output_height) {
    JSAMPROW row = pixels + static_cast<size_t>(d->info.output_scanline) * d->width * d->num_channels;
    jpeg_read_scanlines(&d->info, &row, 1);
  }
  jpeg_finish_decompress(&d->info);
  return true;
}

// Adobe's CMYK is stored inverted.
void cmyk_to_rgb(std::vector<uint8_t>* pixels, bool inverted) {
  const size_t n = pixels->size() / 4;
  uint8_t* p = pixels->data();
  for (size_t i = 0; i < n; ++i) {
    const int k = inverted ? p[4 * i + 3] : 255 - p[4 * i + 3];
    for (int c = 0; c < 3; ++c) {
      const int v = inverted ? p[4 * i + c] : 255 - p[4 * i + c];
      p[3 * i + c] = static_cast<uint8_t>((v * k + 127) / 255);
    }
  }
}

struct Encoder {
  jpeg_compress_struct info;
  ErrorManager errors;
  unsigned char* buffer = nullptr;
  unsigned long size = 0;  // NOLINT: libjpeg's type
};

bool write_rows(Encoder* e, const uint8_t* pixels, int64_t width, int64_t height, int num_channels, int quality) {
  prepare(&e->errors);
  e->info.err = &e->errors.base;
  if (setjmp(e->errors.escape)) return false;
  jpeg_create_compress(&e->info);
  jpeg_mem_dest(&e->info, &e->buffer, &e->size);
  e->info.image_width = static_cast<JDIMENSION>(width);
  e->info.image_height = static_cast<JDIMENSION>(height);
  e->info.input_components = num_channels;
  e->info.in_color_space = num_channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&e->info);
  jpeg_set_quality(&e->info, quality, TRUE);
  jpeg_start_compress(&e->info, TRUE);
  while (e->info.next_scanline < e->info.image_height) {
    auto* row = const_cast<JSAMPROW>(pixels) + static_cast<size_t>(e->info.next_scanline) * width * num_channels;
    jpeg_write_scanlines(&e->info, &row, 1);
  }
  jpeg_finish_compress(&e->info);
  return true;
}

}  // namespace

std::vector<ImagePtr> decode_jpeg(const std::string& bytes) {
  Decoder d{};
  std::unique_ptr<jpeg_decompress_struct, void (*)(j_decompress_ptr)> cleanup(&d.info, jpeg_destroy_decompress);
  require(read_header(&d, bytes), kBadJpeg, "damaged JPEG file: ", d.errors.text);
  check_size(d.width, d.height, bytes.size());
  std::vector<uint8_t> pixels(static_cast<size_t>(d.width * d.height * d.num_channels));
  require(read_rows(&d, pixels.data()), kBadJpeg, "damaged JPEG file: ", d.errors.text);
  if (d.num_channels == 4) {
    cmyk_to_rgb(&pixels, d.info.saw_Adobe_marker);
    d.num_channels = 3;
  }
  return {from_interleaved(PixelType::byte, d.width, d.height, d.num_channels, pixels.data())};
}

std::string encode_jpeg(const Image& image, const std::string& option) {
  require_kind(image, "jpeg", {PixelType::byte}, {1, 3});
  int quality = 95;
  if (!option.empty()) {
    char* end = nullptr;
    const long value = std::strtol(option.c_str(), &end, 10);
    if (*end || value < 0 || value > 100) fail_option("jpeg", option, "a quality of 0 to 100");
    quality = static_cast<int>(value);
  }
  require(image.width() <= 65500, error::kImageWidth, "the image is too wide for JPEG");
  require(image.height() <= 65500, error::kImageHeight, "the image is too high for JPEG");
  const int64_t n = image.num_channels();
  std::vector<uint8_t> pixels(static_cast<size_t>(image.width() * image.height() * n));
  for (int64_t y = 0; y < image.height(); ++y) to_interleaved(image, y, pixels.data() + y * image.width() * n);
  Encoder e{};
  const bool written = write_rows(&e, pixels.data(), image.width(), image.height(), static_cast<int>(n), quality);
  std::string bytes;
  if (written) bytes.assign(reinterpret_cast<const char*>(e.buffer), e.size);
  jpeg_destroy_compress(&e.info);
  std::free(e.buffer);
  require(written, error::kJpeg, "the image cannot be written as JPEG: ", e.errors.text);
  return bytes;
}

}  // namespace alcedo::codec
