// Geometry of windows that slide over the spatial axes (Conv, ConvTranspose, pooling), from ONNX's attributes.
#pragma once

#include "layers/layer.h"

namespace alcedo {

// One entry per spatial axis.
struct Window {
  Shape kernel, stride, dilation, pad_begin, pad_end, in, out;
};

// `kernel`: of the weights, or empty: the attribute kernel_shape. auto_pad and ceil_mode are resolved.
Window window_of(const Node& node, const Shape& src_shape, const Shape& kernel = {});

// ConvTranspose: `in` is the smaller side (src), `out` the larger (dst).
Window transposed_window_of(const Node& node, const Shape& src_shape, const Shape& kernel);

// The same with exactly three axes (leading axes of size 1), for loops of fixed depth. At most 3 spatial axes.
Window three_axes(const Node& node, const Window& window);

}  // namespace alcedo
