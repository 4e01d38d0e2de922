// One element of a tuple in the C interface's representation: making it, and reading it with a check of its type.
#ifndef HALCONCPP_ELEMENT_H
#define HALCONCPP_ELEMENT_H

#include <cstdlib>
#include <cstring>
#include <string>

#include "HHandle.h"

namespace HalconCpp {
namespace detail {

inline Hcpar Long(Hlong value) {
  Hcpar element = Hcpar();
  element.par.l = value;
  element.type = LONG_PAR;
  return element;
}

inline Hcpar Double(double value) {
  Hcpar element = Hcpar();
  element.par.d = value;
  element.type = DOUBLE_PAR;
  return element;
}

/// Borrows the text.
inline Hcpar String(const char* value) {
  Hcpar element = Hcpar();
  element.par.s = const_cast<char*>(value ? value : "");
  element.type = STRING_PAR;
  return element;
}

/// Borrows the handle.
inline Hcpar Handle(Hphandle value) {
  Hcpar element = Hcpar();
  element.par.h = value;
  element.type = HANDLE_PAR;
  return element;
}

inline HString Number(Hlong value) { return HString(std::to_string(value)); }

[[noreturn]] inline void WrongElement(const Hcpar& value, const char* wanted) {
  const char* found = value.type == LONG_PAR     ? "an integer"
                      : value.type == DOUBLE_PAR ? "a real"
                      : value.type == STRING_PAR ? "a string"
                                                 : "a handle";
  throw HTupleAccessException(HString("the element is ") + found + ", not " + wanted, 2401);
}

inline Hlong AsLong(const Hcpar& value) {
  if (value.type != LONG_PAR) WrongElement(value, "an integer");
  return value.par.l;
}

/// Integers convert.
inline double AsDouble(const Hcpar& value) {
  if (value.type == LONG_PAR) return static_cast<double>(value.par.l);
  if (value.type != DOUBLE_PAR) WrongElement(value, "a number");
  return value.par.d;
}

/// Borrowed from the element.
inline const char* AsText(const Hcpar& value) {
  if (value.type != STRING_PAR) WrongElement(value, "a string");
  return value.par.s;
}

inline HHandle AsHandle(const Hcpar& value) {
  if (value.type != HANDLE_PAR) WrongElement(value, "a handle");
  return HHandle(reinterpret_cast<Hlong>(value.par.h));
}

/// As HTuple::ToString() prints it; reals with the fewest digits that give the same value again.
inline HString Printed(const Hcpar& value) {
  if (value.type == LONG_PAR) return Number(value.par.l);
  if (value.type == STRING_PAR) return HString("\"") + value.par.s + "\"";
  if (value.type == HANDLE_PAR) return AsHandle(value).ToString();
  char text[40];
  for (int digits = 15; digits <= 17; ++digits) {
    std::snprintf(text, sizeof text, "%.*g", digits, value.par.d);
    const double parsed = std::strtod(text, nullptr);
    if (std::memcmp(&parsed, &value.par.d, sizeof parsed) == 0) break;
  }
  return HString(std::strpbrk(text, ".eni") ? text : std::strcat(text, ".0"));
}

}  // namespace detail
}  // namespace HalconCpp
#endif
