#include "model/teacher_results.h"

#include <algorithm>

#include "base/error.h"
#include "base/error_codes.h"
#include "engine/sample_loss.h"
#include "model/teacher.h"

namespace alcedo {

TeacherResults::TeacherResults(DlModel& model, std::vector<std::string>& outputs) : model_(model) {
  const auto take = [&](const char* name) {
    const auto asked = std::find(outputs.begin(), outputs.end(), name);
    if (asked == outputs.end() || model.structure().find_value(name) != kNone) return false;
    outputs.erase(asked);
    require(model.teacher() != nullptr, error::kInvalidLayerName, "the output '", name,
            "' needs the parameter 'teacher'");
    return true;
  };
  distance_ = take("teacher_distance");
  output_ = take(kTeacherOutput);
  if (distance_) difference_ = model.output_loss("apply_dl_model");
}

void TeacherResults::run(Batch& batch) {
  model_.teacher()->fill(batch, model_.settings().batch_size);
  difference_.scales = model_.teacher()->scales();
}

void TeacherResults::write(const Batch& batch, const std::vector<Tensor>& found, size_t begin, int64_t i,
                           Dict& into) const {
  if (distance_) {
    double sum = 0;
    for (size_t v = 0; v < difference_.values.size(); ++v) {
      const Tensor& own = found[begin + v];
      const int64_t size = own.size() / own.dim(0);
      sum += sample_loss(difference_, v, size, own.data<float>() + i * size, batch.targets[v] + i * size, 0);
    }
    into.set("teacher_distance", Tuple(sum));
  }
  if (output_) into.set(kTeacherOutput, model_.teacher()->output_of(batch, i));
}

}  // namespace alcedo
