// How set_system reaches the engine: 'autotune' 'false' chooses kernels by rule instead of by timing; 'autotune_file'
// keeps what was timed ('default', a file, or 'none').
#pragma once

#include "backends/backend.h"
#include "engine/plan.h"
#include "objects/system_settings.h"

namespace alcedo {

inline PlanOptions plan_options() {
  PlanOptions options;
  options.autotune = system_flag("autotune");
  const std::string file = system_parameter("autotune_file").string_at(0);
  set_kernel_cache(file == "default" ? default_kernel_cache() : file == "none" ? std::string() : file);
  return options;
}

}  // namespace alcedo
