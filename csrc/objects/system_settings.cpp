#include "objects/system_settings.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <map>
#include <mutex>
#include <random>

#include "base/error.h"
#include "base/error_codes.h"
#include "base/parallel.h"
#include "base/plan_log.h"

namespace alcedo {
namespace {

enum class Kind { flag, number, string, choice, version };

struct Parameter {
  const char* name;
  Kind kind;
  const char* text;  // default of a string, flag or choice
  int64_t number;    // default of a number, which is also the smallest allowed value if `min` says so
  int64_t min;
};

// Names beyond the first block are accepted, kept and returned, for programs that set them; they change nothing here.
constexpr Parameter kParameters[] = {
    {"thread_num", Kind::number, "", 0, 1},
    {"seed_rand", Kind::number, "", 42, INT64_MIN},
    {"log", Kind::choice, "false", 0, 0},
    {"log_file", Kind::string, "", 0, 0},
    {"autotune", Kind::flag, "true", 0, 0},
    {"autotune_file", Kind::string, "default", 0, 0},
    {"version", Kind::version, "", 0, 0},
    {"filename_encoding", Kind::string, "utf8", 0, 0},
    {"interface_string_encoding", Kind::string, "utf8", 0, 0},

    {"parallelize_operators", Kind::flag, "true", 0, 0},
    {"reentrant", Kind::flag, "true", 0, 0},
    {"thread_pool", Kind::flag, "true", 0, 0},
    {"temporary_mem_cache", Kind::string, "idle", 0, 0},
    {"global_mem_cache", Kind::string, "idle", 0, 0},
    {"cudnn_deterministic", Kind::flag, "false", 0, 0},
    {"cuda_devices", Kind::string, "", 0, 0},
    {"do_low_error", Kind::flag, "false", 0, 0},
    {"legacy_handle_mode", Kind::string, "false", 0, 0},
    {"tuple_string_operator_mode", Kind::string, "codepoint", 0, 0},
    {"flush_graphic", Kind::flag, "true", 0, 0},
    {"int2_bits", Kind::number, "", -1, -1},
    {"image_dir", Kind::string, "", 0, 0},
    {"lut_dir", Kind::string, "", 0, 0},
    {"example_dir", Kind::string, "", 0, 0},
    {"neighborhood", Kind::number, "", 8, 4},
    {"default_font", Kind::string, "fixed", 0, 0},
    {"clip_region", Kind::flag, "true", 0, 0},
    {"store_empty_region", Kind::flag, "true", 0, 0},
    {"no_object_result", Kind::string, "true", 0, 0},
    {"empty_region_result", Kind::string, "true", 0, 0},
    {"init_new_image", Kind::flag, "true", 0, 0},
    {"width", Kind::number, "", 128, 1},
    {"height", Kind::number, "", 128, 1},
    {"timer_mode", Kind::string, "performance_counter", 0, 0},
};

std::mutex mutex;
std::map<std::string, Tuple> common;  // what differs from the default
thread_local std::map<std::string, Tuple> own;
std::mt19937_64 generator(42);

const char* bare(const std::string& name) { return name.rfind("tsp_", 0) == 0 ? name.c_str() + 4 : name.c_str(); }

const Parameter* find_parameter(const char* name) {
  for (const Parameter& parameter : kParameters) {
    if (!std::strcmp(parameter.name, name)) return &parameter;
  }
  return nullptr;
}

Tuple default_of(const Parameter& parameter) {
  switch (parameter.kind) {
    case Kind::number:
      return std::strcmp(parameter.name, "thread_num") ? parameter.number : thread_num();
    case Kind::version:
      return ALCEDO_VERSION;
    default:
      return parameter.text;
  }
}

// The simple C form of set_system has strings only: what is a number comes as its text.
Tuple number_of(const Tuple& given) {
  if (given.type_at(0) != STRING_PAR) return given;
  const char* text = given.string_at(0);
  const char* end = text + std::strlen(text);
  int64_t number = 0;
  const auto [stop, fault] = std::from_chars(text, end, number);
  return fault == std::errc() && stop == end ? Tuple(number) : given;
}

std::string wanted(const Parameter& p, const Tuple& value) {
  switch (p.kind) {
    case Kind::flag: {
      const bool fits = value.type_at(0) == STRING_PAR &&
                        (!std::strcmp(value.string_at(0), "true") || !std::strcmp(value.string_at(0), "false"));
      return fits ? "" : "'true' or 'false'";
    }
    case Kind::number:
      if (value.type_at(0) == LONG_PAR && value.int_at(0) >= p.min) return "";
      return p.min == INT64_MIN ? "an integer" : text("an integer of at least ", p.min);
    case Kind::choice:  // only 'log'
      return value.type_at(0) == STRING_PAR &&
                     (!std::strcmp(value.string_at(0), "plan") || !std::strcmp(value.string_at(0), "false"))
                 ? ""
                 : "'plan' or 'false'";
    case Kind::string:
      return value.type_at(0) == STRING_PAR ? "" : "a string";
    default:
      return "nothing: it cannot be set";
  }
}

}  // namespace

bool has_system_parameter(const std::string& name) { return find_parameter(bare(name)) != nullptr; }

std::vector<std::string> system_parameter_names() {
  std::vector<std::string> names;
  for (const Parameter& parameter : kParameters) names.emplace_back(parameter.name);
  std::sort(names.begin(), names.end());
  return names;
}

Tuple system_parameter(const std::string& name) {
  const Parameter* parameter = find_parameter(bare(name));
  require(parameter != nullptr, error::kInternal, "unknown system parameter '", name, "'");
  const auto mine = own.find(parameter->name);
  if (mine != own.end()) return mine->second;
  const std::lock_guard lock(mutex);
  const auto set = common.find(parameter->name);
  return set != common.end() ? set->second : default_of(*parameter);
}

std::string set_system_parameter(const std::string& name, const Tuple& given) {
  const Parameter* parameter = find_parameter(bare(name));
  require(parameter != nullptr, error::kInternal, "unknown system parameter '", name, "'");
  const bool threads = !std::strcmp(parameter->name, "thread_num");
  Tuple value = parameter->kind == Kind::number ? number_of(given) : given;
  if (threads && value.type_at(0) == STRING_PAR) {
    if (std::strcmp(value.string_at(0), "default") != 0) return "a number of threads or 'default'";
    set_thread_num(0);
    const std::lock_guard lock(mutex);
    common.erase(parameter->name);
    return "";
  }
  if (std::string what = wanted(*parameter, value); !what.empty()) return what;
  if (threads) {
    if (value.int_at(0) > 1024) return "at most 1024 threads";
    set_thread_num(static_cast<int>(value.int_at(0)));
  }
  if (!std::strcmp(parameter->name, "log")) set_plan_log(!std::strcmp(value.string_at(0), "plan"));
  if (!std::strcmp(parameter->name, "log_file")) set_plan_log_file(value.string_at(0));
  if (name.rfind("tsp_", 0) == 0) {
    own[parameter->name] = std::move(value);
    return "";
  }
  const std::lock_guard lock(mutex);
  if (!std::strcmp(parameter->name, "seed_rand")) generator.seed(static_cast<uint64_t>(value.int_at(0)));
  common[parameter->name] = std::move(value);
  return "";
}

bool system_flag(const char* name) {
  const Tuple value = system_parameter(name);
  return value.type_at(0) == STRING_PAR && !std::strcmp(value.string_at(0), "true");
}

uint64_t random_bits() {
  const std::lock_guard lock(mutex);
  return generator();
}

}  // namespace alcedo
