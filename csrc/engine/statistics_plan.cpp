#include "engine/statistics_plan.h"

#include "base/error.h"
#include "base/error_codes.h"
#include "engine/network.h"

namespace alcedo {

struct StatisticsPlan::Impl {
  Network network;
};

StatisticsPlan::StatisticsPlan(const Graph& graph, std::vector<Shape> input_shapes, PlanOptions options)
    : impl_(new Impl{Network(graph, std::move(input_shapes), graph.outputs, {}, Purpose::training, options)}) {
  impl_->network.finish();
  impl_->network.reload(graph);
}

StatisticsPlan::~StatisticsPlan() = default;

void StatisticsPlan::run(const Batch& batch) {
  require(batch.num == impl_->network.batch(), error::kWrongBatchSize, "a plan for the statistics of ",
          impl_->network.batch(), " samples got ", batch.num, ": padding would count");
  impl_->network.set_inputs(batch);
  impl_->network.program().run();
}

Tensor StatisticsPlan::statistic(ValueId value) const {
  const Network& network = impl_->network;
  for (const Parameter& parameter : network.parameters()) {
    if (parameter.value != value || parameter.role != InputRole::statistic) continue;
    Tensor plain(DType::f32, parameter.info.shape);
    network.kernel_of(parameter).unpack(parameter.port, network.at(parameter.master), plain);
    return plain;
  }
  fail(error::kInternal, "value ", value, " is no statistic");
}

}  // namespace alcedo
