// The list of layers: one line each, in alphabetical order.
#include <algorithm>
#include <unordered_map>

#include "layers/layer.h"

#define ALCEDO_LAYERS(X)       \
  X(add_layer)                 \
  X(average_pool_layer)        \
  X(batch_normalization_layer) \
  X(clip_layer)                \
  X(concat_layer)              \
  X(conv_layer)                \
  X(flatten_layer)             \
  X(gemm_layer)                \
  X(global_average_pool_layer) \
  X(log_softmax_layer)         \
  X(max_pool_layer)            \
  X(relu_layer)                \
  X(reshape_layer)             \
  X(softmax_layer)

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

}  // namespace alcedo
