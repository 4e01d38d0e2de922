// What the image operators compute, on single images.
#pragma once

#include <string>

#include "objects/image.h"

namespace alcedo {

// `interpolation`: nearest_neighbor, bilinear, bicubic, constant (bilinear, the mean over the covered area when it
// shrinks) or weighted (the same with a triangle as weight).
ImagePtr zoom(const ImagePtr& image, int64_t width, int64_t height, const std::string& interpolation);
// g * mult + add, clipped to the type's range and rounded for integer types.
ImagePtr scale(const ImagePtr& image, double mult, double add);
// Pixels outside the image are 0.
ImagePtr crop(const ImagePtr& image, int64_t row, int64_t column, int64_t width, int64_t height);
ImagePtr mirror(const ImagePtr& image, const std::string& mode);  // row, column, diagonal
bool equal(const Image& a, const Image& b);

}  // namespace alcedo
