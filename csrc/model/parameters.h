// The parameters of get_dl_model_param and set_dl_model_param.
#pragma once

#include <string>

#include "model/dl_model.h"
#include "objects/tuple.h"

namespace alcedo {

// 7911: no such name or not gettable / settable; 7914: bad value; 7774, 7775, 7784, 7795: the network does not allow
// it.
Tuple get_model_param(const DlModel& model, const std::string& name);
void set_model_param(DlModel& model, const std::string& name, const Htuple& value);

}  // namespace alcedo
