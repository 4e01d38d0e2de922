// Pruning: create_dl_pruning and the operators around it.
#include "api/args.h"
#include "base/error_codes.h"
#include "generated/operators.h"
#include "model/handle_types.h"
#include "model/plan_options.h"
#include "model/samples.h"
#include "pruning/pruner.h"

namespace alcedo::operators {
namespace {

const HandleType kDlPruningType("dl_pruning", typeid(Pruner), true);

// A tuple as the pruner takes it; mixed numbers become reals.
PruningValue to_value(const std::string& name, const Htuple& tuple) {
  const int types = element_types(tuple);
  if (tuple.num == 1 && types == LONG_PAR) return int_at(tuple, 0);
  if (tuple.num == 1 && types == DOUBLE_PAR) return real_at(tuple, 0);
  if (tuple.num == 1 && types == STRING_PAR) return std::string(string_at(tuple, 0));
  if (types == STRING_PAR || tuple.num == 0) return strings_of(tuple);
  if (types == LONG_PAR) return ints_of(tuple);
  require((types & ~(LONG_PAR | DOUBLE_PAR)) == 0, error::kUnsupportedGenValue, "parameter '", name,
          "': found a mix of types, wanted numbers or strings");
  return reals_of(tuple);
}

Tuple to_tuple(const PruningValue& value) {
  return std::visit([](const auto& content) { return Tuple(content); }, value);
}

// What stands between a pruning handle and a model, whichever operator brings them together.
void check_pair(const DlModel& model, Pruner& pruner) {
  require(!model.settings().optimize_for_inference, error::kOperatorUnsupported,
          "the model was set to 'optimize_for_inference', which rules pruning out");
  pruner.check_fits(model.graph());
  pruner.take_size(model.graph(), model.shapes());
}

// Cross entropy for classifiers, for all others the distance from their own outputs.
Loss loss_of(const DlModel& model, const Pruner& pruner) {
  const auto which = std::get<std::string>(pruner.get("loss"));
  const bool labels = which == "auto" ? model.is_classification() : which == "cross_entropy";
  return labels ? model.label_loss("add_dl_pruning_batch") : model.output_loss("add_dl_pruning_batch");
}

}  // namespace

void create_dl_pruning(Args& args) {
  const auto model = args.in_content<DlModel>(0);
  if (args.in_length(2) > 0) {
    const std::vector<DictKey> keys = args.in_content<Dict>(2)->keys();
    if (!keys.empty()) {
      throw HException(error::kUnsupportedGenParam,
                       text("GenParam (parameter 3): found the key ", to_string(keys[0]),
                            ", wanted an empty dictionary: no generic parameters are supported"),
                       3);
    }
  }
  auto pruner = std::make_shared<Pruner>(model->graph(), model->shapes());
  pruner->set_plan_options(plan_options());
  pruner->set("mode", args.in_string(1));
  args.out_handle(0, kDlPruningType, std::move(pruner));
}

void add_dl_pruning_batch(Args& args) {
  const auto model = args.in_content<DlModel>(0);
  const auto pruner = args.in_content<Pruner>(1);
  const std::vector<DictPtr> samples = args.in_contents<Dict>(2);
  check_pair(*model, *pruner);
  if (samples.empty()) args.fail_count(2, "found no sample, wanted at least one");
  const Loss loss = loss_of(*model, *pruner);
  const auto wanted = loss.needs_labels() ? SampleReader::Wanted::labels : SampleReader::Wanted::finite_inputs;
  const auto batch_size = static_cast<size_t>(model->settings().batch_size);

  // All samples are looked at before the first is scored, so that a bad one leaves the scores as they were.
  SampleReader reader(*model);
  Pruner::Mark before;  // a single batch changes nothing if it fails
  if (samples.size() > batch_size) {
    before = pruner->mark();
    for (size_t begin = 0; begin < samples.size(); begin += batch_size) {
      reader.read(samples, begin, std::min(batch_size, samples.size() - begin), wanted);
    }
  }
  try {
    for (size_t begin = 0; begin < samples.size(); begin += batch_size) {
      const Batch& batch = reader.read(samples, begin, std::min(batch_size, samples.size() - begin), wanted);
      pruner->add_batch(model->graph(), loss, batch, model->shapes(), model->version());
    }
  } catch (...) {
    if (before) pruner->go_back(before);
    throw;
  }
}

void get_dl_pruning_param(Args& args) { args.out(0, to_tuple(args.in_content<Pruner>(0)->get(args.in_string(1)))); }

void set_dl_pruning_param(Args& args) {
  const std::string name = args.in_string(1);
  args.in_content<Pruner>(0)->set(name, to_value(name, args.in(2)));
}

void gen_dl_pruned_model(Args& args) {
  const auto model = args.in_content<DlModel>(0);
  const auto pruner = args.in_content<Pruner>(1);
  check_pair(*model, *pruner);
  args.out_handle(0, kDlModelType, model->with_graph(pruner->generate(model->graph())));
}

}  // namespace alcedo::operators
