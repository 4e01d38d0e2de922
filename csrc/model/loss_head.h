// Finds where a classifier's logits are: the value in front of a closing Softmax or LogSoftmax, else the output.
#pragma once

#include <optional>

#include "engine/batch.h"
#include "layers/layer.h"

namespace alcedo {

struct ClassifierHead {
  ValueId logits;         // [N,K] (or [N,K,1,1])
  bool softmax_in_graph;  // the graph's output is already a distribution
  bool log_softmax;       // ... of logarithms
  int64_t num_classes;
};

// Nothing if the graph is not a classifier: exactly one output of shape [N,K], K >= 2.
std::optional<ClassifierHead> find_classifier_head(const Graph& graph, const std::vector<TensorInfo>& infos);

}  // namespace alcedo
