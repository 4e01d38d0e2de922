// Compute devices that models can run on.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "objects/tuple.h"

namespace alcedo {

struct DlDevice {
  int64_t id = 0;
  std::string name;  // as the operating system tells it
  std::string type;  // 'cpu'
};

// Every device of this machine, always the same objects.
const std::vector<std::shared_ptr<DlDevice>>& all_devices();
const std::shared_ptr<DlDevice>& cpu_device();

// 7911 for unknown names.
Tuple get_device_param(const DlDevice& device, const std::string& name);
// Names of get_device_param whose values may be used as a filter.
bool is_device_param(const std::string& name);

}  // namespace alcedo
