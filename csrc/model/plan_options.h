// How set_system reaches the engine: 'autotune' 'false' chooses kernels by rule instead of by timing.
#pragma once

#include "engine/plan.h"
#include "objects/system_settings.h"

namespace alcedo {

inline PlanOptions plan_options() {
  PlanOptions options;
  options.autotune = system_flag("autotune");
  return options;
}

}  // namespace alcedo
