// Which graph input takes the image, and how its dims are laid out.
#pragma once

#include <cstdint>
#include <vector>

#include "graph/graph.h"

namespace alcedo {

struct ImageInput {
  size_t index = 0;  // among the graph's inputs
  int64_t width = 0, height = 0, channels = 0;
  bool channels_last = false;  // [N,H,W,C]; else [N,C,H,W]
  size_t width_axis() const { return channels_last ? 2 : 3; }
  size_t height_axis() const { return channels_last ? 1 : 2; }
};

// The layout of one input shape; width 0 if it is not 4-d.
ImageInput image_layout(const Shape& shape);
// The first 4-d input; 7788 if there is none.
ImageInput find_image_input(const Graph& graph, const std::vector<Shape>& shapes);

}  // namespace alcedo
