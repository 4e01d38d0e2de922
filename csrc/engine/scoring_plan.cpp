// ScoringPlan: evaluation-mode forward, then only those gradients that lie between the loss and a feature map.
#include "base/error.h"
#include "base/error_codes.h"
#include "engine/loss.h"

namespace alcedo {

struct ScoringPlan::Impl {
  Impl(const Graph& graph, std::vector<Shape> shapes, const Loss& loss, const std::vector<ValueId>& maps,
       const PlanOptions& options, std::vector<MapAxes> map_axes)
      : network(graph, std::move(shapes), loss.values, maps, Purpose::scoring, options),
        head(network, loss, true),
        feature_maps(maps),
        axes(std::move(map_axes)) {
    axes.resize(maps.size());
  }

  Network network;
  LossHead head;
  std::vector<ValueId> feature_maps;
  std::vector<MapAxes> axes;
  size_t forward_steps = 0;
  std::unordered_map<ValueId, std::vector<float>> products;  // full batch
  std::vector<std::vector<float>> scores;
  std::vector<float> factors;  // of the samples' losses
};

ScoringPlan::ScoringPlan(const Graph& graph, std::vector<Shape> input_shapes, Loss loss,
                         std::vector<ValueId> feature_maps, PlanOptions options, std::vector<MapAxes> axes)
    : impl_(new Impl(graph, std::move(input_shapes), loss, feature_maps, options, std::move(axes))) {
  Network& network = impl_->network;
  impl_->forward_steps = network.program().num_instructions();
  std::unordered_map<ValueId, MapProducts> products;
  for (size_t i = 0; i < feature_maps.size(); ++i) {
    const ValueId map = feature_maps[i];
    const TensorInfo& info = network.info(map);
    const auto [axis, samples] = impl_->axes[i];
    require(info.dtype == DType::f32 && axis >= 1 && static_cast<size_t>(axis) < info.shape.size(),
            error::kPruningUnsupported, "value ", graph.values[map].name, " has no channels to score");
    std::vector<float>& of_map = impl_->products[map];
    of_map.assign(static_cast<size_t>(info.shape[samples] * info.shape[axis]), 0.f);
    products[map] = {of_map.data(), axis};
  }
  impl_->scores.resize(feature_maps.size());
  network.build_backward(std::move(products));
  network.finish();
  network.reload(graph);
}

ScoringPlan::~ScoringPlan() = default;

void ScoringPlan::reload(const Graph& graph) { impl_->network.reload(graph); }

const std::vector<std::vector<float>>& ScoringPlan::run(const Batch& batch) {
  Impl& impl = *impl_;
  impl.head.check(batch);
  impl.network.set_inputs(batch);
  Program& program = impl.network.program();
  program.run(0, impl.forward_steps);
  impl.factors.assign(static_cast<size_t>(batch.num), 1.f);
  impl.head.compute(batch, &impl.factors);
  program.run(impl.forward_steps, program.num_instructions());
  program.report("scoring", impl.network.batch());
  for (size_t i = 0; i < impl.feature_maps.size(); ++i) {
    const std::vector<float>& products = impl.products[impl.feature_maps[i]];
    const int64_t channels = impl.network.info(impl.feature_maps[i]).shape[impl.axes[i].channels];
    impl.scores[i].assign(products.begin(), products.begin() + batch.num * channels);
  }
  return impl.scores;
}

const std::vector<float>& ScoringPlan::losses() const { return impl_->head.losses(); }

std::string ScoringPlan::log() const { return impl_->network.program().log(); }

}  // namespace alcedo
