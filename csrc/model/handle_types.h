// Handle types of the deep-learning operators.
#pragma once

#include "objects/handle.h"

namespace alcedo {

extern const HandleType kDlModelType;
extern const HandleType kDlDeviceType;

}  // namespace alcedo
