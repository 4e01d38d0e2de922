// Transpose: permuted axes.
#include "layers/support.h"

namespace alcedo {
namespace {

std::vector<int64_t> permutation(const Node& node, int rank) {
  std::vector<int64_t> reversed;
  for (int i = rank - 1; i >= 0; --i) reversed.push_back(i);
  std::vector<int64_t> perm = node.attributes.integers("perm", reversed);
  node_require(node, static_cast<int>(perm.size()) == rank, "perm ", to_string(perm), " does not fit rank ", rank);
  std::vector<bool> seen(rank, false);
  for (int64_t p : perm) {
    node_require(node, p >= 0 && p < rank && !seen[p], "perm ", to_string(perm), " is no permutation");
    seen[p] = true;
  }
  return perm;
}

void infer(InferArgs& args) {
  const TensorInfo& src = need_src(args, 0);
  Shape dst;
  for (int64_t p : permutation(args.node, rank_of(src))) dst.push_back(src.shape[p]);
  set_dst(args, 0, src.dtype, dst);
}

void channels(ChannelRuleArgs& args) {
  const std::vector<int64_t> perm = permutation(args.node, rank_of(args.src[0]));
  for (size_t i = 0; i < perm.size(); ++i) {
    args.same(src_axis(0, static_cast<int>(perm[i])), dst_axis(0, static_cast<int>(i)));
  }
}

// body(position in src, position in dst)
template <class Body>
void walk(const Node& node, const Shape& src, const Shape& dst, Body body) {
  const Shape strides = strides_of(src);
  Shape permuted;
  for (int64_t p : permutation(node, static_cast<int>(src.size()))) permuted.push_back(strides[p]);
  nd_loop<2>(dst, {permuted, strides_of(dst)}, [&](const auto& at) { body(at[0], at[1]); });
}

void forward(const ForwardArgs& args) {
  for_sizes(args.src[0]->dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    const T* src = raw_data<T>(args.src[0]);
    T* dst = raw_data<T>(args.dst[0]);
    walk(args.node, args.src[0]->shape(), args.dst[0]->shape(), [&](int64_t s, int64_t d) { dst[d] = src[s]; });
  });
}

void backward(const BackwardArgs& args) {
  if (!args.diff_src[0]) return;
  if (!args.diff_dst[0]) return fill_zero(args.diff_src[0]);
  for_sizes(args.src[0]->dtype(), [&](auto type) {
    using T = typename decltype(type)::type;
    const T* diff_dst = raw_data<T>(args.diff_dst[0]);
    T* diff_src = raw_data<T>(args.diff_src[0]);
    walk(args.node, args.src[0]->shape(), args.diff_dst[0]->shape(),
         [&](int64_t s, int64_t d) { diff_src[s] = diff_dst[d]; });
  });
}

}  // namespace

extern const Layer transpose_layer{"Transpose", {InputRole::data}, infer, channels, forward, backward};

}  // namespace alcedo
