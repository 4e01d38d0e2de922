// ScoringPlan: evaluation-mode forward, then only those gradients that lie between the loss and a feature map.
#include "base/error.h"
#include "base/error_codes.h"
#include "engine/channel_axis.h"
#include "engine/loss.h"

namespace alcedo {

struct ScoringPlan::Impl {
  Impl(const Graph& graph, std::vector<Shape> shapes, const Loss& loss, const std::vector<ValueId>& maps,
       const PlanOptions& options, std::vector<int> channel_axes)
      : network(graph, std::move(shapes), loss.values, maps, Purpose::scoring, options),
        head(network, loss, true),
        feature_maps(maps),
        axes(std::move(channel_axes)) {
    axes.resize(maps.size(), 1);
  }

  Network network;
  LossHead head;
  std::vector<ValueId> feature_maps;
  std::vector<int> axes;
  size_t forward_steps = 0;
  std::vector<std::vector<float>> products;  // full batch
  std::vector<std::vector<float>> scores;
  std::vector<float> factors;  // of the samples' losses
};

ScoringPlan::ScoringPlan(const Graph& graph, std::vector<Shape> input_shapes, Loss loss,
                         std::vector<ValueId> feature_maps, PlanOptions options, std::vector<int> axes)
    : impl_(new Impl(graph, std::move(input_shapes), loss, feature_maps, options, std::move(axes))) {
  Network& network = impl_->network;
  impl_->forward_steps = network.program().num_instructions();
  std::unordered_map<ValueId, std::vector<size_t>> wanted;
  for (size_t i = 0; i < feature_maps.size(); ++i) {
    const TensorInfo& info = network.info(feature_maps[i]);
    const auto axis = static_cast<size_t>(impl_->axes[i]);
    require(info.dtype == DType::f32 && axis >= 1 && axis < info.shape.size(), error::kPruningUnsupported, "value ",
            graph.values[feature_maps[i]].name, " has no channels to score");
    wanted[feature_maps[i]].push_back(i);
    impl_->products.emplace_back(static_cast<size_t>(info.shape[0] * info.shape[axis]), 0.f);
  }
  impl_->scores.resize(feature_maps.size());
  network.build_backward([&](ValueId value, int slot, BufferId diff) {
    const auto found = wanted.find(value);
    if (found == wanted.end()) return;
    const MemoryDesc format = network.slot(slot).desc;
    const BufferId z = network.value_again(slot);
    Instruction i;
    i.label = "score " + graph.values[value].name;
    i.kernel = "own:sum of products";
    i.formats = to_string(format);
    i.reads = {z, diff};
    i.run = [impl = impl_.get(), indices = found->second, desc = format, buffer = z, diff] {
      for (size_t index : indices) {
        axis_products(desc, impl->axes[index], impl->network.at(buffer), impl->network.at(diff),
                      impl->products[index].data());
      }
    };
    network.program().add(std::move(i));
  });
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
  for (size_t i = 0; i < impl.products.size(); ++i) {
    const int64_t channels = impl.network.info(impl.feature_maps[i]).shape[impl.axes[i]];
    impl.scores[i].assign(impl.products[i].begin(), impl.products[i].begin() + batch.num * channels);
  }
  return impl.scores;
}

const std::vector<float>& ScoringPlan::losses() const { return impl_->head.losses(); }

std::string ScoringPlan::log() const { return impl_->network.program().log(); }

}  // namespace alcedo
