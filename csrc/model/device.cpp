#include "model/device.h"

#include <fstream>

#include "backends/backend.h"
#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo {
namespace {

std::string processor_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    const size_t colon = line.find(": ");
    if (line.rfind("model name", 0) == 0 && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "CPU";
}

struct DeviceParam {
  const char* name;
  Tuple (*get)(const DlDevice&);
};

const DeviceParam kParams[] = {
    {"ai_accelerator_interface", [](const DlDevice&) { return Tuple("none"); }},
    {"calibration_precisions", [](const DlDevice&) { return Tuple(); }},
    {"cast_precisions", [](const DlDevice&) { return Tuple(); }},
    {"conversion_supported", [](const DlDevice&) { return Tuple("false"); }},
    {"id", [](const DlDevice& device) { return Tuple(device.id); }},
    {"inference_only", [](const DlDevice&) { return Tuple("false"); }},
    {"name", [](const DlDevice& device) { return Tuple(device.name); }},
    {"optimize_for_inference_params", [](const DlDevice&) { return Tuple(); }},
    {"precisions",
     [](const DlDevice&) {
       return has_bf16() ? Tuple(std::vector<std::string>{"float32", "bfloat16"}) : Tuple("float32");
     }},
    {"runtime", [](const DlDevice& device) { return Tuple(device.type); }},
    {"settable_device_params", [](const DlDevice&) { return Tuple(); }},
    {"type", [](const DlDevice& device) { return Tuple(device.type); }},
};

const DeviceParam* find_param(const std::string& name) {
  for (const DeviceParam& param : kParams) {
    if (name == param.name) return &param;
  }
  return nullptr;
}

}  // namespace

const std::vector<std::shared_ptr<DlDevice>>& all_devices() {
  static const std::vector<std::shared_ptr<DlDevice>> devices = {
      std::make_shared<DlDevice>(DlDevice{0, processor_name(), "cpu"})};
  return devices;
}

const std::shared_ptr<DlDevice>& cpu_device() { return all_devices().front(); }

bool is_device_param(const std::string& name) { return find_param(name) != nullptr; }

Tuple get_device_param(const DlDevice& device, const std::string& name) {
  const DeviceParam* param = find_param(name);
  if (param == nullptr) {
    std::string known;
    for (const DeviceParam& each : kParams) known += text(known.empty() ? "'" : ", '", each.name, "'");
    fail(error::kUnsupportedGenParam, "found the parameter name '", name, "', wanted one of ", known);
  }
  return param->get(device);
}

}  // namespace alcedo
