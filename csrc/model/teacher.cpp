#include "model/teacher.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "base/error_codes.h"
#include "base/finite.h"
#include "model/samples.h"

namespace alcedo {

Teacher::Teacher(const DlModel& model)
    : model_(model.with_graph(model.graph())), values_(model.output_loss("teacher").values) {
  model_->set_teacher(nullptr);
  find_sizes();
}

std::shared_ptr<Teacher> Teacher::copy() const {
  auto other = std::make_shared<Teacher>(*model_);
  other->scales_ = scales_;
  return other;
}

void Teacher::set_image_size(int64_t width, int64_t height) {
  model_->set_image_size(width, height);
  find_sizes();
  scales_.clear();
}

void Teacher::find_sizes() {
  sizes_.clear();
  const std::vector<TensorInfo> infos = model_->infos();
  for (ValueId value : values_) {
    const Shape& shape = infos[value].shape;
    sizes_.push_back(num_elements(Shape(shape.begin() + 1, shape.end())));
  }
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
  for (size_t i = 0; i < results.size(); ++i) {
    const float* values = results[i].data<float>();
    sizes_[i] = results[i].size() / std::max<int64_t>(results[i].dim(0), 1);
    if (const float* bad = find_not_finite(values, sizes_[i] * batch.num)) {
      fail(error::kInferenceFailed, "the teacher's outputs hold ", *bad,
           ", wanted finite numbers: its weights or the images are out of range");
    }
    batch.targets.push_back(values);
  }
  find_scales(batch);
}

bool Teacher::fill_from(const std::vector<DictPtr>& samples, size_t begin, Batch& batch) {
  const auto num = static_cast<size_t>(batch.num);
  std::vector<TuplePtr> entries;
  for (size_t i = begin; i < begin + num; ++i) {
    if (!samples[i]->contains(kTeacherOutput)) return false;
    entries.push_back(samples[i]->find_tuple(kTeacherOutput));
  }
  const int64_t wanted = std::accumulate(sizes_.begin(), sizes_.end(), int64_t{0});
  given_.resize(sizes_.size());
  for (size_t v = 0; v < sizes_.size(); ++v) given_[v].resize(static_cast<size_t>(sizes_[v]) * num);
  for (size_t i = 0; i < num; ++i) {
    const std::string where = text("sample ", begin + i, ", entry '", kTeacherOutput, "': ");
    require(entries[i] != nullptr, error::kInputWrongType, where, "found an object, wanted a tuple of numbers");
    const Tuple& entry = *entries[i];
    require(entry.size() == wanted, error::kInputWrongLength, where, "found ", entry.size(), " values, wanted ", wanted,
            ", as many as the teacher's outputs have per sample");
    int64_t at = 0;
    for (size_t v = 0; v < sizes_.size(); at += sizes_[v++]) {
      float* into = given_[v].data() + static_cast<int64_t>(i) * sizes_[v];
      read_numbers(entry, at, sizes_[v], where, into);
      if (const float* bad = find_not_finite(into, sizes_[v])) {
        fail(error::kInputWrongValues, where, "found ", *bad, " at index ", at + (bad - into),
             ", wanted finite numbers");
      }
    }
  }
  batch.targets.clear();
  for (const std::vector<float>& values : given_) batch.targets.push_back(values.data());
  find_scales(batch);
  return true;
}

Tuple Teacher::output_of(const Batch& batch, int64_t i) const {
  Tuple values;
  for (size_t v = 0; v < sizes_.size(); ++v) {
    Tuple own = Tuple::of_floats(batch.targets[v] + i * sizes_[v], sizes_[v]);
    if (v == 0) {
      values = std::move(own);
    } else {
      values.append(own);
    }
  }
  return values;
}

void Teacher::find_scales(const Batch& batch) {
  if (!scales_.empty()) return;
  for (size_t v = 0; v < sizes_.size(); ++v) {
    const int64_t size = sizes_[v] * batch.num;
    double square = 0;
    for (int64_t i = 0; i < size; ++i) square += double{batch.targets[v][i]} * batch.targets[v][i];
    square /= static_cast<double>(std::max<int64_t>(size, 1));
    scales_.push_back(square > 1e-12 ? static_cast<float>(1 / square) : 1.f);
  }
}

}  // namespace alcedo
