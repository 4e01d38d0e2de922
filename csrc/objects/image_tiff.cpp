// TIFF through libtiff: 1 to 64 bit integers and 32 bit floats, strips and tiles, interleaved and planar, any number of
// channels, several pages; palettes and what else libtiff knows through its RGBA reader.
#include <tiffio.h>

#include <algorithm>
#include <cstdarg>
#include <cstring>
#include <limits>

#include "base/error.h"
#include "base/error_codes.h"
#include "objects/image_file.h"

namespace alcedo::codec {
namespace {

constexpr int kCorrupt = 5558;
constexpr int kUnsupported = 5556;
constexpr int kMaxPages = 65535;
constexpr int kMaxChannels = 4096;
constexpr tmsize_t kMaxAllocation = tmsize_t{1} << 31;

// A file in memory and the first error that libtiff reported on it.
struct Memory {
  std::string bytes;
  size_t at = 0;
  std::string error;
};

tmsize_t read_bytes(thandle_t handle, void* to, tmsize_t n) {
  auto* m = static_cast<Memory*>(handle);
  const size_t left = m->at < m->bytes.size() ? m->bytes.size() - m->at : 0;
  const size_t got = std::min(left, static_cast<size_t>(std::max<tmsize_t>(n, 0)));
  std::memcpy(to, m->bytes.data() + m->at, got);
  m->at += got;
  return static_cast<tmsize_t>(got);
}

tmsize_t write_bytes(thandle_t handle, void* from, tmsize_t n) {
  auto* m = static_cast<Memory*>(handle);
  try {
    const size_t end = m->at + static_cast<size_t>(n);
    if (end > m->bytes.size()) m->bytes.resize(end);
    std::memcpy(m->bytes.data() + m->at, from, static_cast<size_t>(n));
    m->at = end;
    return n;
  } catch (...) {
    return 0;
  }
}

toff_t seek(thandle_t handle, toff_t offset, int whence) {
  auto* m = static_cast<Memory*>(handle);
  const size_t base = whence == SEEK_CUR ? m->at : whence == SEEK_END ? m->bytes.size() : 0;
  m->at = base + static_cast<size_t>(offset);
  return m->at;
}

int close(thandle_t) { return 0; }
toff_t size(thandle_t handle) { return static_cast<Memory*>(handle)->bytes.size(); }

int on_error(TIFF*, void* user, const char* module, const char* format, va_list arguments) {
  auto* m = static_cast<Memory*>(user);
  if (!m->error.empty()) return 1;
  char message[512];
  std::vsnprintf(message, sizeof message, format, arguments);
  try {
    m->error = text(module ? module : "", ": ", message);
  } catch (...) {
    return 1;
  }
  return 1;
}

int on_warning(TIFF*, void*, const char*, const char*, va_list) { return 1; }

using File = std::unique_ptr<TIFF, void (*)(TIFF*)>;

File open(Memory* memory, const char* mode) {
  std::unique_ptr<TIFFOpenOptions, void (*)(TIFFOpenOptions*)> options(TIFFOpenOptionsAlloc(), TIFFOpenOptionsFree);
  if (!options) throw std::bad_alloc();
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), on_error, memory);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), on_warning, memory);
  TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), kMaxAllocation);
  File file(TIFFClientOpenExt("memory", mode, memory, read_bytes, write_bytes, seek, close, size, nullptr, nullptr,
                              options.get()),
            TIFFClose);
  require(file != nullptr, kCorrupt, "damaged TIFF file: ", memory->error);
  return file;
}

struct Page {
  uint32_t width = 0, height = 0;
  uint16_t bits = 1, num_channels = 1, format = SAMPLEFORMAT_UINT, planar = PLANARCONFIG_CONTIG;
  uint16_t photometric = PHOTOMETRIC_MINISBLACK, compression = COMPRESSION_NONE;
};

Page page_of(TIFF* tiff, size_t file_bytes) {
  Page p;
  require(TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &p.width) && TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &p.height),
          kCorrupt, "damaged TIFF file: no image size");
  check_size(p.width, p.height, file_bytes);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &p.bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &p.num_channels);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &p.format);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &p.planar);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &p.compression);
  TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &p.photometric);
  require(p.num_channels >= 1 && p.num_channels <= kMaxChannels, kCorrupt, "damaged TIFF file: ", p.num_channels,
          " channels");
  return p;
}

// 0: not a plain matrix of numbers.
int pixel_flag(const Page& p) {
  if (p.photometric != PHOTOMETRIC_MINISBLACK && p.photometric != PHOTOMETRIC_MINISWHITE &&
      p.photometric != PHOTOMETRIC_RGB) {
    return 0;
  }
  const bool is_signed = p.format == SAMPLEFORMAT_INT;
  if (p.format == SAMPLEFORMAT_IEEEFP) return p.bits == 32 ? static_cast<int>(PixelType::real) : 0;
  if (p.format != SAMPLEFORMAT_UINT && p.format != SAMPLEFORMAT_VOID && !is_signed) return 0;
  switch (p.bits) {
    case 1:
      return is_signed || p.num_channels != 1 ? 0 : static_cast<int>(PixelType::byte);
    case 8:
      return static_cast<int>(is_signed ? PixelType::int1 : PixelType::byte);
    case 16:
      return static_cast<int>(is_signed ? PixelType::int2 : PixelType::uint2);
    case 32:
      return is_signed ? static_cast<int>(PixelType::int4) : 0;
    case 64:
      return is_signed ? static_cast<int>(PixelType::int8) : 0;
    default:
      return 0;
  }
}

// Copies a block (strip or tile) of the file into the channels it holds.
void place(const Page& p, const std::vector<std::shared_ptr<Channel>>& channels, const uint8_t* block,
           size_t block_bytes, uint32_t x0, uint32_t y0, uint32_t block_width, uint32_t block_height, int plane) {
  const bool contiguous = p.planar == PLANARCONFIG_CONTIG;
  const int step = contiguous ? p.num_channels : 1;
  const uint32_t width = std::min(block_width, p.width - x0), height = std::min(block_height, p.height - y0);
  const size_t bytes = size_of(channels[0]->type());
  const size_t stride = p.bits == 1 ? (block_width + 7) / 8 : size_t{block_width} * step * bytes;
  require(stride * height <= block_bytes, kCorrupt, "damaged TIFF file: a block is too short");
  for (int c = 0; c < step; ++c) {
    auto& channel = *channels[static_cast<size_t>(contiguous ? c : plane)];
    visit(channel.type(), [&](auto pixel) {
      using T = decltype(pixel);
      for (uint32_t y = 0; y < height; ++y) {
        const uint8_t* from = block + y * stride;
        T* to = channel.data<T>() + int64_t{y0 + y} * p.width + x0;
        for (uint32_t x = 0; x < width; ++x) {
          if (p.bits == 1) {
            to[x] = static_cast<T>((from[x / 8] >> (7 - x % 8)) & 1 ? 255 : 0);
          } else {
            std::memcpy(to + x, from + (size_t{x} * step + c) * sizeof(T), sizeof(T));
          }
        }
      }
    });
  }
}

void invert(Channel* channel) {
  if (channel->type() == PixelType::real) return;
  visit(channel->type(), [&](auto pixel) {
    auto* values = channel->data<decltype(pixel)>();
    for (int64_t i = 0; i < channel->size(); ++i) {
      values[i] = static_cast<decltype(pixel)>(std::numeric_limits<decltype(pixel)>::max() - values[i]);
    }
  });
}

ImagePtr read_plain(TIFF* tiff, const Page& p, PixelType type, const Memory& memory) {
  require(uint64_t{p.width} * p.height * p.num_channels <= static_cast<uint64_t>(4 * kMaxPixels), error::kOutOfMemory,
          "the TIFF image is too large");
  std::vector<std::shared_ptr<Channel>> channels;
  for (int c = 0; c < p.num_channels; ++c) channels.push_back(std::make_shared<Channel>(type, p.width, p.height));
  uint32_t block_width = p.width, block_height = p.height;
  const bool tiled = TIFFIsTiled(tiff);
  if (tiled) {
    const bool known =
        TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &block_width) && TIFFGetField(tiff, TIFFTAG_TILELENGTH, &block_height);
    require(known && block_width > 0 && block_height > 0, kCorrupt, "damaged TIFF file: no tile size");
  } else {
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &block_height);
    block_height = std::min(std::max(block_height, 1u), p.height);
  }
  const tmsize_t block_bytes = tiled ? TIFFTileSize(tiff) : TIFFStripSize(tiff);
  require(block_bytes > 0 && block_bytes <= kMaxAllocation, kCorrupt, "damaged TIFF file: ", memory.error);
  std::vector<uint8_t> block(static_cast<size_t>(block_bytes));
  const uint32_t across = (p.width + block_width - 1) / block_width, down = (p.height - 1) / block_height + 1;
  const int planes = p.planar == PLANARCONFIG_CONTIG ? 1 : p.num_channels;
  uint32_t number = 0;
  for (int plane = 0; plane < planes; ++plane) {
    for (uint32_t i = 0; i < down; ++i) {
      for (uint32_t j = 0; j < across; ++j, ++number) {
        const tmsize_t got = tiled ? TIFFReadEncodedTile(tiff, number, block.data(), block_bytes)
                                   : TIFFReadEncodedStrip(tiff, number, block.data(), block_bytes);
        require(got >= 0, kCorrupt, "damaged TIFF file: ", memory.error);
        place(p, channels, block.data(), static_cast<size_t>(got), j * block_width, i * block_height, block_width,
              block_height, plane);
      }
    }
  }
  if (p.photometric == PHOTOMETRIC_MINISWHITE) {
    for (const auto& channel : channels) invert(channel.get());
  }
  return std::make_shared<Image>(std::vector<ChannelPtr>(channels.begin(), channels.end()));
}

ImagePtr read_rgba(TIFF* tiff, const Page& p, const Memory& memory) {
  char why[1024] = "";
  require(TIFFRGBAImageOK(tiff, why), kUnsupported, "the TIFF file is not supported: ", why);
  std::vector<uint32_t> raster(size_t{p.width} * p.height);
  require(TIFFReadRGBAImageOriented(tiff, p.width, p.height, raster.data(), ORIENTATION_TOPLEFT, 1), kCorrupt,
          "damaged TIFF file: ", memory.error);
  std::vector<uint8_t> pixels;
  pixels.reserve(raster.size() * 3);
  for (const uint32_t value : raster) {
    pixels.push_back(static_cast<uint8_t>(TIFFGetR(value)));
    pixels.push_back(static_cast<uint8_t>(TIFFGetG(value)));
    pixels.push_back(static_cast<uint8_t>(TIFFGetB(value)));
  }
  return from_interleaved(PixelType::byte, p.width, p.height, 3, pixels.data());
}

}  // namespace

std::vector<ImagePtr> decode_tiff(const std::string& bytes) {
  Memory memory;
  memory.bytes = bytes;
  const File file = open(&memory, "rm");
  std::vector<ImagePtr> pages;
  do {
    const Page page = page_of(file.get(), bytes.size());
    const int flag = pixel_flag(page);
    pages.push_back(flag ? read_plain(file.get(), page, pixel_type_of_flag(flag), memory)
                         : read_rgba(file.get(), page, memory));
    require(pages.size() <= kMaxPages, kCorrupt, "the TIFF file has too many pages");
  } while (TIFFReadDirectory(file.get()));
  require(memory.error.empty(), kCorrupt, "damaged TIFF file: ", memory.error);
  return pages;
}

std::string encode_tiff(const Image& image, const std::string& option) {
  using P = PixelType;
  require_kind(image, "tiff", {P::byte, P::int1, P::int2, P::uint2, P::int4, P::int8, P::real}, {});
  uint16_t compression = COMPRESSION_NONE;
  if (option == "lzw") {
    compression = COMPRESSION_LZW;
  } else if (option == "deflate") {
    compression = COMPRESSION_ADOBE_DEFLATE;
  } else if (option == "packbits") {
    compression = COMPRESSION_PACKBITS;
  } else if (!option.empty() && option != "none") {
    fail_option("tiff", option, "none, lzw, deflate or packbits");
  }
  Memory memory;
  File file = open(&memory, "w");
  TIFF* tiff = file.get();
  const P type = image.type();
  const auto n = static_cast<int>(image.num_channels());
  const bool color = n == 3 && (type == P::byte || type == P::uint2);
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, static_cast<uint32_t>(image.width()));
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, static_cast<uint32_t>(image.height()));
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, static_cast<int>(size_of(type) * 8));
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, n);
  TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT,
               type == P::real                       ? SAMPLEFORMAT_IEEEFP
               : type == P::byte || type == P::uint2 ? SAMPLEFORMAT_UINT
                                                     : SAMPLEFORMAT_INT);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, color ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK);
  if (!color && n > 1) {
    const std::vector<uint16_t> extra(static_cast<size_t>(n - 1), EXTRASAMPLE_UNSPECIFIED);
    TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, n - 1, extra.data());
  }
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField(tiff, TIFFTAG_COMPRESSION, compression);
  TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, TIFFDefaultStripSize(tiff, 0));
  bool written = true;
  visit(type, [&](auto pixel) {
    std::vector<decltype(pixel)> row(static_cast<size_t>(image.width() * n));
    for (int64_t y = 0; y < image.height() && written; ++y) {
      to_interleaved(image, y, row.data());
      written = TIFFWriteScanline(tiff, row.data(), static_cast<uint32_t>(y), 0) == 1;
    }
  });
  written = TIFFFlush(tiff) == 1 && written;
  file.reset();
  require(written && memory.error.empty(), error::kFileNotWritable,
          "the image cannot be written as TIFF: ", memory.error);
  return std::move(memory.bytes);
}

}  // namespace alcedo::codec
