// The usual pair GenParamName, GenParamValue of an operator: as many values as names, each name known to the operator.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "api/args.h"

namespace alcedo {

class GenericParams {
 public:
  // `names`: index of input control GenParamName; the values follow it. Unknown names are errors.
  GenericParams(const Args& args, int names, std::initializer_list<const char*> known);
  // Value of a string parameter, which must be one of `allowed`.
  std::string string(const char* name, const char* default_value, std::initializer_list<const char*> allowed) const;
  // One value of any type.
  Tuple value(const char* name, const Tuple& default_value) const;

 private:
  const Args& args_;
  int names_;
};

}  // namespace alcedo
