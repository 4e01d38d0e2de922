// Image properties and channels.
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

ImagePtr one_channel(const ChannelPtr& channel) { return std::make_shared<Image>(std::vector<ChannelPtr>{channel}); }

ImagePtr join(const std::vector<ImagePtr>& images) {
  std::vector<ChannelPtr> channels;
  for (const ImagePtr& image : images) {
    require_channels(*image, 1);
    const Image& first = *images.front();
    require(image->width() == first.width() && image->height() == first.height(), error::kImageSizesDiffer,
            "the images differ in size: ", first.width(), " x ", first.height(), " and ", image->width(), " x ",
            image->height());
    channels.push_back(image->channels().front());
  }
  return std::make_shared<Image>(std::move(channels));
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

void count_channels(Args& args) {
  per_image(args, 0, [](const Image& image, Tuple* values) { values->push(image.num_channels()); });
}

void access_channel(Args& args) {
  const int64_t wanted = args.in_int(0);
  std::vector<ImagePtr> selected;
  for (const ImagePtr& image : args.in_object(0)) {
    if (wanted > image->num_channels()) {
      args.fail_value(0, "found ", wanted, ", wanted at most ", image->num_channels());
    }
    selected.push_back(one_channel(image->channels()[static_cast<size_t>(wanted - 1)]));
  }
  args.out_object(0, std::move(selected));
}

void compose3(Args& args) {
  const int64_t n = args.in_object(0).size();
  for (int i = 1; i < 3; ++i) {
    require(args.in_object(i).size() == n, 1501 + i, "found ", args.in_object(i).size(), " images and ", n,
            ", wanted as many of each");
  }
  std::vector<ImagePtr> images;
  for (int64_t k = 0; k < n; ++k)
    images.push_back(join({args.in_object(0)[k], args.in_object(1)[k], args.in_object(2)[k]}));
  args.out_object(0, std::move(images));
}

void decompose3(Args& args) {
  for (int c = 0; c < 3; ++c) {
    std::vector<ImagePtr> images;
    for (const ImagePtr& image : args.in_object(0)) {
      require_channels(*image, 3);
      images.push_back(one_channel(image->channels()[static_cast<size_t>(c)]));
    }
    args.out_object(c, std::move(images));
  }
}

void channels_to_image(Args& args) {
  const ObjectTuple& images = args.in_object(0);
  require(!images.empty(), error::kNoObject, "found no image, wanted at least one");
  args.out_object(0, join({images.begin(), images.end()}));
}

void image_to_channels(Args& args) {
  std::vector<ImagePtr> images;
  for (const ChannelPtr& channel : args.in_image(0)->channels()) images.push_back(one_channel(channel));
  args.out_object(0, std::move(images));
}

}  // namespace alcedo::operators
