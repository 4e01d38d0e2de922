// The list of layers: one line each, in alphabetical order.
#include <algorithm>
#include <unordered_map>

#include "layers/layer.h"

#define ALCEDO_LAYERS(X)          \
  X(abs_layer)                    \
  X(add_layer)                    \
  X(and_layer)                    \
  X(arg_max_layer)                \
  X(arg_min_layer)                \
  X(average_pool_layer)           \
  X(batch_normalization_layer)    \
  X(cast_layer)                   \
  X(cast_like_layer)              \
  X(ceil_layer)                   \
  X(celu_layer)                   \
  X(clip_layer)                   \
  X(concat_layer)                 \
  X(constant_layer)               \
  X(constant_of_shape_layer)      \
  X(conv_layer)                   \
  X(conv_transpose_layer)         \
  X(cos_layer)                    \
  X(depth_to_space_layer)         \
  X(dequantize_linear_layer)      \
  X(div_layer)                    \
  X(dropout_layer)                \
  X(elu_layer)                    \
  X(equal_layer)                  \
  X(erf_layer)                    \
  X(exp_layer)                    \
  X(expand_layer)                 \
  X(flatten_layer)                \
  X(floor_layer)                  \
  X(gather_layer)                 \
  X(gelu_layer)                   \
  X(gemm_layer)                   \
  X(global_average_pool_layer)    \
  X(global_max_pool_layer)        \
  X(greater_layer)                \
  X(greater_or_equal_layer)       \
  X(group_normalization_layer)    \
  X(gru_layer)                    \
  X(hard_sigmoid_layer)           \
  X(hard_swish_layer)             \
  X(identity_layer)               \
  X(instance_normalization_layer) \
  X(layer_normalization_layer)    \
  X(leaky_relu_layer)             \
  X(less_layer)                   \
  X(less_or_equal_layer)          \
  X(log_layer)                    \
  X(log_softmax_layer)            \
  X(lrn_layer)                    \
  X(lstm_layer)                   \
  X(matmul_layer)                 \
  X(max_layer)                    \
  X(max_pool_layer)               \
  X(mean_layer)                   \
  X(min_layer)                    \
  X(mish_layer)                   \
  X(mul_layer)                    \
  X(neg_layer)                    \
  X(not_layer)                    \
  X(or_layer)                     \
  X(pad_layer)                    \
  X(pow_layer)                    \
  X(prelu_layer)                  \
  X(quantize_linear_layer)        \
  X(range_layer)                  \
  X(reciprocal_layer)             \
  X(reduce_l1_layer)              \
  X(reduce_l2_layer)              \
  X(reduce_log_sum_exp_layer)     \
  X(reduce_log_sum_layer)         \
  X(reduce_max_layer)             \
  X(reduce_mean_layer)            \
  X(reduce_min_layer)             \
  X(reduce_prod_layer)            \
  X(reduce_sum_layer)             \
  X(reduce_sum_square_layer)      \
  X(relu_layer)                   \
  X(reshape_layer)                \
  X(resize_layer)                 \
  X(round_layer)                  \
  X(selu_layer)                   \
  X(shape_layer)                  \
  X(sigmoid_layer)                \
  X(sign_layer)                   \
  X(sin_layer)                    \
  X(size_layer)                   \
  X(slice_layer)                  \
  X(softmax_layer)                \
  X(softplus_layer)               \
  X(softsign_layer)               \
  X(space_to_depth_layer)         \
  X(split_layer)                  \
  X(sqrt_layer)                   \
  X(squeeze_layer)                \
  X(sub_layer)                    \
  X(sum_layer)                    \
  X(swish_layer)                  \
  X(tanh_layer)                   \
  X(thresholded_relu_layer)       \
  X(tile_layer)                   \
  X(top_k_layer)                  \
  X(transpose_layer)              \
  X(unsqueeze_layer)              \
  X(where_layer)                  \
  X(xor_layer)

namespace alcedo {

#define ALCEDO_DECLARE(layer) extern const Layer layer;
ALCEDO_LAYERS(ALCEDO_DECLARE)
#undef ALCEDO_DECLARE

const std::vector<const Layer*>& all_layers() {
#define ALCEDO_ADDRESS(layer) &layer,
  static const std::vector<const Layer*> layers{ALCEDO_LAYERS(ALCEDO_ADDRESS)};
#undef ALCEDO_ADDRESS
  return layers;
}

const Layer* find_layer(const std::string& op_type) {
  static const auto* const by_type = [] {
    auto* map = new std::unordered_map<std::string, const Layer*>;
    for (const Layer* layer : all_layers()) map->emplace(layer->type, layer);
    return map;
  }();
  const auto found = by_type->find(op_type);
  return found == by_type->end() ? nullptr : found->second;
}

InputRole input_role(const Node& node, size_t index) {
  const Layer* layer = find_layer(node.op_type);
  if (!layer || layer->input_roles.empty()) return InputRole::data;
  return layer->input_roles[std::min(index, layer->input_roles.size() - 1)];
}

bool holds_hidden_units(const Node& node) {
  const Layer* layer = find_layer(node.op_type);
  return layer && layer->hidden_units;
}

bool is_trainable(const Graph& graph, const Node& node, size_t index) {
  if (!is_parameter(graph, node, index)) return false;
  const Tensor& constant = graph.values[node.inputs[index]].constant;
  return constant.dtype() == DType::f32 && !(node.op_type == "Add" && constant.size() == 1);
}

bool is_parameter(const Graph& graph, const Node& node, size_t index) {
  if (node.inputs[index] == kNone) return false;
  const Tensor& constant = graph.values[node.inputs[index]].constant;
  const bool sizes = constant.defined() && constant.dtype() == DType::i64;
  if (!constant.defined() || sizes || (node.op_type == "Add" && constant.rank() == 0)) return false;
  const InputRole role = input_role(node, index);
  return role == InputRole::weight || role == InputRole::bias;
}

}  // namespace alcedo
