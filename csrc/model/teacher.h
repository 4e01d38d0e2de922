// The network that another one is trained to agree with: its outputs are the targets of a loss.
#pragma once

#include <memory>
#include <vector>

#include "model/dl_model.h"
#include "objects/dict.h"

namespace alcedo {

// The outputs of one sample, one after the other: entry of samples, and output of apply_dl_model.
constexpr const char* kTeacherOutput = "teacher_output";

class Teacher {
 public:
  // A copy of the model as it is now; weights share their memory.
  explicit Teacher(const DlModel& model);
  // For another handle: nothing that a run changes is shared.
  std::shared_ptr<Teacher> copy() const;

  // The student's size changed. 7775 if the teacher does not allow it.
  void set_image_size(int64_t width, int64_t height);
  // 7914 if the student's inputs or loss values have other shapes.
  void check(const DlModel& student) const;
  // Runs the batch (the student's input) and sets its targets, valid until the next call.
  void fill(Batch& batch, int64_t batch_size);
  // The same from what an earlier run left as entry 'teacher_output' of the samples [begin, begin + num); false: not
  // all of them have it. 7790, 7789, 7791: it is no tuple of as many finite numbers as the outputs have per sample.
  bool fill_from(const std::vector<DictPtr>& samples, size_t begin, Batch& batch);
  // The targets of sample `i` as an entry 'teacher_output'.
  Tuple output_of(const Batch& batch, int64_t i) const;
  // 1 / mean square of each output over the first batch that was run.
  const std::vector<float>& scales() const { return scales_; }

 private:
  void find_sizes();
  void find_scales(const Batch& batch);

  std::shared_ptr<DlModel> model_;
  std::vector<ValueId> values_;
  std::vector<int64_t> sizes_;             // of each value, per sample
  std::vector<std::vector<float>> given_;  // targets of fill_from()
  std::vector<float> scales_;
};

}  // namespace alcedo
