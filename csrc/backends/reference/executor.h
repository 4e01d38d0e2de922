// Runs a whole network with the layers' reference functions, node by node: the oracle that the engine and the pruning
// are tested against. Simple and slow.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "graph/graph.h"
#include "tensor/tensor.h"

namespace alcedo {

// Indices along axis 1 of a value [N,C,...] that are set to zero as soon as the value is there.
struct ZeroedChannels {
  ValueId value;
  std::vector<int64_t> channels;
};

struct ReferenceOptions {
  bool training = false;  // batch statistics, Dropout active
  uint64_t seed = 0;
  std::vector<ZeroedChannels> zeroed;
  // If given, filled in training: running means and variances after this step, by their values.
  std::vector<std::pair<ValueId, Tensor>>* statistics = nullptr;
};

// All values of the graph, by id; undefined where a value does not exist. `inputs`: one tensor per graph input; other
// floating-point types are converted to float32.
std::vector<Tensor> reference_values(const Graph& graph, const std::vector<Tensor>& inputs,
                                     const ReferenceOptions& options = {});
// The values that are wanted, in this order.
std::vector<Tensor> run_reference(const Graph& graph, const std::vector<Tensor>& inputs,
                                  const std::vector<ValueId>& wanted, const ReferenceOptions& options = {});

// Gradients of a scalar with respect to all values, by id; undefined where it does not depend on the value (or not
// differentiably). `values`: from reference_values with the same options. `seeds`: the scalar's gradients with respect
// to some values, e.g. logits.
std::vector<Tensor> reference_backward(const Graph& graph, const std::vector<Tensor>& values,
                                       const std::vector<std::pair<ValueId, Tensor>>& seeds,
                                       const ReferenceOptions& options = {});

// Cross entropy of logits [N,K,1,..] per sample, and the gradient of its mean (`sum`: of its sum) with respect to the
// logits. `weights` per sample: the mean is weighted by them; empty: all 1.
std::vector<double> cross_entropy(const Tensor& logits, const std::vector<int64_t>& labels);
Tensor cross_entropy_gradient(const Tensor& logits, const std::vector<int64_t>& labels, bool sum = false,
                              const std::vector<float>& weights = {});

}  // namespace alcedo
