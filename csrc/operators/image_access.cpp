// Image properties.
#include <functional>

#include "api/args.h"

namespace alcedo::operators {
namespace {

int64_t address(const Channel& channel) { return reinterpret_cast<int64_t>(channel.raw()); }

// One value per image.
void per_image(Args& args, int out, const std::function<void(const Image&, Tuple*)>& value) {
  Tuple values;
  for (const ImagePtr& image : args.in_object(0)) value(*image, &values);
  args.out(out, std::move(values));
}

void out_type_and_size(Args& args, int first) {
  const Image& image = *args.in_image(0);
  args.out(first, name_of(image.type()));
  args.out(first + 1, image.width());
  args.out(first + 2, image.height());
}

void require_channels(const Image& image, int64_t wanted) {
  require(image.num_channels() == wanted, error::kNumberOfChannels, "found an image with ", image.num_channels(),
          " channels, wanted ", wanted);
}

}  // namespace

void get_image_pointer1(Args& args) {
  args.out(0, address(args.in_image(0)->channel(0)));
  out_type_and_size(args, 1);
}

void get_image_pointer3(Args& args) {
  const Image& image = *args.in_image(0);
  require_channels(image, 3);
  for (int c = 0; c < 3; ++c) args.out(c, address(image.channel(c)));
  out_type_and_size(args, 3);
}

void get_image_size(Args& args) {
  per_image(args, 0, [](const Image& image, Tuple* values) { values->push(image.width()); });
  per_image(args, 1, [](const Image& image, Tuple* values) { values->push(image.height()); });
}

void get_image_type(Args& args) {
  per_image(args, 0, [](const Image& image, Tuple* values) { values->push(name_of(image.type())); });
}

}  // namespace alcedo::operators
