// Reads parameter values out of tuples; what does not fit throws 7914, or the documented code of its own, with the
// parameter's name, what was found and what was wanted.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error_codes.h"
#include "objects/tuple.h"

namespace alcedo {

class CheckedValue {
 public:
  CheckedValue(std::string name, const Htuple& tuple) : name_(std::move(name)), tuple_(tuple) {}

  int64_t integer(int64_t min, int64_t max, int code = error::kUnsupportedGenValue) const;
  double real(double min, double max) const;  // integers convert; NaN never fits
  std::string choice(const std::vector<std::string>& allowed, int code = error::kUnsupportedGenValue) const;
  std::string string() const;
  // num -1: any number; code: for values outside min … max.
  std::vector<int64_t> integers(Hlong num, int64_t min, int64_t max, int code = error::kUnsupportedGenValue) const;
  std::vector<std::string> strings(Hlong num) const;
  Hphandle handle(const char* sem_type) const;
  const Htuple& tuple() const { return tuple_; }

 private:
  [[noreturn]] void wrong(const std::string& wanted, int code = error::kUnsupportedGenValue) const;
  [[noreturn]] void wrong_element(Hlong i, const std::string& wanted, int code = error::kUnsupportedGenValue) const;
  std::string name_;
  const Htuple& tuple_;
};

}  // namespace alcedo
