#include "base/plan_log.h"

#include <atomic>
#include <cstdio>
#include <mutex>

namespace alcedo {
namespace {

std::atomic<bool> on{false};
std::mutex mutex;
std::string file_name;

}  // namespace

void set_plan_log(bool value) { on = value; }

void set_plan_log_file(const std::string& file) {
  const std::lock_guard lock(mutex);
  file_name = file;
}

bool plan_log_on() { return on; }

void write_plan_log(const std::string& text) {
  const std::lock_guard lock(mutex);
  std::FILE* file = file_name.empty() ? nullptr : std::fopen(file_name.c_str(), "a");
  // A file that cannot be opened must not stop the work that is logged.
  std::fwrite(text.data(), 1, text.size(), file ? file : stderr);
  if (file) std::fclose(file);
}

}  // namespace alcedo
