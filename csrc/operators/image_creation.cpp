// Images from memory.
#include <cstring>

#include "api/args.h"

namespace alcedo::operators {
namespace {

const void* pointer(const Args& args, int i) {
  const auto* address = reinterpret_cast<const void*>(args.in_int(i));
  if (!address) args.fail_value(i, "found a null pointer");
  return address;
}

ChannelPtr copy_channel(const Args& args, PixelType type, int i) {
  auto channel = std::make_shared<Channel>(type, args.in_int(1), args.in_int(2));
  std::memcpy(channel->raw(), pointer(args, i), channel->bytes());
  return channel;
}

void gen_image(Args& args, int num_channels) {
  const PixelType type = pixel_type_of(args.in_string(0));
  for (int c = 0; c < num_channels; ++c) pointer(args, 3 + c);
  std::vector<ChannelPtr> channels;
  for (int c = 0; c < num_channels; ++c) channels.push_back(copy_channel(args, type, 3 + c));
  args.out_object(0, std::make_shared<Image>(std::move(channels)));
}

}  // namespace

void gen_image1(Args& args) { gen_image(args, 1); }
void gen_image3(Args& args) { gen_image(args, 3); }

void gen_image_const(Args& args) {
  const PixelType type = pixel_type_of(args.in_string(0));
  auto channel = std::make_shared<Channel>(type, args.in_int(1), args.in_int(2));
  args.out_object(0, std::make_shared<Image>(std::vector<ChannelPtr>{std::move(channel)}));
}

void gen_image_interleaved(Args& args) {
  const auto* pixels = static_cast<const uint8_t*>(pointer(args, 0));
  const std::string order = args.in_string(1);
  const int64_t original_width = args.in_int(2), original_height = args.in_int(3), alignment = args.in_int(4);
  const PixelType type = pixel_type_of(args.in_string(5));
  const int64_t row = args.in_int(8), column = args.in_int(9);
  const int64_t width = args.in_int(6) ? args.in_int(6) : original_width - column;
  const int64_t height = args.in_int(7) ? args.in_int(7) : original_height - row;
  if (alignment != -1 && alignment < 1) args.fail_value(4, "found ", alignment, ", wanted -1 or at least 1");
  if (width < 1 || column + width > original_width) args.fail_value(6, "the part exceeds the width of the image");
  if (height < 1 || row + height > original_height) args.fail_value(7, "the part exceeds the height of the image");
  const auto size = static_cast<int64_t>(size_of(type));
  const int64_t used = args.in_int(10) == -1 ? 8 * size : args.in_int(10), shift = args.in_int(11);
  if (used < 1 || used > 8 * size) args.fail_value(10, "found ", used, ", wanted -1 or 1 to ", 8 * size);
  if (shift < 0 || shift >= 8 * size) args.fail_value(11, "found ", shift, ", wanted 0 to ", 8 * size - 1);

  int64_t stride = original_width * static_cast<int64_t>(order.size()) * size;
  if (alignment > 1) stride = (stride + alignment - 1) / alignment * alignment;
  std::vector<ChannelPtr> channels;
  for (const char color : {'r', 'g', 'b'}) {
    auto channel = std::make_shared<Channel>(type, width, height);
    const uint8_t* first =
        pixels + row * stride +
        (column * static_cast<int64_t>(order.size()) + static_cast<int64_t>(order.find(color))) * size;
    visit(type, [&](auto pixel) {
      using T = decltype(pixel);
      const auto mask = static_cast<uint64_t>((uint64_t{1} << used) - 1);
      T* to = channel->data<T>();
      for (int64_t y = 0; y < height; ++y) {
        const uint8_t* from = first + y * stride;
        for (int64_t x = 0; x < width; ++x, from += static_cast<int64_t>(order.size()) * size) {
          T value;
          std::memcpy(&value, from, sizeof value);
          *to++ = static_cast<T>((static_cast<uint64_t>(value) & mask) >> shift);
        }
      }
    });
    channels.push_back(std::move(channel));
  }
  args.out_object(0, std::make_shared<Image>(std::move(channels)));
}

void copy_image(Args& args) {
  std::vector<ImagePtr> copies;
  for (const ImagePtr& image : args.in_object(0)) {
    std::vector<ChannelPtr> channels;
    for (const ChannelPtr& channel : image->channels()) channels.push_back(std::make_shared<Channel>(channel->copy()));
    copies.push_back(std::make_shared<Image>(std::move(channels)));
  }
  args.out_object(0, std::move(copies));
}

}  // namespace alcedo::operators
