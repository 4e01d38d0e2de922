// BatchNormalization: per channel y = (x - mean) / sqrt(var + epsilon) * scale + bias. In training the batch's own
// mean and (biased) variance are used and the running statistics move by running = running*m + batch*(1-m).
#include <cmath>

#include "layers/support.h"

namespace alcedo {
namespace {

struct Extent {
  int64_t batch, channels, size;
};
Extent extent_of(const Shape& shape) {
  return {shape[0], shape.size() > 1 ? shape[1] : 1, product(shape, 2, shape.size())};
}

bool batch_statistics(const Node& node, bool training) {
  return training || node.attributes.integer("training_mode", 0) != 0;
}

std::vector<double> doubles(const Tensor& tensor) {
  const Tensor wide = tensor.cast(DType::f64);
  return std::vector<double>(raw_data<double>(&wide), raw_data<double>(&wide) + wide.size());
}

void infer(InferArgs& args) {
  const TensorInfo& src = need_src(args, 0);
  node_require(args.node, rank_of(src) >= 1, "src has no channels");
  const int64_t channels = extent_of(src.shape).channels;
  for (size_t i = 1; i < 5; ++i) {
    const Shape& shape = need_src(args, i).shape;  // first: the message must not read what is missing
    node_require(args.node, shape == Shape{channels}, "input ", i, " has shape ", to_string(shape), ", src has ",
                 channels, " channels");
  }
  set_dst(args, 0, src.dtype, src.shape);
  for (size_t i = 1; i < args.dst.size(); ++i) set_dst(args, i, args.src[3].dtype, {channels});
}

void channels(ChannelRuleArgs& args) {
  pointwise_channels(args);
  if (rank_of(args.src[0]) < 2) return args.all_fixed(label(args.node) + "has no channel axis");
  for (int port = 1; port < 5; ++port) args.same(src_axis(port, 0), dst_axis(0, 1));
  for (int port = 1; port < static_cast<int>(args.dst.size()); ++port) {
    if (present(args.dst, port)) args.same(dst_axis(port, 0), dst_axis(0, 1));
  }
}

template <class T>
void moments(const T* src, const Extent& e, int64_t c, double* mean, double* var) {
  double sum = 0, square = 0;
  const double count = static_cast<double>(e.batch * e.size);
  for (int64_t n = 0; n < e.batch; ++n) {
    const T* x = src + (n * e.channels + c) * e.size;
    for (int64_t i = 0; i < e.size; ++i) sum += x[i];
  }
  *mean = sum / count;
  for (int64_t n = 0; n < e.batch; ++n) {
    const T* x = src + (n * e.channels + c) * e.size;
    for (int64_t i = 0; i < e.size; ++i) square += (x[i] - *mean) * (x[i] - *mean);
  }
  *var = square / count;
}

void forward(const ForwardArgs& args) {
  const Tensor& src = *args.src[0];
  for_floats(args, src.dtype(), forward, [&](auto type) {
    using T = typename decltype(type)::type;
    const Extent e = extent_of(src.shape());
    const double epsilon = args.node.attributes.real("epsilon", 1e-5f);
    const double momentum = args.node.attributes.real("momentum", 0.9f);
    const bool batch = batch_statistics(args.node, args.training);
    const std::vector<double> scale = doubles(*args.src[1]), bias = doubles(*args.src[2]),
                              running_mean = doubles(*args.src[3]), running_var = doubles(*args.src[4]);
    const double count = static_cast<double>(e.batch * e.size);
    // A cast rather than a copy: statistics may be float32 while src is not.
    const auto put = [](Tensor* tensor, int64_t c, double value) {
      if (!tensor) return;
      if (tensor->dtype() == DType::f64) {
        raw_data<double>(tensor)[c] = value;
      } else {
        raw_data<float>(tensor)[c] = static_cast<float>(value);
      }
    };
    for (int64_t c = 0; c < e.channels; ++c) {
      double mean = running_mean[c], var = running_var[c];
      if (batch) {
        moments(raw_data<T>(&src), e, c, &mean, &var);
        const double moved_mean = running_mean[c] * momentum + mean * (1 - momentum);
        // ONNX's own outputs keep the biased variance. What a training step stores is the unbiased one, as PyTorch
        // does, from which practically all networks come: a network trained here and there ends with equal numbers.
        put(tensor_at(args.dst, 1), c, moved_mean);
        put(tensor_at(args.dst, 2), c, running_var[c] * momentum + var * (1 - momentum));
        if (args.statistics) {
          const double unbiased = count > 1 ? var * count / (count - 1) : var;
          put((*args.statistics)[0], c, moved_mean);
          put((*args.statistics)[1], c, running_var[c] * momentum + unbiased * (1 - momentum));
        }
      } else {
        put(tensor_at(args.dst, 1), c, mean);
        put(tensor_at(args.dst, 2), c, var);
      }
      const double factor = scale[c] / std::sqrt(var + epsilon), offset = bias[c] - mean * factor;
      for (int64_t n = 0; n < e.batch; ++n) {
        const int64_t at = (n * e.channels + c) * e.size;
        const T* x = raw_data<T>(&src) + at;
        T* y = raw_data<T>(args.dst[0]) + at;
        for (int64_t i = 0; i < e.size; ++i) y[i] = static_cast<T>(x[i] * factor + offset);
      }
    }
  });
}

void backward(const BackwardArgs& args) {
  if (!args.diff_dst[0]) {
    for (Tensor* diff : args.diff_src) fill_zero(diff);
    return;
  }
  const Tensor& src = *args.src[0];
  for_floats(args, src.dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    const Extent e = extent_of(src.shape());
    const double epsilon = args.node.attributes.real("epsilon", 1e-5f);
    const bool batch = batch_statistics(args.node, args.training);
    const std::vector<double> scale = doubles(*args.src[1]), running_mean = doubles(*args.src[3]),
                              running_var = doubles(*args.src[4]);
    const double count = static_cast<double>(e.batch * e.size);
    const T* x = raw_data<T>(&src);
    const T* dy = raw_data<T>(args.diff_dst[0]);
    for (int64_t c = 0; c < e.channels; ++c) {
      double mean = running_mean[c], var = running_var[c];
      if (batch) moments(x, e, c, &mean, &var);
      const double inv = 1 / std::sqrt(var + epsilon);
      double sum = 0, dot = 0;  // of dy, and of dy with the normalised x
      for (int64_t n = 0; n < e.batch; ++n) {
        const int64_t at = (n * e.channels + c) * e.size;
        for (int64_t i = at; i < at + e.size; ++i) {
          sum += dy[i];
          dot += dy[i] * (x[i] - mean) * inv;
        }
      }
      if (Tensor* d = tensor_at(args.diff_src, 1)) raw_data<T>(d)[c] = static_cast<T>(dot);
      if (Tensor* d = tensor_at(args.diff_src, 2)) raw_data<T>(d)[c] = static_cast<T>(sum);
      if (!args.diff_src[0]) continue;
      T* dx = raw_data<T>(args.diff_src[0]);
      for (int64_t n = 0; n < e.batch; ++n) {
        const int64_t at = (n * e.channels + c) * e.size;
        for (int64_t i = at; i < at + e.size; ++i) {
          const double own = batch ? dy[i] - sum / count - (x[i] - mean) * inv * dot / count : dy[i];
          dx[i] = static_cast<T>(own * scale[c] * inv);
        }
      }
    }
    for (size_t port = 3; port < args.diff_src.size(); ++port) fill_zero(args.diff_src[port]);
  });
}

}  // namespace

extern const Layer batch_normalization_layer{
    "BatchNormalization",
    {InputRole::data, InputRole::weight, InputRole::bias, InputRole::statistic, InputRole::statistic},
    infer,
    channels,
    forward,
    backward};

}  // namespace alcedo
