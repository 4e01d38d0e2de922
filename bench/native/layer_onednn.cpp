// The candidates per layer.
#include "layer_onednn.h"

namespace alcedo::bench {
namespace {
using dnnl::memory;
using tag = memory::format_tag;
using type = memory::data_type;
using Descs = OneDnn::Descs;

memory::desc desc(const Shape& shape, tag format, type data = type::f32) {
  return {memory::dims(shape.begin(), shape.end()), data, format};
}

const std::vector<std::pair<const char*, tag>> kFormats{
    {"blocked", tag::nChw16c}, {"nhwc", tag::nhwc}, {"nchw", tag::nchw}};

// The library's own choice and nhwc, whose kernels it does not choose by itself.
const std::vector<std::pair<const char*, tag>> kConvFormats{{"any", tag::any}, {"nhwc", tag::nhwc}};
}  // namespace

void offer_conv(OneDnn& best, const ConvCase& conv, Part part, bool bf16) {
  const auto data = bf16 ? type::bf16 : type::f32;
  const int64_t g = conv.groups, pad = conv.kernel / 2;
  const Shape src_shape{conv.batch, conv.ic, conv.size, conv.size},
      dst_shape{conv.batch, conv.oc, conv.out(), conv.out()};
  const Shape weights_shape = g == 1 ? Shape{conv.oc, conv.ic, conv.kernel, conv.kernel}
                                     : Shape{g, conv.oc / g, conv.ic / g, conv.kernel, conv.kernel};
  const memory::dims strides{conv.stride, conv.stride}, padding{pad, pad};
  for (const auto algorithm : {dnnl::algorithm::convolution_direct, dnnl::algorithm::convolution_winograd}) {
    const bool winograd = algorithm == dnnl::algorithm::convolution_winograd;
    for (const auto& [label, format] : kConvFormats) {
      const memory::desc src = desc(src_shape, format, data), dst = desc(dst_shape, format, data),
                         weights = desc(weights_shape, tag::any, data);
      best.offer(std::string(winograd ? "winograd " : "direct ") + label, [&, format = format]() -> OneDnn::Candidate {
        const dnnl::convolution_forward::desc forward(dnnl::prop_kind::forward_training, algorithm, src, weights, dst,
                                                      strides, padding, padding);
        const dnnl::convolution_forward::primitive_desc hint(forward, OneDnn::engine());
        if (part == Part::forward) {
          return {hint.impl_info_str(), dnnl::convolution_forward(hint),
                  Descs{{DNNL_ARG_SRC, hint.src_desc()},
                        {DNNL_ARG_WEIGHTS, hint.weights_desc()},
                        {DNNL_ARG_DST, hint.dst_desc()}}};
        }
        if (part == Part::backward_data) {
          const dnnl::convolution_backward_data::primitive_desc pd(
              {algorithm, src, weights, dst, strides, padding, padding}, OneDnn::engine(), hint);
          return {pd.impl_info_str(), dnnl::convolution_backward_data(pd),
                  Descs{{DNNL_ARG_DIFF_DST, pd.diff_dst_desc()},
                        {DNNL_ARG_WEIGHTS, pd.weights_desc()},
                        {DNNL_ARG_DIFF_SRC, pd.diff_src_desc()}}};
        }
        const dnnl::convolution_backward_weights::primitive_desc pd(
            {algorithm, src, weights, dst, strides, padding, padding}, OneDnn::engine(), hint);
        return {pd.impl_info_str(), dnnl::convolution_backward_weights(pd),
                Descs{{DNNL_ARG_SRC, pd.src_desc()},
                      {DNNL_ARG_DIFF_DST, pd.diff_dst_desc()},
                      {DNNL_ARG_DIFF_WEIGHTS, pd.diff_weights_desc()}}};
      });
    }
  }
}

void offer_batchnorm(OneDnn& best, const Shape& shape, Part part, bool training) {
  for (const auto& [label, format] : kFormats) {
    const memory::desc data = desc(shape, format);
    best.offer(label, [&]() -> OneDnn::Candidate {
      auto flags = dnnl::normalization_flags::use_scale_shift;
      if (!training) flags |= dnnl::normalization_flags::use_global_stats;
      const dnnl::batch_normalization_forward::primitive_desc hint(
          {training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference, data, 1e-5F, flags},
          OneDnn::engine());
      const memory::desc one = desc({shape[1]}, tag::a), two = desc({2, shape[1]}, tag::ab);
      if (part == Part::forward) {
        return {hint.impl_info_str(), dnnl::batch_normalization_forward(hint),
                Descs{{DNNL_ARG_SRC, data},
                      {DNNL_ARG_DST, data},
                      {DNNL_ARG_MEAN, one},
                      {DNNL_ARG_VARIANCE, one},
                      {DNNL_ARG_SCALE_SHIFT, two}}};
      }
      const dnnl::batch_normalization_backward::primitive_desc pd({dnnl::prop_kind::backward, data, data, 1e-5F, flags},
                                                                  OneDnn::engine(), hint);
      return {pd.impl_info_str(), dnnl::batch_normalization_backward(pd),
              Descs{{DNNL_ARG_SRC, data},
                    {DNNL_ARG_DIFF_DST, data},
                    {DNNL_ARG_DIFF_SRC, data},
                    {DNNL_ARG_MEAN, one},
                    {DNNL_ARG_VARIANCE, one},
                    {DNNL_ARG_SCALE_SHIFT, two},
                    {DNNL_ARG_DIFF_SCALE_SHIFT, two}}};
    });
  }
}

void offer_pool(OneDnn& best, const Shape& src_shape, const Shape& dst_shape, int64_t kernel, int64_t stride,
                int64_t pad, bool max, Part part) {
  const auto algorithm = max ? dnnl::algorithm::pooling_max : dnnl::algorithm::pooling_avg_include_padding;
  const memory::dims window{kernel, kernel}, strides{stride, stride}, padding{pad, pad};
  for (const auto& [label, format] : kFormats) {
    const memory::desc src = desc(src_shape, format), dst = desc(dst_shape, format);
    best.offer(label, [&]() -> OneDnn::Candidate {
      const auto kind = part == Part::forward ? dnnl::prop_kind::forward_inference : dnnl::prop_kind::forward_training;
      const dnnl::pooling_forward::primitive_desc hint({kind, algorithm, src, dst, strides, window, padding, padding},
                                                       OneDnn::engine());
      Descs descs;
      if (hint.workspace_desc().get_size() > 0) descs.emplace_back(DNNL_ARG_WORKSPACE, hint.workspace_desc());
      if (part == Part::forward) {
        descs.insert(descs.end(), {{DNNL_ARG_SRC, src}, {DNNL_ARG_DST, dst}});
        return {hint.impl_info_str(), dnnl::pooling_forward(hint), descs};
      }
      const dnnl::pooling_backward::primitive_desc pd({algorithm, src, dst, strides, window, padding, padding},
                                                      OneDnn::engine(), hint);
      descs.insert(descs.end(), {{DNNL_ARG_DIFF_SRC, src}, {DNNL_ARG_DIFF_DST, dst}});
      return {pd.impl_info_str(), dnnl::pooling_backward(pd), descs};
    });
  }
}

void offer_gemm(OneDnn& best, int64_t batch, int64_t ic, int64_t oc, Part part) {
  best.offer("inner product", [&]() -> OneDnn::Candidate {
    const memory::desc src = desc({batch, ic}, tag::ab), weights = desc({oc, ic}, tag::any), bias = desc({oc}, tag::a),
                       dst = desc({batch, oc}, tag::ab);
    const dnnl::inner_product_forward::primitive_desc hint({dnnl::prop_kind::forward_training, src, weights, bias, dst},
                                                           OneDnn::engine());
    if (part == Part::forward) {
      return {hint.impl_info_str(), dnnl::inner_product_forward(hint),
              Descs{{DNNL_ARG_SRC, src},
                    {DNNL_ARG_WEIGHTS, hint.weights_desc()},
                    {DNNL_ARG_BIAS, bias},
                    {DNNL_ARG_DST, dst}}};
    }
    if (part == Part::backward_data) {
      const dnnl::inner_product_backward_data::primitive_desc pd({src, weights, dst}, OneDnn::engine(), hint);
      return {pd.impl_info_str(), dnnl::inner_product_backward_data(pd),
              Descs{{DNNL_ARG_DIFF_SRC, src}, {DNNL_ARG_WEIGHTS, pd.weights_desc()}, {DNNL_ARG_DIFF_DST, dst}}};
    }
    const dnnl::inner_product_backward_weights::primitive_desc pd({src, weights, bias, dst}, OneDnn::engine(), hint);
    return {pd.impl_info_str(), dnnl::inner_product_backward_weights(pd),
            Descs{{DNNL_ARG_SRC, src},
                  {DNNL_ARG_DIFF_WEIGHTS, pd.diff_weights_desc()},
                  {DNNL_ARG_DIFF_BIAS, bias},
                  {DNNL_ARG_DIFF_DST, dst}}};
  });
}

void offer_relu(OneDnn& best, const Shape& shape) {
  const memory::desc data = desc(shape, tag::nChw16c);
  best.offer("blocked", [&]() -> OneDnn::Candidate {
    const dnnl::eltwise_forward::primitive_desc pd(
        {dnnl::prop_kind::forward_inference, dnnl::algorithm::eltwise_relu, data, 0.F}, OneDnn::engine());
    return {pd.impl_info_str(), dnnl::eltwise_forward(pd), Descs{{DNNL_ARG_SRC, data}, {DNNL_ARG_DST, data}}};
  });
}

void offer_add(OneDnn& best, const Shape& shape) {
  const memory::desc data = desc(shape, tag::nChw16c);
  best.offer("blocked", [&]() -> OneDnn::Candidate {
    const dnnl::binary::primitive_desc pd({dnnl::algorithm::binary_add, data, data, data}, OneDnn::engine());
    return {pd.impl_info_str(), dnnl::binary(pd),
            Descs{{DNNL_ARG_SRC_0, data}, {DNNL_ARG_SRC_1, data}, {DNNL_ARG_DST, data}}};
  });
}

void offer_reorder(OneDnn& best, const Shape& shape, bool to_blocked) {
  const memory::desc plain = desc(shape, tag::nchw), blocked = desc(shape, tag::nChw16c);
  const memory::desc from = to_blocked ? plain : blocked, to = to_blocked ? blocked : plain;
  best.offer("", [&]() -> OneDnn::Candidate {
    const dnnl::reorder::primitive_desc pd(OneDnn::engine(), from, OneDnn::engine(), to);
    return {pd.impl_info_str(), dnnl::reorder(pd), Descs{{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}}};
  });
}

}  // namespace alcedo::bench
