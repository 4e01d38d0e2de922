#include "layers/window.h"

#include <algorithm>

#include "layers/support.h"

namespace alcedo {
namespace {

Shape spatial_attribute(const Node& node, const char* name, size_t rank, int64_t fallback) {
  Shape values = node.attributes.integers(name, Shape(rank, fallback));
  node_require(node, values.size() == rank, name, " has ", values.size(), " entries, ", rank, " are needed");
  return values;
}

void check_positive(const Node& node, const Shape& values, const char* name) {
  for (int64_t v : values) {
    node_require(node, v > 0 && v < (int64_t{1} << 31), name, " ", to_string(values), " is out of range");
  }
}

Window common(const Node& node, const Shape& src_shape, const Shape& kernel) {
  node_require(node, src_shape.size() >= 2, "src has shape ", to_string(src_shape), ", [N,C,...] is needed");
  Window w;
  w.in.assign(src_shape.begin() + 2, src_shape.end());
  const size_t rank = w.in.size();
  for (int64_t dim : w.in) node_require(node, dim < (int64_t{1} << 31), "src ", to_string(src_shape), " is too large");
  const Shape attribute = node.attributes.integers("kernel_shape", kernel);
  w.kernel = kernel.empty() ? attribute : kernel;
  node_require(node, w.kernel == attribute, "kernel_shape ", to_string(attribute), " does not fit the weights, ",
               to_string(w.kernel));
  node_require(node, w.kernel.size() == rank, "kernel ", to_string(w.kernel), " does not fit src ",
               to_string(src_shape));
  w.stride = spatial_attribute(node, "strides", rank, 1);
  w.dilation = spatial_attribute(node, "dilations", rank, 1);
  check_positive(node, w.kernel, "kernel_shape");
  check_positive(node, w.stride, "strides");
  check_positive(node, w.dilation, "dilations");
  const Shape pads = node.attributes.integers("pads", Shape(2 * rank, 0));
  node_require(node, pads.size() == 2 * rank, "pads has ", pads.size(), " entries, ", 2 * rank, " are needed");
  for (int64_t p : pads) {
    node_require(node, p >= 0 && p < (int64_t{1} << 31), "pads ", to_string(pads), " is out of range");
  }
  w.pad_begin.assign(pads.begin(), pads.begin() + rank);
  w.pad_end.assign(pads.begin() + rank, pads.end());
  w.out.assign(rank, 0);
  return w;
}

int64_t extent(const Window& w, size_t i) { return (w.kernel[i] - 1) * w.dilation[i] + 1; }

}  // namespace

Window window_of(const Node& node, const Shape& src_shape, const Shape& kernel) {
  Window w = common(node, src_shape, kernel);
  const std::string auto_pad = node.attributes.string("auto_pad", "NOTSET");
  const bool same = auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER";
  node_require(node, same || auto_pad == "NOTSET" || auto_pad == "VALID" || auto_pad.empty(), "auto_pad ", auto_pad,
               " is unknown");
  const bool ceil_mode = node.attributes.integer("ceil_mode", 0) != 0;
  for (size_t i = 0; i < w.in.size(); ++i) {
    if (auto_pad == "VALID") w.pad_begin[i] = w.pad_end[i] = 0;
    if (same) {
      w.out[i] = (w.in[i] + w.stride[i] - 1) / w.stride[i];
      const int64_t total = std::max<int64_t>((w.out[i] - 1) * w.stride[i] + extent(w, i) - w.in[i], 0);
      w.pad_begin[i] = auto_pad == "SAME_UPPER" ? total / 2 : total - total / 2;
      w.pad_end[i] = total - w.pad_begin[i];
      continue;
    }
    const int64_t room = w.in[i] + w.pad_begin[i] + w.pad_end[i] - extent(w, i);
    node_require(node, room >= 0, "the kernel ", to_string(w.kernel), " is larger than the padded src ",
                 to_string(src_shape));
    w.out[i] = (ceil_mode ? (room + w.stride[i] - 1) / w.stride[i] : room / w.stride[i]) + 1;
    // A window that would start behind the last element sees padding only and does not count.
    if (ceil_mode && (w.out[i] - 1) * w.stride[i] >= w.in[i] + w.pad_begin[i]) --w.out[i];
  }
  return w;
}

Window transposed_window_of(const Node& node, const Shape& src_shape, const Shape& kernel) {
  Window w = common(node, src_shape, kernel);
  const size_t rank = w.in.size();
  const Shape extra = spatial_attribute(node, "output_padding", rank, 0);
  const Shape asked = node.attributes.integers("output_shape");
  const std::string auto_pad = node.attributes.string("auto_pad", "NOTSET");
  node_require(node, asked.empty() || asked.size() >= rank, "output_shape has ", asked.size(), " entries");
  for (size_t i = 0; i < rank; ++i) {
    const int64_t full = (w.in[i] - 1) * w.stride[i] + extra[i] + extent(w, i);
    if (auto_pad == "VALID") w.pad_begin[i] = w.pad_end[i] = 0;
    const bool same = auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER";
    if (asked.empty() && !same) {
      w.out[i] = full - w.pad_begin[i] - w.pad_end[i];
    } else {
      w.out[i] = asked.empty() ? w.in[i] * w.stride[i] : asked[asked.size() - rank + i];
      const int64_t total = std::max<int64_t>(full - w.out[i], 0);
      w.pad_begin[i] = auto_pad == "SAME_UPPER" ? total / 2 : total - total / 2;
      w.pad_end[i] = total - w.pad_begin[i];
    }
    node_require(node, w.out[i] > 0, "the result would have ", w.out[i], " elements along spatial axis ", i);
  }
  return w;
}

Window three_axes(const Node& node, const Window& window) {
  node_require(node, window.in.size() <= 3, window.in.size(), " spatial axes, at most 3 are supported");
  Window w = window;
  const size_t lead = 3 - window.in.size();
  for (Shape* s : {&w.kernel, &w.stride, &w.dilation, &w.in, &w.out}) s->insert(s->begin(), lead, 1);
  for (Shape* s : {&w.pad_begin, &w.pad_end}) s->insert(s->begin(), lead, 0);
  return w;
}

}  // namespace alcedo
