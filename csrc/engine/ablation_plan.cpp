// AblationPlan: one forward pass whose values all stay (the base), then passes of many ablated samples at a time over
// what depends on the missing channels.
#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "base/error_codes.h"
#include "base/parallel.h"
#include "engine/ablation_stack.h"
#include "engine/channel_axis.h"

namespace alcedo {
namespace {

// What the values of the base, and those of a stack, may take. Where the samples do not fit they are run in parts.
constexpr double kBaseBytes = 384.0 * (1 << 20), kStackBytes = 256.0 * (1 << 20);
constexpr int64_t kMaxRows = 2048;
constexpr int64_t kNotSliced = int64_t{1} << 40;  // more channels than a convolution is sliced for

// Ablations that clear channels of the same slots and so run the same steps.
struct Cluster {
  std::vector<size_t> ablations;
  std::vector<ZeroedSlots> zeroed;
  AblationRoute route;
  int64_t rows = 0;  // of a pass
};

}  // namespace

struct AblationPlan::Impl {
  Impl(const Graph& source, std::vector<Shape> shapes, Loss l, const PlanOptions& o)
      : graph(source), input_shapes(std::move(shapes)), loss(std::move(l)), options(o) {
    find_part();
    build();
  }

  // Whether samples can be put together as one likes, and how many the base takes at a time.
  void find_part() {
    require(!input_shapes.empty() && !input_shapes[0].empty(), error::kInternal, "the network has no input");
    batch_size = part = input_shapes[0][0];
    const std::vector<TensorInfo> infos = infer(graph, input_shapes);
    std::vector<TensorInfo> others;
    try {
      others = infer(graph, shapes_for(2 * batch_size + 1));
    } catch (const HException&) {
      return;  // the network fixes its batch size
    }
    double bytes = 0;
    for (size_t v = 0; v < infos.size(); ++v) {
      if (infos[v].dtype == DType::undefined || infos[v].known() || graph.values[v].is_constant()) continue;
      Shape scaled = infos[v].shape;
      if (scaled.empty() || scaled[0] != batch_size) return;
      scaled[0] = 2 * batch_size + 1;
      if (others[v].shape != scaled) return;
      bytes += static_cast<double>(num_elements(infos[v].shape)) * static_cast<double>(size_of(infos[v].dtype));
    }
    free_rows = true;
    const auto fitting = static_cast<int64_t>(kBaseBytes / std::max(bytes, 1.0) * static_cast<double>(batch_size));
    part = std::max<int64_t>(1, std::min(batch_size, fitting));
  }

  std::vector<Shape> shapes_for(int64_t rows) const {
    std::vector<Shape> shapes = input_shapes;
    for (Shape& shape : shapes) {
      if (!shape.empty()) shape[0] = rows;
    }
    return shapes;
  }

  std::vector<ValueId> wanted() const {
    std::vector<ValueId> values = loss.values;
    values.insert(values.end(), shown.begin(), shown.end());
    return values;
  }

  void build() {
    levels.clear();
    head.reset();
    base = std::make_unique<Network>(graph, shapes_for(part), wanted(), std::vector<ValueId>{}, Purpose::ablation,
                                     options);
    head = std::make_unique<LossHead>(*base, loss, false);
    base->finish();
    base->reload(graph);
    held = -1;
  }

  // The slot that holds the value, or the one behind an activation that keeps zero; -1: inside a kernel.
  int slot_of(ValueId value) const {
    const int slot = base->primary_slot(value);
    if (slot >= 0) return slot;
    const ValueId behind = base->behind_activation(value);
    if (behind == kNone || base->primary_slot(behind) < 0) return -1;
    for (const Step& step : base->steps()) {
      if (step.dst[0] == base->primary_slot(behind) && !step.request.activation.moves_zero()) return step.dst[0];
    }
    return -1;
  }

  // Values inside kernels are brought out by building the plan again.
  void bring_out(const std::vector<Channels>& ablations) {
    std::vector<ValueId> missing;
    for (const Channels& channels : ablations) {
      for (const ChannelRef& ref : channels) {
        if (slot_of(ref.value) < 0) missing.push_back(ref.value);
      }
    }
    if (missing.empty()) return;
    std::sort(missing.begin(), missing.end());
    missing.erase(std::unique(missing.begin(), missing.end()), missing.end());
    shown.insert(shown.end(), missing.begin(), missing.end());
    build();
    for (ValueId value : missing) {
      require(slot_of(value) >= 0, error::kPruningUnsupported, "value ", graph.values[value].name,
              " cannot be set to zero");
    }
  }

  // Part `index` of the loaded samples.
  Batch part_of(int64_t index) const {
    const int64_t begin = index * part;
    Batch batch;
    batch.num = std::min(part, kept.num - begin);
    for (size_t i = 0; i < inputs.size(); ++i) {
      batch.inputs.push_back(inputs[i].data() + begin * (static_cast<int64_t>(inputs[i].size()) / kept.num));
    }
    for (const auto& values : targets) {
      batch.targets.push_back(values.data() + begin * (static_cast<int64_t>(values.size()) / kept.num));
    }
    if (!kept.labels.empty()) {
      batch.labels.assign(kept.labels.begin() + begin, kept.labels.begin() + begin + batch.num);
    }
    return batch;
  }
  int64_t num_parts() const { return (kept.num + part - 1) / part; }

  void forward(int64_t index) {
    if (held == index) return;
    held = -1;
    base->set_inputs(part_of(index));
    base->program().run();
    held = index;
  }

  std::vector<Cluster> clusters_of(const std::vector<Channels>& ablations) const {
    std::map<std::vector<int>, Cluster> clusters;
    for (size_t a = 0; a < ablations.size(); ++a) {
      std::map<std::pair<int, int>, std::vector<int64_t>> zeroed;  // by slot and axis
      for (const ChannelRef& ref : ablations[a]) {
        const int slot = slot_of(ref.value);
        const Shape& shape = base->slot(slot).desc.shape;
        const auto axis = static_cast<size_t>(ref.axis);
        require(axis >= 1 && axis < shape.size() && ref.channel >= 0 && ref.channel < shape[axis],
                error::kPruningUnsupported, "value ", graph.values[ref.value].name, " has no channel ", ref.channel,
                " on axis ", ref.axis);
        std::vector<int64_t>& channels = zeroed[{slot, ref.axis}];
        if (std::find(channels.begin(), channels.end(), ref.channel) == channels.end()) channels.push_back(ref.channel);
      }
      if (zeroed.empty()) continue;
      std::vector<int> key;
      ZeroedSlots slots;
      for (auto& [where, channels] : zeroed) {
        key.push_back(where.first);
        key.push_back(where.second);
        slots.push_back({where.first, where.second, std::move(channels)});
      }
      Cluster& cluster = clusters[key];
      cluster.ablations.push_back(a);
      cluster.zeroed.push_back(std::move(slots));
    }
    std::vector<Cluster> list;
    for (auto& entry : clusters) {
      Cluster& cluster = entry.second;
      std::map<int, int64_t> most;
      for (const ZeroedSlots& zeroed : cluster.zeroed) {
        for (const ZeroedSlot& entry : zeroed) {
          const int64_t num = entry.axis == 1 ? static_cast<int64_t>(entry.channels.size()) : kNotSliced;
          most[entry.slot] = std::max(most[entry.slot], num);
        }
      }
      cluster.route = find_route(*base, head->slots(), most, free_rows);
      cluster.rows = rows_of(cluster);
      if (cluster.route.reaches_loss) list.push_back(std::move(cluster));
    }
    return list;
  }

  // As many as the memory allows and the ablations fill, in steps of four.
  int64_t rows_of(const Cluster& cluster) const {
    if (!free_rows) return part;
    double largest = 1;
    for (size_t s = 0; s < base->steps().size(); ++s) {
      if (cluster.route.steps[s] == StepUse::none || cluster.route.steps[s] == StepUse::fetch) continue;
      const Step& step = base->steps()[s];
      double bytes = static_cast<double>(step.kernel->scratch_bytes);
      for (const auto* list : {&step.src, &step.dst}) {
        for (int slot : *list) bytes += slot < 0 ? 0 : static_cast<double>(base->slot(slot).desc.bytes());
      }
      largest = std::max(largest, 1.2 * bytes / static_cast<double>(part));
    }
    const auto fitting = static_cast<int64_t>(std::min(kStackBytes / largest, static_cast<double>(kMaxRows)));
    const int64_t asked = std::min(fitting, static_cast<int64_t>(cluster.ablations.size()) * part);
    int64_t rows = part;
    while (rows * 4 <= asked) rows *= 4;
    return rows;
  }

  struct Level {
    std::vector<AblationRoute> routes;
    std::unique_ptr<AblationStack> stack;
  };

  AblationStack& stack_for(const Cluster& cluster, const std::vector<Cluster>& all) {
    Level& level = levels[cluster.rows];
    if (level.stack && level.stack->covers(cluster.route)) return *level.stack;
    for (const Cluster& other : all) {
      if (other.rows == cluster.rows) level.routes.push_back(other.route);
    }
    std::vector<const AblationRoute*> routes;
    for (const AblationRoute& route : level.routes) routes.push_back(&route);
    level.stack.reset();
    level.stack =
        std::make_unique<AblationStack>(graph, shapes_for(cluster.rows), wanted(), loss, options, *base, routes);
    return *level.stack;
  }

  // The samples of this part in which an ablation changes anything.
  std::vector<AblationRow> rows_with_effect(const Cluster& cluster, int64_t num) const {
    std::vector<std::vector<char>> nonzero;
    for (const ZeroedSlot& entry : cluster.zeroed[0]) {
      const Slot& slot = base->slot(entry.slot);
      nonzero.push_back(find_nonzero(slot.desc, entry.axis, base->at(slot.buffer), num));
    }
    std::vector<AblationRow> rows;
    for (const ZeroedSlots& zeroed : cluster.zeroed) {
      for (int64_t n = 0; n < num; ++n) {
        bool any = false;
        for (size_t i = 0; i < zeroed.size(); ++i) {
          const char* flags = nonzero[i].data() + n * base->slot(zeroed[i].slot).desc.shape[zeroed[i].axis];
          for (int64_t channel : zeroed[i].channels) any = any || flags[channel];
        }
        if (any) rows.push_back({n, &zeroed});
      }
    }
    return rows;
  }

  void ablate(const Cluster& cluster, const std::vector<Cluster>& all, const Batch& batch, int64_t first_sample,
              std::vector<std::vector<float>>& losses) {
    std::map<int, SlicedStep> sliced;
    AblationStack& stack = stack_for(cluster, all);
    const auto take = [&](const std::vector<AblationRow>& rows, const std::vector<float>& got) {
      for (size_t r = 0; r < rows.size(); ++r) {
        const auto index = static_cast<size_t>(rows[r].zeroed - cluster.zeroed.data());
        losses[cluster.ablations[index]][first_sample + rows[r].sample] = got[r];
      }
    };
    if (!free_rows) {
      for (const ZeroedSlots& zeroed : cluster.zeroed) {
        std::vector<AblationRow> rows;
        for (int64_t n = 0; n < batch.num; ++n) rows.push_back({n, &zeroed});
        take(rows, stack.run(cluster.route, sliced, rows, batch, true));
      }
      return;
    }
    const std::vector<AblationRow> rows = rows_with_effect(cluster, batch.num);
    if (rows.empty()) return;
    for (size_t s = 0; s < cluster.route.steps.size(); ++s) {
      if (cluster.route.steps[s] != StepUse::slice) continue;
      const int step = static_cast<int>(s);
      sliced.emplace(std::piecewise_construct, std::forward_as_tuple(step), std::forward_as_tuple(*base, graph, step));
    }
    for (size_t begin = 0; begin < rows.size(); begin += static_cast<size_t>(cluster.rows)) {
      const size_t end = std::min(rows.size(), begin + static_cast<size_t>(cluster.rows));
      const std::vector<AblationRow> some(rows.begin() + static_cast<std::ptrdiff_t>(begin),
                                          rows.begin() + static_cast<std::ptrdiff_t>(end));
      take(some, stack.run(cluster.route, sliced, some, batch, false));
    }
  }

  Graph graph;
  std::vector<Shape> input_shapes;
  Loss loss;
  PlanOptions options;
  std::vector<ValueId> shown;
  int64_t batch_size = 0, part = 0;
  bool free_rows = false;  // axis 0 of every value is the sample
  std::unique_ptr<Network> base;
  std::unique_ptr<LossHead> head;
  std::map<int64_t, Level> levels;  // by the number of rows
  Batch kept;
  std::vector<std::vector<float>> inputs, targets;
  int64_t held = -1;  // the part whose values the base has
  std::vector<float> losses;
};

AblationPlan::AblationPlan(const Graph& graph, std::vector<Shape> input_shapes, Loss loss, PlanOptions options)
    : impl_(new Impl(graph, std::move(input_shapes), std::move(loss), options)) {}

AblationPlan::~AblationPlan() = default;

void AblationPlan::reload(const Graph& graph) {
  impl_->graph = graph;
  impl_->base->reload(graph);
  for (auto& level : impl_->levels) {
    if (level.second.stack) level.second.stack->reload(graph);
  }
  impl_->held = -1;
  impl_->kept.num = 0;
}

const std::vector<float>& AblationPlan::load(const Batch& batch) {
  Impl& impl = *impl_;
  impl.head->check(batch);
  require(batch.inputs.size() == impl.input_shapes.size(), error::kInputsMissing, "the network has ",
          impl.input_shapes.size(), " inputs, ", batch.inputs.size(), " were given");
  require(batch.num >= 1 && batch.num <= impl.batch_size, error::kWrongBatchSize, "a batch of ", batch.num,
          " samples was given, the plan is for ", impl.batch_size);
  const auto copy = [&](const float* from, const Shape& shape) {
    return std::vector<float>(from, from + num_elements(shape) / std::max<int64_t>(shape[0], 1) * batch.num);
  };
  impl.kept.num = batch.num;
  impl.kept.labels = batch.labels;
  impl.inputs.clear();
  impl.targets.clear();
  for (size_t i = 0; i < batch.inputs.size(); ++i) impl.inputs.push_back(copy(batch.inputs[i], impl.input_shapes[i]));
  for (size_t i = 0; i < batch.targets.size(); ++i) {
    impl.targets.push_back(copy(batch.targets[i], impl.base->info(impl.loss.values[i]).shape));
  }
  impl.held = -1;
  impl.losses.clear();
  for (int64_t i = 0; i < impl.num_parts(); ++i) {
    impl.forward(i);
    const std::vector<float>& some = impl.head->compute(impl.part_of(i), nullptr);
    impl.losses.insert(impl.losses.end(), some.begin(), some.end());
  }
  return impl.losses;
}

std::vector<std::vector<float>> AblationPlan::ablate(const std::vector<Channels>& ablations) {
  Impl& impl = *impl_;
  require(impl.kept.num > 0, error::kInternal, "ablation before a batch was loaded");
  impl.bring_out(ablations);
  std::vector<std::vector<float>> losses(ablations.size(), impl.losses);
  const std::vector<Cluster> clusters = impl.clusters_of(ablations);
  for (int64_t i = 0; i < impl.num_parts(); ++i) {
    impl.forward(i);
    const Batch batch = impl.part_of(i);
    for (const Cluster& cluster : clusters) impl.ablate(cluster, clusters, batch, i * impl.part, losses);
    impl.base->program().report("ablation, first pass", impl.part);
  }
  for (auto& level : impl.levels) {
    if (level.second.stack) level.second.stack->report();
  }
  return losses;
}

std::string AblationPlan::log() const {
  std::string log = impl_->base->program().log();
  for (auto& level : impl_->levels) {
    if (level.second.stack) log += text("passes of ", level.first, " rows\n") + level.second.stack->log();
  }
  return log;
}

}  // namespace alcedo
