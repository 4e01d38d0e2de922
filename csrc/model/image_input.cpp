#include "model/image_input.h"

#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo {
namespace {

bool is_channel_count(int64_t dim) { return dim == 1 || dim == 3 || dim == 4; }

}  // namespace

ImageInput image_layout(const Shape& shape) {
  ImageInput image;
  if (shape.size() != 4) return image;
  image.channels_last = is_channel_count(shape[3]) && !is_channel_count(shape[1]);
  image.channels = image.channels_last ? shape[3] : shape[1];
  image.width = shape[image.width_axis()];
  image.height = shape[image.height_axis()];
  return image;
}

ImageInput find_image_input(const Graph& graph, const std::vector<Shape>& shapes) {
  for (size_t i = 0; i < shapes.size(); ++i) {
    if (shapes[i].size() != 4) continue;
    ImageInput image = image_layout(shapes[i]);
    image.index = i;
    return image;
  }
  fail(error::kParamNotAvailable, "the network '", graph.name, "' has no image input (none of its ", shapes.size(),
       " inputs is 4-d)");
}

}  // namespace alcedo
