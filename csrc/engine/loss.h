// Losses on a network's values: per sample, with their gradients.
#pragma once

#include <vector>

#include "engine/batch.h"
#include "engine/network.h"

namespace alcedo {

class LossHead {
 public:
  // Asks the network for the loss values in plain memory; with `backward` adds their gradients.
  LossHead(Network& network, const Loss& loss, bool backward);

  // Checks labels, targets and weights of a batch.
  void check(const Batch& batch) const;
  // Losses per sample of the last forward pass. With `factors` (one per sample) also writes the gradients, each
  // sample's times its factor; 0 for padding.
  const std::vector<float>& compute(const Batch& batch, const std::vector<float>* factors);
  const std::vector<float>& losses() const { return losses_; }
  const std::vector<int>& slots() const { return slots_; }

 private:
  Network& network_;
  Loss loss_;
  std::vector<int> slots_;
  std::vector<BufferId> diffs_;
  std::vector<int64_t> sizes_;  // elements per sample
  std::vector<float> losses_;
};

}  // namespace alcedo
