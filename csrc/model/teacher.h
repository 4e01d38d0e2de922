// The network that another one is trained to agree with: its outputs are the targets of a loss.
#pragma once

#include <memory>
#include <vector>

#include "model/dl_model.h"

namespace alcedo {

class Teacher {
 public:
  // A copy of the model as it is now; weights share their memory.
  explicit Teacher(const DlModel& model);

  // 7914 if the student's inputs or loss values have other shapes.
  void check(const DlModel& student) const;
  // Runs the batch (the student's input) and sets its targets, valid until the next call.
  void fill(Batch& batch, int64_t batch_size);
  // 1 / mean square of each output over the first batch that was run.
  const std::vector<float>& scales() const { return scales_; }

 private:
  std::shared_ptr<DlModel> model_;
  std::vector<ValueId> values_;
  std::vector<float> scales_;
};

}  // namespace alcedo
