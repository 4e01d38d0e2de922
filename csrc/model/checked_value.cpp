#include "model/checked_value.h"

#include <cmath>
#include <cstring>

#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo {

void CheckedValue::wrong(const std::string& wanted, int code) const {
  std::string found = tuple_.num == 1 ? describe_element(tuple_, 0) : text(tuple_.num, " values");
  fail(code, "parameter '", name_, "': found ", found, ", wanted ", wanted);
}

void CheckedValue::wrong_element(Hlong i, const std::string& wanted, int code) const {
  const std::string where = tuple_.num == 1 ? std::string() : text(" at index ", i);
  fail(code, "parameter '", name_, "': found ", describe_element(tuple_, i), where, ", wanted ", wanted);
}

int64_t CheckedValue::integer(int64_t min, int64_t max, int code) const {
  const std::string wanted = text("an integer from ", min, " to ", max);
  if (tuple_.num != 1 || !is_number(tuple_, 0)) wrong(wanted);
  // A C++ program that passes 4 reaches the documented overload with a double.
  const double real = real_at(tuple_, 0);
  if (real != std::floor(real)) wrong(wanted);
  if (!(real >= static_cast<double>(min) && real <= static_cast<double>(max))) wrong(wanted, code);
  return element_type(tuple_, 0) == LONG_PAR ? int_at(tuple_, 0) : static_cast<int64_t>(real);
}

double CheckedValue::real(double min, double max) const {
  const std::string wanted = text("a number from ", min, " to ", max);
  if (tuple_.num != 1 || !is_number(tuple_, 0)) wrong(wanted);
  const double value = real_at(tuple_, 0);
  if (!(value >= min && value <= max)) wrong(wanted);
  return value;
}

std::string CheckedValue::string() const {
  if (tuple_.num != 1 || element_type(tuple_, 0) != STRING_PAR) wrong("a string");
  return string_at(tuple_, 0);
}

std::string CheckedValue::choice(const std::vector<std::string>& allowed, int code) const {
  std::string list;
  for (const std::string& each : allowed) list += text(list.empty() ? "'" : ", '", each, "'");
  if (tuple_.num != 1 || element_type(tuple_, 0) != STRING_PAR) wrong("one of " + list);
  const std::string value = string_at(tuple_, 0);
  for (const std::string& each : allowed) {
    if (value == each) return value;
  }
  wrong("one of " + list, code);
}

std::vector<int64_t> CheckedValue::integers(Hlong num, int64_t min, int64_t max, int code) const {
  const std::string count = num < 0 ? std::string() : text(num, " ");
  const std::string wanted = text(count, "integers from ", min, " to ", max);
  if (num >= 0 && tuple_.num != num) wrong(wanted);
  std::vector<int64_t> values;
  for (Hlong i = 0; i < tuple_.num; ++i) {
    if (element_type(tuple_, i) != LONG_PAR) wrong_element(i, wanted);
    values.push_back(int_at(tuple_, i));
    if (values.back() < min || values.back() > max) wrong_element(i, wanted, code);
  }
  return values;
}

std::vector<std::string> CheckedValue::strings(Hlong num) const {
  const std::string wanted = num < 0 ? "strings" : text(num, " strings");
  if (num >= 0 && tuple_.num != num) wrong(wanted);
  std::vector<std::string> values;
  for (Hlong i = 0; i < tuple_.num; ++i) {
    if (element_type(tuple_, i) != STRING_PAR) wrong_element(i, wanted);
    values.emplace_back(string_at(tuple_, i));
  }
  return values;
}

Hphandle CheckedValue::handle(const char* sem_type) const {
  const std::string wanted = text("one ", sem_type, " handle");
  if (tuple_.num != 1 || element_type(tuple_, 0) != HANDLE_PAR) wrong(wanted);
  const Hphandle record = handle_at(tuple_, 0);
  if (record == nullptr || std::strcmp(sem_type_of(record), sem_type) != 0) wrong(wanted);
  return record;
}

}  // namespace alcedo
