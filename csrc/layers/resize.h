// Resize, axis by axis: every output index is a weighted sum of a few source indices.
#pragma once

#include "layers/support.h"

namespace alcedo {

struct Taps {
  int64_t in = 0, out = 0;
  int num = 1;                 // taps per output index
  std::vector<int64_t> index;  // [out * num]
  std::vector<double> weight;
  std::vector<bool> outside;  // per output index: takes the extrapolation value (empty: none)

  bool identity() const;
};

struct ResizeAxis {
  int64_t in, out;
  double scale;               // out / in as asked
  double start = 0, end = 1;  // of the region, for tf_crop_and_resize
};

// Size and scale per axis from the inputs scales or sizes (and roi, axes); `ints`, `reals` give an input or nothing.
struct ResizeInputs {
  std::vector<float> roi, scales;
  std::vector<int64_t> sizes;
};
std::vector<ResizeAxis> resize_axes(const Node& node, const Shape& src, const ResizeInputs& inputs);
Taps make_taps(const Node& node, const ResizeAxis& axis);

}  // namespace alcedo
