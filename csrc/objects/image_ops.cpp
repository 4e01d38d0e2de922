#include "objects/image_ops.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "base/parallel.h"

namespace alcedo {
namespace {

template <class T>
T from_double(double value) {
  if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(value);
  } else {
    if (std::isnan(value)) return 0;
    const double rounded = std::floor(value + 0.5);
    if (rounded <= static_cast<double>(std::numeric_limits<T>::min())) return std::numeric_limits<T>::min();
    if (rounded >= static_cast<double>(std::numeric_limits<T>::max())) return std::numeric_limits<T>::max();
    return static_cast<T>(rounded);
  }
}

// Applies fn(src channel, dst channel) to all channels; dst is new, of the given size and src's type.
template <class Fn>
ImagePtr per_channel(const ImagePtr& image, int64_t width, int64_t height, const Fn& fn) {
  std::vector<ChannelPtr> channels;
  for (const ChannelPtr& src : image->channels()) {
    auto dst = std::make_shared<Channel>(src->type(), width, height);
    visit(src->type(), [&](auto pixel) {
      using T = decltype(pixel);
      fn(src->template data<T>(), dst->template data<T>());
    });
    channels.push_back(std::move(dst));
  }
  return std::make_shared<Image>(std::move(channels));
}

// For one output position: the first input position and the weights from there on.
struct Taps {
  int64_t first;
  std::vector<double> weights;
};

double cubic(double x) {  // Catmull-Rom
  x = std::abs(x);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}

std::vector<Taps> make_taps(int64_t in, int64_t out, const std::string& interpolation) {
  const double step = static_cast<double>(in) / static_cast<double>(out);
  const bool shrinks = step > 1;
  std::vector<Taps> all;
  for (int64_t i = 0; i < out; ++i) {
    const double center = (static_cast<double>(i) + 0.5) * step - 0.5;
    Taps taps;
    if (interpolation == "nearest_neighbor") {
      taps = {std::clamp<int64_t>(std::llround(center), 0, in - 1), {1.0}};
      all.push_back(std::move(taps));
      continue;
    }
    const bool area = interpolation == "constant" && shrinks;
    const double width = interpolation == "weighted" && shrinks ? step : 1.0;
    const double reach = area ? step / 2 + 0.5 : interpolation == "bicubic" ? 2.0 : width;
    const auto low = static_cast<int64_t>(std::ceil(center - reach));
    const auto high = static_cast<int64_t>(std::floor(center + reach));
    const int64_t first = std::clamp<int64_t>(low, 0, in - 1), last = std::clamp<int64_t>(high, 0, in - 1);
    taps.first = first;
    taps.weights.assign(static_cast<size_t>(last - first + 1), 0.0);
    double sum = 0;
    for (int64_t k = low; k <= high; ++k) {
      const double distance = static_cast<double>(k) - center;
      double weight;
      if (area) {  // overlap of the pixel with the covered interval
        weight = std::max(0.0, std::min(distance + 0.5, step / 2) - std::max(distance - 0.5, -step / 2));
        if (k < 0 || k >= in) weight = 0;
      } else if (interpolation == "bicubic") {
        weight = cubic(distance);
      } else {
        weight = std::max(0.0, 1 - std::abs(distance) / width);
      }
      taps.weights[static_cast<size_t>(std::clamp<int64_t>(k, 0, in - 1) - first)] += weight;
      sum += weight;
    }
    for (double& weight : taps.weights) weight /= sum;
    all.push_back(std::move(taps));
  }
  return all;
}

}  // namespace

ImagePtr zoom(const ImagePtr& image, int64_t width, int64_t height, const std::string& interpolation) {
  const int64_t in_width = image->width();
  const auto columns = make_taps(in_width, width, interpolation);
  const auto rows = make_taps(image->height(), height, interpolation);
  return per_channel(image, width, height, [&](const auto* src, auto* dst) {
    using T = std::remove_reference_t<decltype(*dst)>;
    parallel_for(height, 16, [&](int64_t begin, int64_t end) {
      std::vector<double> line(static_cast<size_t>(in_width));
      for (int64_t y = begin; y < end; ++y) {
        const Taps& down = rows[static_cast<size_t>(y)];
        if (interpolation == "nearest_neighbor") {  // exact for all 64 bits of int8
          for (int64_t x = 0; x < width; ++x) {
            dst[y * width + x] = src[down.first * in_width + columns[static_cast<size_t>(x)].first];
          }
          continue;
        }
        std::fill(line.begin(), line.end(), 0.0);
        for (size_t k = 0; k < down.weights.size(); ++k) {
          const T* from = src + (down.first + static_cast<int64_t>(k)) * in_width;
          const double weight = down.weights[k];
          for (int64_t x = 0; x < in_width; ++x) line[static_cast<size_t>(x)] += weight * static_cast<double>(from[x]);
        }
        for (int64_t x = 0; x < width; ++x) {
          const Taps& across = columns[static_cast<size_t>(x)];
          double sum = 0;
          for (size_t k = 0; k < across.weights.size(); ++k) {
            sum += across.weights[k] * line[static_cast<size_t>(across.first) + k];
          }
          dst[y * width + x] = from_double<T>(sum);
        }
      }
    });
  });
}

ImagePtr scale(const ImagePtr& image, double mult, double add) {
  const int64_t n = image->width() * image->height();
  return per_channel(image, image->width(), image->height(), [&](const auto* src, auto* dst) {
    using T = std::remove_reference_t<decltype(*dst)>;
    for (int64_t i = 0; i < n; ++i) dst[i] = from_double<T>(static_cast<double>(src[i]) * mult + add);
  });
}

ImagePtr crop(const ImagePtr& image, int64_t row, int64_t column, int64_t width, int64_t height) {
  const int64_t left = std::clamp<int64_t>(-column, 0, width);
  const int64_t count = std::max<int64_t>(0, std::min(width, image->width() - column) - left);
  return per_channel(image, width, height, [&](const auto* src, auto* dst) {
    for (int64_t y = 0; y < height; ++y) {
      if (row + y < 0 || row + y >= image->height() || count == 0) continue;
      std::copy_n(src + (row + y) * image->width() + column + left, count, dst + y * width + left);
    }
  });
}

ImagePtr mirror(const ImagePtr& image, const std::string& mode) {
  const int64_t width = image->width(), height = image->height();
  const bool diagonal = mode == "diagonal";
  return per_channel(image, diagonal ? height : width, diagonal ? width : height, [&](const auto* src, auto* dst) {
    for (int64_t y = 0; y < height; ++y) {
      const auto* from = src + y * width;
      if (mode == "row") {
        std::copy_n(from, width, dst + (height - 1 - y) * width);
      } else if (diagonal) {
        for (int64_t x = 0; x < width; ++x) dst[x * height + y] = from[x];
      } else {
        std::reverse_copy(from, from + width, dst + y * width);
      }
    }
  });
}

bool equal(const Image& a, const Image& b) {
  if (a.num_channels() != b.num_channels() || a.width() != b.width() || a.height() != b.height()) return false;
  for (int64_t c = 0; c < a.num_channels(); ++c) {
    const Channel &x = a.channel(c), &y = b.channel(c);
    if (x.type() != y.type() || std::memcmp(x.raw(), y.raw(), x.bytes()) != 0) return false;
  }
  return true;
}

}  // namespace alcedo
