// InferencePlan: forward in evaluation mode.
#include "base/error.h"
#include "base/error_codes.h"
#include "engine/network.h"

namespace alcedo {

struct InferencePlan::Impl {
  Network network;
  std::vector<Tensor> results;
};

InferencePlan::InferencePlan(const Graph& graph, std::vector<Shape> input_shapes, std::vector<ValueId> outputs,
                             PlanOptions options)
    : impl_(new Impl{Network(graph, std::move(input_shapes), outputs, {}, Purpose::inference, options), {}}) {
  Network& network = impl_->network;
  std::vector<int> slots;
  for (ValueId value : outputs) {
    slots.push_back(network.info(value).known() ? -1 : network.plain_slot(value));
    if (slots.back() >= 0) network.program().live_to_end(network.slot(slots.back()).buffer);
  }
  network.finish();
  for (size_t i = 0; i < outputs.size(); ++i) {
    const TensorInfo& info = network.info(outputs[i]);
    require(slots[i] >= 0 || info.known(), error::kInternal, "output ", outputs[i], " is not made by the network");
    impl_->results.push_back(
        slots[i] < 0 ? info.constant : Tensor::view(info.dtype, info.shape, network.at(network.slot(slots[i]).buffer)));
  }
  network.reload(graph);
}

InferencePlan::~InferencePlan() = default;

void InferencePlan::reload(const Graph& graph) { impl_->network.reload(graph); }

const std::vector<Tensor>& InferencePlan::run(const Batch& batch) {
  impl_->network.set_inputs(batch);
  impl_->network.program().run();
  impl_->network.program().report("inference", impl_->network.batch());
  return impl_->results;
}

std::vector<StepTime> InferencePlan::times() const {
  std::vector<StepTime> times;
  Program& program = impl_->network.program();
  for (size_t i = 0; i < program.num_instructions(); ++i) {
    times.push_back({program.instruction(i).label, program.instruction(i).ms});
  }
  return times;
}

std::string InferencePlan::log() const { return impl_->network.program().log(); }

}  // namespace alcedo
