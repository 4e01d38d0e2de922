#include "objects/image.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <new>
#include <type_traits>

#include "base/error.h"
#include "base/error_codes.h"
#include "base/kept_memory.h"

namespace alcedo {
namespace {

constexpr PixelType kTypes[] = {PixelType::byte,  PixelType::int1,      PixelType::int2,
                                PixelType::uint2, PixelType::int4,      PixelType::int8,
                                PixelType::real,  PixelType::direction, PixelType::cyclic};

template <class To, class From>
To convert_value(From value) {
  if constexpr (std::is_same_v<To, From>) {
    return value;
  } else if constexpr (std::is_floating_point_v<To>) {
    return static_cast<To>(value);
  } else {
    using Limits = std::numeric_limits<To>;
    if constexpr (std::is_floating_point_v<From>) {
      if (std::isnan(value)) return 0;
      const double rounded = std::nearbyint(static_cast<double>(value));
      if (rounded <= static_cast<double>(Limits::min())) return Limits::min();
      if (rounded >= static_cast<double>(Limits::max())) return Limits::max();
      return static_cast<To>(rounded);
    } else {
      const int64_t wide = value;
      if (wide < static_cast<int64_t>(Limits::min())) return Limits::min();
      if (wide > static_cast<int64_t>(Limits::max())) return Limits::max();
      return static_cast<To>(wide);
    }
  }
}

}  // namespace

size_t size_of(PixelType type) {
  return visit(type, [](auto pixel) { return sizeof pixel; });
}

const char* name_of(PixelType type) {
  switch (type) {
    case PixelType::byte:
      return "byte";
    case PixelType::direction:
      return "direction";
    case PixelType::cyclic:
      return "cyclic";
    case PixelType::int1:
      return "int1";
    case PixelType::int2:
      return "int2";
    case PixelType::uint2:
      return "uint2";
    case PixelType::int4:
      return "int4";
    case PixelType::int8:
      return "int8";
    case PixelType::real:
      break;
  }
  return "real";
}

PixelType pixel_type_of(std::string_view name) {
  for (const PixelType type : kTypes) {
    if (name == name_of(type)) return type;
  }
  fail(error::kWrongImageType, "found pixel type '", name,
       "', wanted byte, direction, cyclic, int1, int2, uint2, int4, int8 or real");
}

PixelType pixel_type_of_flag(int flag) {
  for (const PixelType type : kTypes) {
    if (flag == static_cast<int>(type)) return type;
  }
  fail(error::kWrongImageType, "found the unknown pixel type number ", flag);
}

template <>
PixelType pixel_type_of<uint8_t>() {
  return PixelType::byte;
}
template <>
PixelType pixel_type_of<int8_t>() {
  return PixelType::int1;
}
template <>
PixelType pixel_type_of<int16_t>() {
  return PixelType::int2;
}
template <>
PixelType pixel_type_of<uint16_t>() {
  return PixelType::uint2;
}
template <>
PixelType pixel_type_of<int32_t>() {
  return PixelType::int4;
}
template <>
PixelType pixel_type_of<int64_t>() {
  return PixelType::int8;
}
template <>
PixelType pixel_type_of<float>() {
  return PixelType::real;
}

Channel::Channel(PixelType type, int64_t width, int64_t height) : type_(type), width_(width), height_(height) {
  require(width >= 1 && width <= kMaxImageSide, error::kImageWidth, "found image width ", width, ", wanted 1 to ",
          kMaxImageSide);
  require(height >= 1 && height <= kMaxImageSide, error::kImageHeight, "found image height ", height, ", wanted 1 to ",
          kMaxImageSide);
  require(size() <= kMaxImageBytes / static_cast<int64_t>(size_of(type)), error::kOutOfMemory, "an image of ", width,
          " x ", height, " pixels is too large");
  data_.reset(kept_calloc(bytes()), kept_free);
  if (!data_) throw std::bad_alloc();
}

Channel Channel::copy() const {
  Channel copy(type_, width_, height_);
  std::memcpy(copy.raw(), raw(), bytes());
  return copy;
}

void Channel::check(PixelType type) const {
  const bool bytes = type == PixelType::byte && (type_ == PixelType::direction || type_ == PixelType::cyclic);
  require(type == type_ || bytes, error::kWrongImageType, "found an image of type ", name_of(type_), ", wanted ",
          name_of(type));
}

Image::Image(std::vector<ChannelPtr> channels) : channels_(std::move(channels)) {
  require(!channels_.empty(), error::kInternal, "an image needs at least one channel");
  for (const ChannelPtr& channel : channels_) {
    require(channel->width() == width() && channel->height() == height(), error::kImageDimensions,
            "channels differ in size: ", width(), " x ", height(), " and ", channel->width(), " x ", channel->height());
  }
}

ChannelPtr convert(const ChannelPtr& src, PixelType type) {
  if (src->type() == type) return src;
  auto dst = std::make_shared<Channel>(type, src->width(), src->height());
  visit(src->type(), [&](auto from) {
    visit(type, [&](auto to) {
      const auto* s = src->data<decltype(from)>();
      auto* d = dst->data<decltype(to)>();
      for (int64_t i = 0, n = src->size(); i < n; ++i) d[i] = convert_value<decltype(to)>(s[i]);
    });
  });
  return dst;
}

ImagePtr convert(const ImagePtr& image, PixelType type) {
  std::vector<ChannelPtr> channels;
  for (const ChannelPtr& channel : image->channels()) channels.push_back(convert(channel, type));
  return std::make_shared<Image>(std::move(channels));
}

}  // namespace alcedo
