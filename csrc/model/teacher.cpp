#include "model/teacher.h"

#include <algorithm>

#include "base/error.h"
#include "base/error_codes.h"
#include "base/finite.h"

namespace alcedo {

Teacher::Teacher(const DlModel& model)
    : model_(model.with_graph(model.graph())), values_(model.output_loss("teacher").values) {
  model_->set_teacher(nullptr);
}

void Teacher::check(const DlModel& student) const {
  const auto sizes = [](const DlModel& model, std::vector<ValueId> values) {
    const std::vector<ValueId>& inputs = model.structure().inputs;
    values.insert(values.begin(), inputs.begin(), inputs.end());
    const std::vector<TensorInfo> infos = model.infos();
    std::vector<Shape> shapes;
    for (ValueId value : values) {
      shapes.push_back(infos[value].shape);
      if (!shapes.back().empty()) shapes.back().erase(shapes.back().begin());
    }
    return shapes;
  };
  const std::vector<Shape> own = sizes(*model_, values_),
                           wanted = sizes(student, student.output_loss("teacher").values);
  require(own.size() == wanted.size(), error::kUnsupportedGenValue, "'teacher': found a model with ", own.size(),
          " inputs and outputs, wanted ", wanted.size(), " like the model itself");
  for (size_t i = 0; i < own.size(); ++i) {
    require(own[i] == wanted[i], error::kUnsupportedGenValue, "'teacher': found a model with an input or output of ",
            to_string(own[i]), " per sample where the model itself has ", to_string(wanted[i]));
  }
}

void Teacher::fill(Batch& batch, int64_t batch_size) {
  model_->set_batch_size(batch_size);
  const std::vector<Tensor>& results = model_->inference_plan(values_).run(batch);
  batch.targets.clear();
  for (const Tensor& result : results) {
    const float* values = result.data<float>();
    const int64_t size = result.size() / std::max<int64_t>(result.dim(0), 1) * batch.num;
    if (const float* bad = find_not_finite(values, size)) {
      fail(error::kInferenceFailed, "the teacher's outputs hold ", *bad,
           ", wanted finite numbers: its weights or the images are out of range");
    }
    batch.targets.push_back(values);
  }
  if (!scales_.empty()) return;
  for (const Tensor& result : results) {
    const int64_t size = result.size() / std::max<int64_t>(result.dim(0), 1) * batch.num;
    double square = 0;
    for (int64_t i = 0; i < size; ++i) square += double{result.data<float>()[i]} * result.data<float>()[i];
    square /= static_cast<double>(std::max<int64_t>(size, 1));
    scales_.push_back(square > 1e-12 ? static_cast<float>(1 / square) : 1.f);
  }
}

}  // namespace alcedo
