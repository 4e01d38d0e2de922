// From a plan's outputs to result dictionaries (DLResult).
#pragma once

#include <string>
#include <vector>

#include "model/dl_model.h"
#include "objects/dict.h"

namespace alcedo {

class ResultWriter {
 public:
  // `outputs`: names of layers or values; empty: the default outputs of the model's type. 7785 for unknown names.
  ResultWriter(const DlModel& model, const std::vector<std::string>& outputs);

  const std::vector<ValueId>& values() const { return values_; }
  // The result of sample `i` of a batch.
  DictPtr write(const std::vector<Tensor>& results, int64_t i) const;

 private:
  void write_classes(const Tensor& scores, int64_t i, Dict& into) const;
  void add(const std::string& name, ValueId value);

  const DlModel& model_;
  bool classes_ = false;
  std::vector<std::string> names_;
  std::vector<ValueId> values_;
};

}  // namespace alcedo
