#include "api/generic_params.h"

#include <algorithm>

namespace alcedo {
namespace {

std::string quoted(std::initializer_list<const char*> values) {
  std::string list;
  for (const char* value : values) list += text(list.empty() ? "'" : ", '", value, "'");
  return list;
}

bool contains(std::initializer_list<const char*> values, const std::string& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

}  // namespace

GenericParams::GenericParams(const Args& args, int names, std::initializer_list<const char*> known)
    : args_(args), names_(names) {
  const Hlong n = args.in_length(names);
  if (args.in_length(names + 1) != n) {
    args.fail_count(names + 1, "found ", args.in_length(names + 1), " values for ", n, " names");
  }
  for (Hlong i = 0; i < n; ++i) {
    const std::string name = args.in_string(names, i);
    if (!contains(known, name)) {
      args.fail_value(names, "found '", name, "', ",
                      known.size() ? "wanted one of " + quoted(known) : "but there are no generic parameters");
    }
  }
}

std::string GenericParams::string(const char* name, const char* default_value,
                                  std::initializer_list<const char*> allowed) const {
  for (Hlong i = args_.in_length(names_); i-- > 0;) {
    if (args_.in_string(names_, i) != name) continue;
    const std::string value = args_.in_string(names_ + 1, i);
    if (!contains(allowed, value)) {
      args_.fail_value(names_ + 1, "found '", value, "' for '", name, "', wanted one of ", quoted(allowed));
    }
    return value;
  }
  return default_value;
}

Tuple GenericParams::value(const char* name, const Tuple& default_value) const {
  for (Hlong i = args_.in_length(names_); i-- > 0;) {
    if (args_.in_string(names_, i) != name) continue;
    Tuple value;
    value.push_element(args_.in(names_ + 1), i);
    return value;
  }
  return default_value;
}

}  // namespace alcedo
