// Deep-learning model operators: files, parameters, inference, training.
#include <algorithm>
#include <cmath>
#include <optional>

#include "api/args.h"
#include "base/error_codes.h"
#include "base/parallel.h"
#include "generated/operators.h"
#include "model/handle_types.h"
#include "model/model_file.h"
#include "model/parameters.h"
#include "model/results.h"
#include "model/samples.h"
#include "model/teacher.h"
#include "model/teacher_results.h"
#include "objects/serialized_item.h"

namespace alcedo::operators {
namespace {

void check_trainable(const DlModel& model, const char* purpose) {
  require(!model.settings().optimize_for_inference, error::kOperatorUnsupported, purpose,
          ": the model was set to 'optimize_for_inference', which rules training out");
}

const char* loss_entry(const Loss& loss) {
  switch (loss.kind) {
    case Loss::Kind::distance:
      return "loss_distance";
    case Loss::Kind::distillation:
      return "loss_distillation";
    default:
      return "loss_cross_entropy";
  }
}

}  // namespace

void read_dl_model(Args& args) { args.out_handle(0, kDlModelType, read_model(args.in_string(0))); }

void write_dl_model(Args& args) { write_model(*args.in_content<DlModel>(0), args.in_string(1)); }

void serialize_dl_model(Args& args) { args.out_handle(0, serialize_handle_content(args.in_handle(0))); }

void deserialize_dl_model(Args& args) {
  args.out_handle(0, deserialize_handle_content(*args.in_content<SerializedItem>(0), &kDlModelType));
}

void clear_dl_model(Args& args) {
  for (const Handle& handle : args.in_handles(0)) handle.get()->clear();
}

void get_dl_model_param(Args& args) { args.out(0, get_model_param(*args.in_content<DlModel>(0), args.in_string(1))); }

void set_dl_model_param(Args& args) { set_model_param(*args.in_content<DlModel>(0), args.in_string(1), args.in(2)); }

void apply_dl_model(Args& args) {
  constexpr int64_t kResults = 8;  // dictionaries that one thread writes before another would be worth its start
  const auto model = args.in_content<DlModel>(0);
  const std::vector<DictPtr> samples = args.in_contents<Dict>(1);
  std::vector<std::string> outputs = args.in_strings(2);
  TeacherResults teacher(*model, outputs);
  std::optional<ResultWriter> writer;
  if (!teacher.asked() || !outputs.empty()) writer.emplace(*model, outputs);
  std::vector<ValueId> values = writer ? writer->values() : std::vector<ValueId>{};
  const size_t own = values.size();
  values.insert(values.end(), teacher.values().begin(), teacher.values().end());
  InferencePlan* const plan = values.empty() ? nullptr : &model->inference_plan(values);
  SampleReader reader(*model);
  const auto batch_size = static_cast<size_t>(model->settings().batch_size);
  const std::vector<Tensor> nothing;
  Tuple results;
  for (size_t begin = 0; begin < samples.size(); begin += batch_size) {
    const size_t num = std::min(batch_size, samples.size() - begin);
    Batch& batch = reader.read(samples, begin, num, SampleReader::Wanted::inputs);
    const std::vector<Tensor>& found = plan ? plan->run(batch) : nothing;
    if (teacher.asked()) teacher.run(batch);
    std::vector<DictPtr> written(num);
    parallel_for(static_cast<int64_t>(num), kResults, [&](int64_t first, int64_t last) {
      for (int64_t i = first; i < last; ++i) {
        written[i] = writer ? writer->write(found, i) : std::make_shared<Dict>();
        if (teacher.asked()) teacher.write(batch, found, own, i, *written[i]);
      }
    });
    for (DictPtr& result : written) results.push(make_dict_handle(std::move(result)));
  }
  args.out(0, std::move(results));
}

void train_dl_model_batch(Args& args) {
  const auto model = args.in_content<DlModel>(0);
  const std::vector<DictPtr> samples = args.in_contents<Dict>(1);
  check_trainable(*model, "train_dl_model_batch");
  const auto batch_size = static_cast<size_t>(model->settings().batch_size);
  const auto multiplier = static_cast<size_t>(model->settings().batch_size_multiplier);
  require(samples.size() == batch_size * multiplier,
          multiplier == 1 ? error::kWrongBatchSize : error::kWrongBatchSizeWithMultiplier, "found ", samples.size(),
          " samples, wanted batch_size * batch_size_multiplier = ", batch_size, " * ", multiplier);

  SampleReader reader(*model);
  const Loss kind = model->training_loss();
  const auto wanted = kind.needs_labels() ? SampleReader::Wanted::labels : SampleReader::Wanted::weights;
  double loss = 0;
  try {
    for (size_t part = 0; part < multiplier; ++part) {
      Batch& batch = reader.read(samples, part * batch_size, batch_size, wanted);
      Teacher* const teacher = model->teacher();
      if (teacher && !teacher->fill_from(samples, part * batch_size, batch)) {
        teacher->fill(batch, static_cast<int64_t>(batch_size));
      }
      TrainingPlan& plan = model->training_plan();  // after the teacher, which says how outputs are weighed
      loss += multiplier == 1 ? plan.step(batch, model->next_seed(), model->optimizer())
                              : plan.forward_backward(batch, model->next_seed()) / static_cast<double>(multiplier);
    }
  } catch (...) {
    model->discard_training_step();
    throw;
  }
  if (!std::isfinite(loss)) {
    model->discard_training_step();
    fail(error::kTrainingFailed, "the loss became ", loss, ": the weights were left as they were; a smaller ",
         "learning_rate (now ", model->optimizer().learning_rate, ") may help");
  }
  if (multiplier > 1) model->training_plan().update(model->optimizer());
  model->training_moved_weights();

  auto result = std::make_shared<Dict>();
  result->set("total_loss", Tuple(loss));
  result->set(loss_entry(kind), Tuple(loss));
  args.out_handle(0, make_dict_handle(result));
}

}  // namespace alcedo::operators
