// Channels, gray values and domains of images.
#include <cmath>
#include <type_traits>

#include "api/args.h"

namespace alcedo::operators {
namespace {

void require_channels(const Image& image, int64_t wanted) {
  require(image.num_channels() == wanted, error::kNumberOfChannels, "found an image with ", image.num_channels(),
          " channels, wanted ", wanted);
}

ImagePtr one_channel(const ChannelPtr& channel) { return std::make_shared<Image>(std::vector<ChannelPtr>{channel}); }

// All channels of the images, which have one size.
ImagePtr join(const std::vector<ImagePtr>& images) {
  std::vector<ChannelPtr> channels;
  const Image& first = *images.front();
  for (const ImagePtr& image : images) {
    require(image->width() == first.width() && image->height() == first.height(), error::kImageSizesDiffer,
            "the images differ in size: ", first.width(), " x ", first.height(), " and ", image->width(), " x ",
            image->height());
    channels.insert(channels.end(), image->channels().begin(), image->channels().end());
  }
  return std::make_shared<Image>(std::move(channels));
}

ImagePtr join_single(const std::vector<ImagePtr>& images) {
  for (const ImagePtr& image : images) require_channels(*image, 1);
  return join(images);
}

// Joins the k-th objects of the first `num` parameters, for every k.
void join_objects(Args& args, int num, ImagePtr (*joined)(const std::vector<ImagePtr>&)) {
  const int64_t n = args.in_object(0).size();
  for (int i = 1; i < num; ++i) {
    require(args.in_object(i).size() == n, 1501 + i, "found ", args.in_object(i).size(), " images and ", n,
            ", wanted as many of each");
  }
  std::vector<ImagePtr> images;
  for (int64_t k = 0; k < n; ++k) {
    std::vector<ImagePtr> parts;
    for (int i = 0; i < num; ++i) parts.push_back(args.in_object(i)[k]);
    images.push_back(joined(parts));
  }
  args.out_object(0, std::move(images));
}

void split_channels(Args& args, int num) {
  for (int c = 0; c < num; ++c) {
    std::vector<ImagePtr> images;
    for (const ImagePtr& image : args.in_object(0)) {
      require_channels(*image, num);
      images.push_back(one_channel(image->channels()[static_cast<size_t>(c)]));
    }
    args.out_object(c, std::move(images));
  }
}

ImagePtr gray(const Image& image) {
  require_channels(image, 3);
  const PixelType type = image.type();
  for (const ChannelPtr& channel : image.channels()) {
    require(channel->type() == type, error::kWrongImageType, "found channels of type '", name_of(type), "' and '",
            name_of(channel->type()), "', wanted one type");
  }
  auto channel = std::make_shared<Channel>(type, image.width(), image.height());
  visit(type, [&](auto pixel) {
    using T = decltype(pixel);
    const T *red = image.data<T>(0), *green = image.data<T>(1), *blue = image.data<T>(2);
    T* to = channel->template data<T>();
    for (int64_t i = 0; i < channel->size(); ++i) {
      const double sum = 0.299 * static_cast<double>(red[i]) + 0.587 * static_cast<double>(green[i]) +
                         0.114 * static_cast<double>(blue[i]);
      to[i] = static_cast<T>(std::is_integral_v<T> ? std::round(sum) : sum);
    }
  });
  return one_channel(channel);
}

}  // namespace

void count_channels(Args& args) {
  Tuple values;
  for (const ImagePtr& image : args.in_object(0)) values.push(image->num_channels());
  args.out(0, std::move(values));
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

void compose2(Args& args) { join_objects(args, 2, join_single); }
void compose3(Args& args) { join_objects(args, 3, join_single); }
void append_channel(Args& args) { join_objects(args, 2, join); }
void decompose2(Args& args) { split_channels(args, 2); }
void decompose3(Args& args) { split_channels(args, 3); }

void channels_to_image(Args& args) {
  const ObjectTuple& images = args.in_object(0);
  require(!images.empty(), error::kNoObject, "found no image, wanted at least one");
  args.out_object(0, join_single({images.begin(), images.end()}));
}

void image_to_channels(Args& args) {
  std::vector<ImagePtr> images;
  for (const ChannelPtr& channel : args.in_image(0)->channels()) images.push_back(one_channel(channel));
  args.out_object(0, std::move(images));
}

void rgb1_to_gray(Args& args) {
  std::vector<ImagePtr> images;
  for (const ImagePtr& image : args.in_object(0)) images.push_back(image->num_channels() == 1 ? image : gray(*image));
  args.out_object(0, std::move(images));
}

void full_domain(Args& args) { args.out_object(0, args.in_object(0)); }

void get_grayval(Args& args) {
  const Image& image = *args.in_image(0);
  const auto rows = args.in_ints(0), columns = args.in_ints(1);
  if (rows.size() != columns.size()) {
    args.fail_count(1, "found ", columns.size(), " columns for ", rows.size(), " rows");
  }
  Tuple values;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] >= image.height()) args.fail_value(0, "found ", rows[i], ", wanted 0 to ", image.height() - 1);
    if (columns[i] >= image.width()) args.fail_value(1, "found ", columns[i], ", wanted 0 to ", image.width() - 1);
    const int64_t at = rows[i] * image.width() + columns[i];
    for (const ChannelPtr& channel : image.channels()) {
      visit(channel->type(), [&](auto pixel) {
        using T = decltype(pixel);
        const T value = channel->data<T>()[at];
        if constexpr (std::is_integral_v<T>) {
          values.push(static_cast<int64_t>(value));
        } else {
          values.push(static_cast<double>(value));
        }
      });
    }
  }
  args.out(0, std::move(values));
}

}  // namespace alcedo::operators
