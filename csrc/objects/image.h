// Images: any number of planar channels of one size, row-major, without padding. Images are immutable once made and
// shared by pointer; channels are shared between images.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace alcedo {

// Values are the documented pixel type flags.
enum class PixelType : uint16_t {
  byte = 1,
  int4 = 2,
  real = 4,
  direction = 8,
  cyclic = 16,
  int1 = 32,
  int2 = 512,
  uint2 = 1024,
  int8 = 4096
};
size_t size_of(PixelType type);                  // bytes of one pixel
const char* name_of(PixelType type);             // "byte", "int1", ...
PixelType pixel_type_of(std::string_view name);  // throws 9001 for an unknown name
PixelType pixel_type_of_flag(int flag);          // likewise for an unknown number
template <class T>
PixelType pixel_type_of();

// Calls body(T{}) with the C++ type of the pixels.
template <class Body>
decltype(auto) visit(PixelType type, Body&& body) {
  switch (type) {
    case PixelType::byte:
    case PixelType::direction:
    case PixelType::cyclic:
      return body(uint8_t{});
    case PixelType::int1:
      return body(int8_t{});
    case PixelType::int2:
      return body(int16_t{});
    case PixelType::uint2:
      return body(uint16_t{});
    case PixelType::int4:
      return body(int32_t{});
    case PixelType::int8:
      return body(int64_t{});
    case PixelType::real:
      break;
  }
  return body(float{});
}

// One matrix of pixels. Written only before it is put into an image.
class Channel {
 public:
  Channel(PixelType type, int64_t width, int64_t height);  // zero; throws 5218/5219 for bad sizes, 6001
  Channel copy() const;
  PixelType type() const { return type_; }
  int64_t width() const { return width_; }
  int64_t height() const { return height_; }
  int64_t size() const { return width_ * height_; }
  size_t bytes() const { return static_cast<size_t>(size()) * size_of(type_); }
  void* raw() { return data_.get(); }
  const void* raw() const { return data_.get(); }
  template <class T>
  T* data() {
    check(pixel_type_of<T>());
    return static_cast<T*>(raw());
  }
  template <class T>
  const T* data() const {
    check(pixel_type_of<T>());
    return static_cast<const T*>(raw());
  }

 private:
  void check(PixelType type) const;  // throws 9001 if the pixels are stored as another C++ type
  PixelType type_;
  int64_t width_, height_;
  std::shared_ptr<void> data_;
};
using ChannelPtr = std::shared_ptr<const Channel>;

constexpr int64_t kMaxImageSide = int64_t{1} << 20;
constexpr int64_t kMaxImageBytes = int64_t{1} << 34;  // of one channel

class Image {
 public:
  // At least one channel; all of one size (else 5507).
  explicit Image(std::vector<ChannelPtr> channels);
  int64_t width() const { return channels_.front()->width(); }
  int64_t height() const { return channels_.front()->height(); }
  int64_t num_channels() const { return static_cast<int64_t>(channels_.size()); }
  PixelType type() const { return channels_.front()->type(); }  // of the first channel
  const std::vector<ChannelPtr>& channels() const { return channels_; }
  const Channel& channel(int64_t c) const { return *channels_[static_cast<size_t>(c)]; }  // from 0, not checked
  template <class T>
  const T* data(int64_t c) const {
    return channel(c).data<T>();
  }

 private:
  std::vector<ChannelPtr> channels_;
};
using ImagePtr = std::shared_ptr<const Image>;

// A channel (image) of another type, element by element: values outside the type's range are clipped, reals to integers
// rounded to the nearest.
ChannelPtr convert(const ChannelPtr& channel, PixelType type);
ImagePtr convert(const ImagePtr& image, PixelType type);

}  // namespace alcedo
