// What apply_dl_model tells of the teacher where it is asked for: 'teacher_distance', one number per sample, and
// 'teacher_output', which samples can carry into the training (Teacher::fill_from).
#pragma once

#include <string>
#include <vector>

#include "model/dl_model.h"
#include "objects/dict.h"

namespace alcedo {

class TeacherResults {
 public:
  // Takes its names out of the outputs asked for, unless the network has values of that name. 7785: there is no
  // teacher.
  TeacherResults(DlModel& model, std::vector<std::string>& outputs);

  bool asked() const { return distance_ || output_; }
  // Values of the model itself that are compared.
  const std::vector<ValueId>& values() const { return difference_.values; }
  // The batch has been read.
  void run(Batch& batch);
  // Of sample `i`; `found` holds the values of values() from `begin` on.
  void write(const Batch& batch, const std::vector<Tensor>& found, size_t begin, int64_t i, Dict& into) const;

 private:
  DlModel& model_;
  bool distance_ = false, output_ = false;
  Loss difference_;
};

}  // namespace alcedo
