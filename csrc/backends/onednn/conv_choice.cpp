// Which of oneDNN's algorithms runs a convolution, per direction.
#include <algorithm>

#include "backends/onednn/conv_gradient.h"
#include "backends/onednn/threads.h"
#include "backends/onednn/tuning.h"

namespace alcedo::onednn {
namespace {

using dnnl::algorithm;
using dnnl::prop_kind;

dnnl::convolution_forward::primitive_desc forward_desc(const ConvShape& s, const KernelRequest& request,
                                                       algorithm how) {
  dnnl::primitive_attr attr = scratchpad_attr();
  dnnl::post_ops ops;
  // Where the backward pass reads the residual, it must not be overwritten. Winograd's kernels only add to what lies
  // there.
  if (request.residual && request.backward && how == algorithm::convolution_direct) {
    ops.append_binary(algorithm::binary_add, s.dst_desc());
  } else if (request.residual) {
    ops.append_sum(1.f);
  }
  append_activations(ops, request);
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

bool may_be_winograd(const ConvShape& s) {
  if (s.groups != 1 || s.dtype != DType::f32 || s.plain_src || s.kernel.size() != 2) return false;
  for (size_t i = 0; i < 2; ++i) {
    if (s.kernel[i] != 3 || s.stride[i] != 1 || s.dilation[i] != 0 || s.pad_begin[i] > 1 || s.pad_end[i] > 1)
      return false;
  }
  return s.padded_ic() >= 32 && s.padded_oc() >= 32;
}

// The direct algorithm, or Winograd's where it was measured to be faster. `make` builds a primitive descriptor,
// `trial_for` makes it ready to run.
template <class Make, class Try>
auto fastest(const std::string& direction, bool winograd, const ConvShape& shape, const Make& make,
             const Try& trial_for) {
  if (!winograd) return make(shape, algorithm::convolution_direct);
  const ConvShape trial = trial_of(shape);
  try {
    auto other = make(shape, algorithm::convolution_winograd);
    const auto trial_by = [&](algorithm how) { return trial_for(make(trial, how)); };
    if (second_is_faster(
            trial.key() + direction, [&] { return trial_by(algorithm::convolution_direct); },
            [&] { return trial_by(algorithm::convolution_winograd); })) {
      return other;
    }
  } catch (const dnnl::error& error) {
    if (error.status != dnnl_unimplemented) throw;
  }
  return make(shape, algorithm::convolution_direct);
}

}  // namespace

// About a GFLOP, and enough tiles that Winograd's matrices are filled.
ConvShape trial_of(const ConvShape& shape) {
  ConvShape trial = shape;
  const double per_sample = shape.flops() / static_cast<double>(shape.src_shape[0]);
  const int64_t plane = shape.dst_shape[2] * shape.dst_shape[3];  // Winograd knows no other rank
  const int64_t enough = std::max(static_cast<int64_t>(1e9 / per_sample), 2048 / plane) + 1;
  const int64_t num = std::min(shape.src_shape[0], enough);
  trial.src_shape[0] = trial.dst_shape[0] = num;
  return trial;
}

std::string forward_key(const KernelRequest& request) {
  return std::string(request.weight_gradients ? "/training" : "/forward") +
         (!request.residual  ? ""
          : request.backward ? "*"
                             : "+") +
         std::to_string(static_cast<int>(request.activation.kind));
}

Trial forward_trial(const ConvShape& shape, const dnnl::convolution_forward::primitive_desc& pd) {
  ArgumentList list{{DNNL_ARG_SRC, pd.src_desc()},
                    {DNNL_ARG_WEIGHTS, pd.weights_desc()},
                    {DNNL_ARG_DST, pd.dst_desc()},
                    {DNNL_ARG_SCRATCHPAD, pd.scratchpad_desc()}};
  if (shape.bias) list.push_back({DNNL_ARG_BIAS, pd.bias_desc()});
  if (adds_residual(pd)) list.push_back({kResidualArgument, pd.dst_desc()});
  return Trial(dnnl::convolution_forward(pd), list);
}

bool adds_residual(const dnnl::convolution_forward::primitive_desc& pd) {
  const dnnl::primitive_attr attr = pd.get_primitive_attr();  // holds the list
  const dnnl::post_ops ops = attr.get_post_ops();
  return ops.len() > 0 && ops.kind(0) == dnnl::primitive::kind::binary;
}

ConvChoice choose_conv(const ConvShape& shape, const KernelRequest& request) {
  ConvChoice choice;
  const bool winograd = request.autotune && may_be_winograd(shape);
  choice.forward = fastest(
      forward_key(request), winograd, shape,
      [&](const ConvShape& s, algorithm how) { return forward_desc(s, request, how); },
      [&](const dnnl::convolution_forward::primitive_desc& pd) { return forward_trial(shape, pd); });
  choice.name = choice.forward.impl_info_str();
  if (request.backward && request.diff_wanted[0]) {
    choice.backward_data =
        fastest("/backward data", winograd, shape, backward_data_desc,
                [&](const dnnl::convolution_backward_data::primitive_desc& pd) {
                  return Trial(dnnl::convolution_backward_data(pd), {{DNNL_ARG_DIFF_DST, pd.diff_dst_desc()},
                                                                     {DNNL_ARG_WEIGHTS, pd.weights_desc()},
                                                                     {DNNL_ARG_DIFF_SRC, pd.diff_src_desc()},
                                                                     {DNNL_ARG_SCRATCHPAD, pd.scratchpad_desc()}});
                });
    choice.has_backward_data = true;
  }
  if (request.weight_gradients) {
    ConvShape part = shape;
    part.src_shape[0] = part.dst_shape[0] = shape.src_shape[0] / gradient_parts(shape, request.autotune);
    const OneThread one(!request.autotune);
    choice.backward_weights = fastest("/backward weights", winograd, part, backward_weights_desc,
                                      [&](const dnnl::convolution_backward_weights::primitive_desc& pd) {
                                        ArgumentList list{{DNNL_ARG_SRC, pd.src_desc()},
                                                          {DNNL_ARG_DIFF_DST, pd.diff_dst_desc()},
                                                          {DNNL_ARG_DIFF_WEIGHTS, pd.diff_weights_desc()},
                                                          {DNNL_ARG_SCRATCHPAD, pd.scratchpad_desc()}};
                                        if (shape.bias) list.push_back({DNNL_ARG_DIFF_BIAS, pd.diff_bias_desc()});
                                        return Trial(dnnl::convolution_backward_weights(pd), list);
                                      });
  }
  return choice;
}

}  // namespace alcedo::onednn
