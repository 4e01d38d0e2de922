#include "api/checks.h"

#include <atomic>
#include <cstring>

namespace alcedo {
namespace {

struct Check {
  const char* name;
  bool active_by_default;
  std::atomic<bool> active;
};
Check checks[] = {
    {"give_error", true, {true}}, {"data", true, {true}},   {"interface", true, {true}},
    {"color", false, {false}},    {"text", false, {false}},
};

Check* find_check(const char* name) {
  for (Check& check : checks) {
    if (!std::strcmp(check.name, name)) return &check;
  }
  return nullptr;
}

}  // namespace

bool check_active(const char* name) {
  const Check* check = find_check(name);
  return check && check->active;
}

bool set_check_mode(const std::string& mode) {
  if (mode == "default") {
    for (Check& check : checks) check.active = check.active_by_default;
    return true;
  }
  if (mode == "all" || mode == "~none" || mode == "none" || mode == "~all") {
    for (Check& check : checks) check.active = mode == "all" || mode == "~none";
    return true;
  }
  const bool off = mode.rfind('~', 0) == 0;
  Check* check = find_check(mode.c_str() + (off ? 1 : 0));
  if (check) check->active = !off;
  return check != nullptr;
}

std::vector<std::string> check_modes() {
  std::vector<std::string> modes;
  for (const Check& check : checks) modes.push_back(std::string(check.active ? "" : "~") + check.name);
  return modes;
}

}  // namespace alcedo
