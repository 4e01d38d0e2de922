// Clip: x limited to [min, max]; both optional, as inputs or (before opset 11) attributes.
#include <limits>

#include "layers/support.h"

namespace alcedo {
namespace {

template <class T>
struct Limits {
  T low = std::numeric_limits<T>::lowest(), high = std::numeric_limits<T>::max();

  Limits(const Node& node, const std::vector<const Tensor*>& src) {
    if (std::is_floating_point<T>::value) {
      low = -std::numeric_limits<T>::infinity();
      high = std::numeric_limits<T>::infinity();
    }
    if (node.attributes.has("min")) low = static_cast<T>(node.attributes.real("min", 0));
    if (node.attributes.has("max")) high = static_cast<T>(node.attributes.real("max", 0));
    if (const Tensor* tensor = tensor_at(src, 1)) low = raw_data<T>(tensor)[0];
    if (const Tensor* tensor = tensor_at(src, 2)) high = raw_data<T>(tensor)[0];
  }
};

void infer(InferArgs& args) {
  infer_same(args);
  for (size_t i = 1; i < 3; ++i) {
    if (!has_src(args, i)) continue;
    node_require(args.node, num_elements(args.src[i].shape) == 1 && args.src[i].dtype == args.src[0].dtype, "limit is ",
                 name_of(args.src[i].dtype), " ", to_string(args.src[i].shape), ", one ", name_of(args.src[0].dtype),
                 " is needed");
  }
}

void forward(const ForwardArgs& args) {
  for_numbers(args, args.src[0]->dtype(), forward, [&](auto type) {
    using T = typename decltype(type)::type;
    const Limits<T> limits(args.node, args.src);
    const T* x = raw_data<T>(args.src[0]);
    T* y = raw_data<T>(args.dst[0]);
    for (int64_t i = 0, n = args.src[0]->size(); i < n; ++i) {
      const T raised = x[i] < limits.low ? limits.low : x[i];
      y[i] = raised > limits.high ? limits.high : raised;
    }
  });
}

void backward(const BackwardArgs& args) {
  for (size_t i = 1; i < args.diff_src.size(); ++i) fill_zero(args.diff_src[i]);
  if (!args.diff_src[0]) return;
  if (!args.diff_dst[0]) return fill_zero(args.diff_src[0]);
  for_floats(args, args.src[0]->dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    const Limits<T> limits(args.node, args.src);
    const T *x = raw_data<T>(args.src[0]), *dy = raw_data<T>(args.diff_dst[0]);
    T* dx = raw_data<T>(args.diff_src[0]);
    // On a limit itself the slope is 0, as for Relu and PyTorch's relu6.
    for (int64_t i = 0, n = args.src[0]->size(); i < n; ++i)
      dx[i] = x[i] > limits.low && x[i] < limits.high ? dy[i] : 0;
  });
}

void channels(ChannelRuleArgs& args) {
  pointwise_channels(args);
  for (int port = 1; port < 3; ++port) {
    if (present(args.src, port)) freeze_all_axes(args, false, port, "a limit for all channels");
  }
}

}  // namespace

extern const Layer clip_layer{"Clip", {InputRole::data, InputRole::setting}, infer, channels, forward, backward};

}  // namespace alcedo
