// The parts of an AblationPlan: which steps a set of ablations has to run (the route), and a network whose batch holds
// many ablated samples (the stack).
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "backends/conv_slice.h"
#include "engine/loss.h"
#include "engine/network.h"

namespace alcedo {

// What happens to a step while channels of some slots are zero.
enum class StepUse : uint8_t {
  none,
  fetch,  // its results come from the base network
  slice,  // a convolution of which only the source's channels are missing
  run
};

struct AblationRoute {
  std::vector<StepUse> steps;
  std::vector<bool> cleared, fetched;  // per slot
  bool reaches_loss = false;
};

// `cleared`: slots, and how many channels an ablation takes from them at most. `slicing`: StepUse::slice may be used.
AblationRoute find_route(const Network& base, const std::vector<int>& loss_slots, const std::map<int, int64_t>& cleared,
                         bool slicing);

// A convolution whose source only lost channels, for all ablations of one route.
class SlicedStep {
 public:
  SlicedStep(const Network& base, const Graph& graph, int step);
  const ConvSlice& slice() const { return *slice_; }
  const float* before(int64_t sample) const { return before_ + sample * row_; }

 private:
  std::unique_ptr<ConvSlice> slice_;
  std::unique_ptr<Kernel> kernel_;  // without the activation
  Arena memory_;
  const float* before_ = nullptr;
  int64_t row_ = 0;
};

struct ZeroedSlot {
  int slot, axis;
  std::vector<int64_t> channels;
};
using ZeroedSlots = std::vector<ZeroedSlot>;

struct AblationRow {
  int64_t sample;
  const ZeroedSlots* zeroed;
};

class AblationStack {
 public:
  // Runs only steps that some route of `routes` uses.
  AblationStack(const Graph& graph, std::vector<Shape> input_shapes, const std::vector<ValueId>& wanted,
                const Loss& loss, const PlanOptions& options, const Network& base,
                const std::vector<const AblationRoute*>& routes);

  int64_t capacity() const { return network_.batch(); }
  bool covers(const AblationRoute& route) const;
  void reload(const Graph& graph) { network_.reload(graph); }
  // Loss per row; `batch` is what the base network was run on. `whole`: the rows are the base's samples in their order.
  const std::vector<float>& run(const AblationRoute& route, const std::map<int, SlicedStep>& sliced,
                                const std::vector<AblationRow>& rows, const Batch& batch, bool whole);
  std::string log() { return network_.program().log(); }
  void report() { network_.program().report("ablation, suffix", capacity()); }

 private:
  void fetch(int slot, const std::vector<AblationRow>& rows, bool whole);
  void clear(int slot, const std::vector<AblationRow>& rows, bool whole);
  void run_slice(int step, const SlicedStep& sliced, const std::vector<AblationRow>& rows);

  const Network& base_;
  Network network_;
  LossHead head_;
  std::vector<StepUse> uses_;
  std::vector<std::vector<float>> targets_;
};

}  // namespace alcedo
