#include <algorithm>
#include <cmath>

#include "layers/resize.h"

namespace alcedo {
namespace {

double source_place(const std::string& mode, const ResizeAxis& a, int64_t i) {
  const double x = static_cast<double>(i), in = static_cast<double>(a.in), out = static_cast<double>(a.out);
  if (mode == "asymmetric") return x / a.scale;
  if (mode == "tf_half_pixel_for_nn") return (x + 0.5) / a.scale;  // opsets 11 and 12
  // The size is the whole number that the result has, as in onnxruntime; ONNX's own test data for two cases keep the
  // fraction that scales leave.
  if (mode == "align_corners") return a.out > 1 ? x * (in - 1) / (out - 1) : 0;
  if (mode == "pytorch_half_pixel") return a.out > 1 ? (x + 0.5) / a.scale - 0.5 : 0;
  if (mode == "half_pixel_symmetric") {
    const double adjust = out / (a.scale * in);
    return in / 2 * (1 - adjust) + (x + 0.5) / a.scale - 0.5;
  }
  if (mode == "tf_crop_and_resize") {
    return a.out > 1 ? a.start * (in - 1) + x * (a.end - a.start) * (in - 1) / (out - 1)
                     : 0.5 * (a.start + a.end) * (in - 1);
  }
  require(mode == "half_pixel", error::kReadOnnx, "Resize: coordinate_transformation_mode '", mode, "' is not known");
  return (x + 0.5) / a.scale - 0.5;
}

int64_t nearest(const std::string& mode, double x) {
  if (mode == "floor") return static_cast<int64_t>(std::floor(x));
  if (mode == "ceil") return static_cast<int64_t>(std::ceil(x));
  if (mode == "round_prefer_ceil") return static_cast<int64_t>(std::floor(x + 0.5));
  return static_cast<int64_t>(std::ceil(x - 0.5));
}

double cubic(double distance, double a) {
  const double d = std::fabs(distance);
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

}  // namespace

bool Taps::identity() const {
  if (in != out || !outside.empty()) return false;
  for (int64_t i = 0; i < out; ++i) {
    for (int k = 0; k < num; ++k) {
      const double wanted = index[i * num + k] == i ? 1 : 0;
      if (weight[i * num + k] != 0 && (wanted == 0 || std::fabs(weight[i * num + k] - 1) > 1e-9)) return false;
    }
  }
  return true;
}

std::vector<ResizeAxis> resize_axes(const Node& node, const Shape& src, const ResizeInputs& inputs) {
  const int rank = static_cast<int>(src.size());
  std::vector<int64_t> axes = node.attributes.integers("axes");
  if (axes.empty()) {
    for (int i = 0; i < rank; ++i) axes.push_back(i);
  }
  const size_t num = axes.size();
  node_require(node, inputs.scales.empty() != inputs.sizes.empty(), "either scales or sizes must be given");
  node_require(node, inputs.scales.empty() ? inputs.sizes.size() == num : inputs.scales.size() == num,
               "scales or sizes have ", std::max(inputs.scales.size(), inputs.sizes.size()), " entries, ", num,
               " are needed");
  node_require(node, node.attributes.integer("antialias", 0) == 0, "antialias is not supported");
  node_require(node, node.attributes.string("keep_aspect_ratio_policy", "stretch") == "stretch",
               "keep_aspect_ratio_policy is not supported");
  const bool crop = node.attributes.string("coordinate_transformation_mode", "half_pixel") == "tf_crop_and_resize";
  node_require(node, !crop || inputs.roi.size() == 2 * num, "roi has ", inputs.roi.size(), " entries, ", 2 * num,
               " are needed");
  std::vector<ResizeAxis> result;
  for (int64_t dim : src) result.push_back({dim, dim, 1});
  for (size_t i = 0; i < num; ++i) {
    ResizeAxis& a = result[normal_axis(node, axes[i], rank)];
    if (crop) {
      a.start = inputs.roi[i];
      a.end = inputs.roi[i + num];
    }
    if (inputs.sizes.empty()) {
      a.scale = inputs.scales[i];
      node_require(node, a.scale > 0 && a.scale < 1e9, "scale ", a.scale, " is out of range");
      // Sizes are counted in float32: 10 * 0.7 is 7.
      const auto part = static_cast<float>(crop ? a.end - a.start : 1.0);
      const float size = static_cast<float>(a.scale) * part * static_cast<float>(a.in);
      a.out = static_cast<int64_t>(std::floor(size));
    } else {
      a.out = inputs.sizes[i];
      a.scale = a.in > 0 ? static_cast<double>(a.out) / static_cast<double>(a.in) : 1;
    }
    node_require(node, a.out >= 0 && (a.in > 0 || a.out == 0), "axis of size ", a.in, " cannot get size ", a.out);
  }
  return result;
}

Taps make_taps(const Node& node, const ResizeAxis& axis) {
  const std::string mode = node.attributes.string("mode", "nearest");
  const std::string place = node.attributes.string("coordinate_transformation_mode", "half_pixel");
  const std::string rounding = node.attributes.string("nearest_mode", "round_prefer_floor");
  const double a = node.attributes.real("cubic_coeff_a", -0.75F);
  const bool exclude = node.attributes.integer("exclude_outside", 0) != 0;
  node_require(node, mode == "nearest" || mode == "linear" || mode == "cubic", "mode ", mode, " is unknown");
  Taps taps;
  taps.in = axis.in;
  taps.out = axis.out;
  taps.num = mode == "nearest" ? 1 : mode == "linear" ? 2 : 4;
  std::vector<bool> outside(axis.out, false);
  for (int64_t i = 0; i < axis.out; ++i) {
    const double x = source_place(place, axis, i);
    outside[i] = place == "tf_crop_and_resize" && (x < 0 || x > static_cast<double>(axis.in - 1));
    const int64_t low = static_cast<int64_t>(std::floor(x));
    double sum = 0;
    for (int k = 0; k < taps.num; ++k) {
      const int64_t at = taps.num == 1 ? nearest(rounding, x) : taps.num == 2 ? low + k : low - 1 + k;
      double weight = 1;
      if (taps.num == 2) weight = k == 0 ? 1 - (x - static_cast<double>(low)) : x - static_cast<double>(low);
      if (taps.num == 4) weight = cubic(x - static_cast<double>(at), a);
      if (taps.num == 4 && exclude && (at < 0 || at >= axis.in)) weight = 0;
      taps.index.push_back(std::min(std::max<int64_t>(at, 0), axis.in - 1));
      taps.weight.push_back(weight);
      sum += weight;
    }
    if (taps.num == 4 && exclude) {
      for (int k = 0; k < 4; ++k) taps.weight[i * 4 + k] /= sum;
    }
  }
  if (std::find(outside.begin(), outside.end(), true) != outside.end()) taps.outside = outside;
  return taps;
}

}  // namespace alcedo
