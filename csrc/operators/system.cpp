// System parameters, error texts.
#include <chrono>
#include <cmath>
#include <thread>

#include "api/args.h"
#include "api/call.h"
#include "objects/system_settings.h"

namespace alcedo::operators {

void get_error_text(Args& args) { args.out(0, HErrorText(static_cast<Herror>(args.in_int(0)))); }

void get_extended_error_info(Args& args) {
  const LastError& error = last_error();
  args.out(0, error.operator_name);
  args.out(1, error.code);
  args.out(2, error.text);
}

void set_system(Args& args) {
  const auto names = args.in_strings(0);
  const Htuple& values = args.in(1);
  if (values.num != static_cast<Hlong>(names.size())) {
    args.fail_count(1, "found ", values.num, " values for ", names.size(), " names");
  }
  for (const std::string& name : names) {
    if (!has_system_parameter(name)) args.fail_value(0, "there is no system parameter '", name, "'");
  }
  for (size_t i = 0; i < names.size(); ++i) {
    Tuple value;
    value.push_element(values, static_cast<Hlong>(i));
    const std::string wanted = set_system_parameter(names[i], value);
    if (!wanted.empty()) {
      args.fail_value(1, "found ", describe_element(value, 0), " for '", names[i], "', wanted ", wanted);
    }
  }
}

void get_system(Args& args) {
  Tuple values;
  for (const std::string& name : args.in_strings(0)) {
    if (name == "?") {
      values.append(Tuple(system_parameter_names()));
    } else if (has_system_parameter(name)) {
      values.append(system_parameter(name));
    } else {
      args.fail_value(0, "there is no system parameter '", name, "'; '?' returns all names");
    }
  }
  args.out(0, std::move(values));
}

void get_system_info(Args& args) { get_system(args); }

void count_seconds(Args& args) {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  args.out(0, std::chrono::duration<double>(now).count());
}

void wait_seconds(Args& args) {
  const double seconds = args.in_real(0);
  if (!std::isfinite(seconds) || seconds > 1e9) args.fail_value(0, "found ", seconds, ", wanted 0 to 1e9");
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
}

}  // namespace alcedo::operators
