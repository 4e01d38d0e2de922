// Devices for deep learning.
#include <map>
#include <set>

#include "api/args.h"
#include "base/error_codes.h"
#include "generated/operators.h"
#include "model/device.h"
#include "model/handle_types.h"

namespace alcedo::operators {

// A device qualifies if for every distinct name its value equals one of the values given under that name.
void query_available_dl_devices(Args& args) {
  const std::vector<std::string> names = args.in_strings(0);
  const Htuple& values = args.in(1);
  if (static_cast<Hlong>(names.size()) != values.num) {
    args.fail_count(1, "found ", values.num, " values for ", names.size(), " parameter names");
  }
  std::map<std::string, std::vector<Tuple>> wanted;
  for (size_t i = 0; i < names.size(); ++i) {
    Tuple value;
    value.push_element(values, static_cast<Hlong>(i));
    wanted[names[i]].push_back(std::move(value));
  }
  Tuple found;
  for (const auto& device : all_devices()) {
    bool fits = true;
    for (const auto& [name, allowed] : wanted) {
      const Tuple value = get_device_param(*device, name);
      bool any = false;
      for (const Tuple& each : allowed) any = any || each == value;
      fits = fits && any;
    }
    if (fits) found.push(make_handle(kDlDeviceType, device));
  }
  args.out(0, std::move(found));
}

void get_dl_device_param(Args& args) {
  args.out(0, get_device_param(*args.in_content<DlDevice>(0), args.in_string(1)));
}

void set_dl_device_param(Args& args) {
  const std::vector<std::string> names = args.in_strings(1);
  if (args.in_length(2) != static_cast<Hlong>(names.size())) {
    args.fail_count(2, "found ", args.in_length(2), " values for ", names.size(), " names");
  }
  for (const std::string& name : names) {
    require(is_device_param(name), error::kUnsupportedGenParam, "there is no device parameter '", name, "'");
  }
  fail(error::kUnsupportedGenParam, "device parameter '", names.front(),
       "' cannot be set: a CPU device has nothing to set ('settable_device_params' is empty)");
}

}  // namespace alcedo::operators
