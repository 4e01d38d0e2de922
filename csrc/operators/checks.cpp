// set_check, get_check.
#include "api/checks.h"

#include "api/args.h"

namespace alcedo::operators {

void set_check(Args& args) {
  for (const std::string& mode : args.in_strings(0)) {
    if (!set_check_mode(mode)) args.fail_value(0, "there is no check '", mode, "'; get_check returns their names");
  }
}

void get_check(Args& args) { args.out(0, check_modes()); }

}  // namespace alcedo::operators
