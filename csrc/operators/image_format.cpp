// Type conversion, simple transformations, files.
#include <functional>

#include "api/args.h"
#include "objects/image_file.h"
#include "objects/image_ops.h"

namespace alcedo::operators {
namespace {

void each_image(Args& args, const std::function<ImagePtr(const ImagePtr&)>& change) {
  std::vector<ImagePtr> images;
  for (const ImagePtr& image : args.in_object(0)) images.push_back(change(image));
  args.out_object(0, std::move(images));
}

}  // namespace

void convert_image_type(Args& args) {
  const PixelType type = pixel_type_of(args.in_string(0));
  each_image(args, [&](const ImagePtr& image) { return convert(image, type); });
}

void scale_image(Args& args) {
  const double mult = args.in_real(0), add = args.in_real(1);
  each_image(args, [&](const ImagePtr& image) { return scale(image, mult, add); });
}

void zoom_image_size(Args& args) {
  const int64_t width = args.in_int(0), height = args.in_int(1);
  const std::string interpolation = args.in_string(2);
  const Channel probe(PixelType::byte, width, height);  // sizes that cannot be are refused before the work starts
  each_image(args, [&](const ImagePtr& image) { return zoom(image, width, height, interpolation); });
}

void mirror_image(Args& args) {
  const std::string mode = args.in_string(0);
  each_image(args, [&](const ImagePtr& image) { return mirror(image, mode); });
}

void crop_part(Args& args) {
  for (const int i : {0, 1}) {
    if (std::abs(args.in_int(i)) > kMaxImageSide) args.fail_value(i, "found ", args.in_int(i), ", far off any image");
  }
  each_image(args, [&](const ImagePtr& image) {
    return crop(image, args.in_int(0), args.in_int(1), args.in_int(2), args.in_int(3));
  });
}

void read_image(Args& args) {
  std::vector<ImagePtr> images;
  for (const std::string& file_name : args.in_strings(0)) {
    for (ImagePtr& page : read_image_file(file_name)) images.push_back(std::move(page));
  }
  args.out_object(0, std::move(images));
}

void write_image(Args& args) {
  const ObjectTuple& images = args.in_object(0);
  const auto names = args.in_strings(2);
  require(!images.empty(), error::kNoObject, "found no image, wanted at least one");
  if (static_cast<int64_t>(names.size()) != images.size()) {
    args.fail_count(2, "found ", names.size(), " file names for ", images.size(), " images");
  }
  for (size_t i = 0; i < names.size(); ++i) {
    write_image_file(*images[static_cast<int64_t>(i)], args.in_string(0), names[i]);
  }
}

}  // namespace alcedo::operators
