// Which of oneDNN's algorithms runs a convolution, per direction.
#include "backends/onednn/conv.h"

#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo::onednn {
namespace {

using dnnl::algorithm;
using dnnl::prop_kind;

dnnl::convolution_forward::primitive_desc forward_desc(const ConvShape& s, const KernelRequest& request,
                                                       algorithm how) {
  dnnl::primitive_attr attr = scratchpad_attr();
  dnnl::post_ops ops;
  if (request.residual) ops.append_sum(1.f);
  if (!append_activation(ops, request.activation)) throw dnnl::error(dnnl_unimplemented, "activation");
  attr.set_post_ops(ops);
  const auto kind = request.weight_gradients ? prop_kind::forward_training : prop_kind::forward_inference;
  if (s.bias) {
    return {{kind, how, s.src_desc(), s.weights_desc(), s.bias_desc(), s.dst_desc(), s.stride, s.dilation, s.pad_begin,
             s.pad_end},
            attr,
            cpu()};
  }
  return {{kind, how, s.src_desc(), s.weights_desc(), s.dst_desc(), s.stride, s.dilation, s.pad_begin, s.pad_end},
          attr,
          cpu()};
}

// Backward descriptors want a forward one as a hint.
dnnl::convolution_forward::primitive_desc hint_desc(const ConvShape& s, algorithm how) {
  return {{prop_kind::forward_training, how, s.src_desc(), s.weights_desc(), s.dst_desc(), s.stride, s.dilation,
           s.pad_begin, s.pad_end},
          scratchpad_attr(),
          cpu()};
}

dnnl::convolution_backward_data::primitive_desc backward_data_desc(const ConvShape& s, algorithm how) {
  return {{how, s.src_desc(), s.weights_desc(), s.dst_desc(), s.stride, s.dilation, s.pad_begin, s.pad_end},
          scratchpad_attr(),
          cpu(),
          hint_desc(s, how)};
}

dnnl::convolution_backward_weights::primitive_desc backward_weights_desc(const ConvShape& s, algorithm how) {
  const memory::desc weights = any_desc(DType::f32, s.padded_weights());
  if (s.bias) {
    return {{how, s.src_desc(), weights, s.bias_desc(), s.dst_desc(), s.stride, s.dilation, s.pad_begin, s.pad_end},
            scratchpad_attr(),
            cpu(),
            hint_desc(s, how)};
  }
  return {{how, s.src_desc(), weights, s.dst_desc(), s.stride, s.dilation, s.pad_begin, s.pad_end},
          scratchpad_attr(),
          cpu(),
          hint_desc(s, how)};
}

}  // namespace

ConvChoice choose_conv(const ConvShape& shape, const KernelRequest& request) {
  ConvChoice choice;
  choice.forward = forward_desc(shape, request, algorithm::convolution_direct);
  choice.name = choice.forward.impl_info_str();
  if (request.backward && request.diff_wanted[0]) {
    choice.backward_data = backward_data_desc(shape, algorithm::convolution_direct);
    choice.has_backward_data = true;
  }
  if (request.weight_gradients) choice.backward_weights = backward_weights_desc(shape, algorithm::convolution_direct);
  return choice;
}

}  // namespace alcedo::onednn
