#include "api/check.h"

#include <cmath>
#include <cstring>
#include <string>

#include "api/args.h"
#include "base/error.h"
#include "base/error_codes.h"
#include "objects/object.h"

namespace alcedo {
namespace {

// One input control under check: knows how to word its errors.
struct Control {
  const ParameterSpec& parameter;
  const Htuple& tuple;
  int number;  // from 1

  template <class... Parts>
  [[noreturn]] void fail_code(int code, const Parts&... parts) const {
    throw HException(code, text(parameter.name, " (parameter ", number, "): ", parts...), number);
  }
};

std::string wanted_types(uint8_t mask) {
  std::string wanted;
  for (const int type : {LONG_PAR, DOUBLE_PAR, STRING_PAR, HANDLE_PAR}) {
    if (!(mask & type)) continue;
    if (!wanted.empty()) wanted += " or ";
    wanted += describe_type(type);
  }
  return wanted;
}

bool is_typed_handle(const ParameterSpec& p) { return p.type_mask == HANDLE_PAR && std::strcmp(p.sem_type, "handle"); }

// "dict", "dl_model" ...; some semantic types are given per element or with a suffix ("dict-array").
bool same_sem_type(const char* wanted, const char* found) {
  const size_t n = std::strlen(found);
  return !std::strncmp(wanted, found, n) && (wanted[n] == 0 || wanted[n] == '-' || wanted[n] == '.');
}

void check_structure(const Control& c) {
  const Htuple& t = c.tuple;
  if (t.type == UNDEF_TYPE) c.fail_code(error::kTupleDeleted, "the tuple was deleted");
  const bool known = t.type == UNDEF_PAR || t.type == LONG_PAR || t.type == DOUBLE_PAR || t.type == STRING_PAR ||
                     t.type == HANDLE_PAR || t.type == MIXED_PAR;
  if (!known || t.num < 0 || (t.num > 0 && !t.elem.l)) {
    c.fail_code(error::kTupleType, "the tuple is damaged (type ", t.type, ", ", t.num, " elements)");
  }
}

void check_handle(const Control& c, Hlong i) {
  const Hphandle handle = handle_at(c.tuple, i);
  if (handle && !is_live_handle(handle)) {
    c.fail_code(error::kNotAHandle, "the value is not a handle of this library");
  }
  if (!is_typed_handle(c.parameter)) return;
  const char* wanted = c.parameter.sem_type;
  if (!handle) c.fail_code(error::kHandleNull, "found a null handle, wanted a ", wanted, " handle");
  if (!same_sem_type(wanted, handle->type->sem_type)) {
    c.fail_code(error::kWrongHandleType, "found a ", handle->type->sem_type, " handle, wanted a ", wanted, " handle");
  }
  if (!handle->content()) c.fail_code(error::kHandleCleared, "the ", handle->type->sem_type, " handle was cleared");
}

void check_types(const Control& c) {
  uint8_t mask = c.parameter.type_mask;
  if (mask & DOUBLE_PAR) mask |= LONG_PAR;  // integers convert
  // A pure tuple of numbers is done in one step; handles are looked at one by one.
  const bool pure = c.tuple.type != MIXED_PAR;
  const Hlong n = pure && c.tuple.num > 1 && c.tuple.type != HANDLE_PAR ? 1 : c.tuple.num;
  for (Hlong i = 0; i < n; ++i) {
    const int type = element_type(c.tuple, i);
    if (!(type & mask)) {
      c.fail_code(1200 + c.number, "found ", describe_element(c.tuple, i), ", wanted ",
                  is_typed_handle(c.parameter) ? text("a ", c.parameter.sem_type, " handle")
                                               : wanted_types(c.parameter.type_mask));
    }
    if (type == HANDLE_PAR) check_handle(c, i);
  }
}

void check_count(const Control& c) {
  const Hlong n = c.tuple.num;
  if (n == 0 && c.parameter.empty_allowed) return;
  if (c.parameter.multivalue == Multivalue::no && n != 1) {
    c.fail_code(1400 + c.number, "found ", n, " values, wanted exactly one");
  }
  if (c.parameter.multivalue != Multivalue::no && n == 0) {
    c.fail_code(1400 + c.number, "found no value, wanted one or several");
  }
}

void check_listed(const Control& c, Hlong i) {
  const char* found = string_at(c.tuple, i);
  std::string wanted;
  for (const char* const* value = c.parameter.values; *value; ++value) {
    if (!std::strcmp(*value, found)) return;
    wanted += text(wanted.empty() ? "" : ", ", "'", *value, "'");
  }
  c.fail_code(1300 + c.number, "found ", describe_element(c.tuple, i), ", wanted one of ", wanted);
}

void check_range(const Control& c, Hlong i) {
  const ParameterSpec& p = c.parameter;
  const double value = real_at(c.tuple, i);
  const bool low = p.has_min && !(value >= p.min), high = p.has_max && !(value <= p.max);
  if (!low && !high) return;
  const std::string wanted = p.has_min && p.has_max ? text(p.min, " to ", p.max)
                             : p.has_min            ? text("at least ", p.min)
                                                    : text("at most ", p.max);
  c.fail_code(1300 + c.number, "found ", describe_element(c.tuple, i), ", wanted ", wanted);
}

void check_values(const Control& c) {
  const bool ranged = c.parameter.has_min || c.parameter.has_max;
  if (!ranged && !c.parameter.values) return;
  for (Hlong i = 0; i < c.tuple.num; ++i) {
    if (c.parameter.values && element_type(c.tuple, i) == STRING_PAR) check_listed(c, i);
    if (ranged && is_number(c.tuple, i)) check_range(c, i);
  }
}

void check_object(const OperatorSpec& spec, const HArguments& arguments, int i) {
  const ParameterSpec& parameter = parameter_of(spec, ParameterClass::input_object, i);
  const std::string prefix = text(parameter.name, " (object ", i + 1, "): ");
  int64_t n = 0;
  try {
    n = objects_of(arguments.in_objects[i]).size();
  } catch (const HException& e) {
    fail(e.code(), prefix, e.text());
  }
  // Operators work object by object, so no object gives no result.
  if (parameter.multivalue != Multivalue::no || (n == 0 && parameter.empty_allowed)) return;
  require(n != 0, error::kNoObject, prefix, "found no object, wanted exactly one");
  require(n == 1, 1500 + i + 1, prefix, "found ", n, " objects, wanted exactly one");
}

void check_number(int code, const char* what, int found, int wanted, const void* array) {
  require(found == wanted && (wanted == 0 || array), code, "found ", array ? found : 0, " ", what, ", wanted ", wanted);
}

}  // namespace

void check_arguments(const OperatorSpec& spec, const HArguments& a) {
  check_number(1500, "input objects", a.num_in_objects, spec.num_in_objects, a.in_objects);
  check_number(1510, "output objects", a.num_out_objects, spec.num_out_objects, a.out_objects);
  check_number(error::kInputControlMissing, "input control parameters", a.num_in_controls, spec.num_in_controls,
               a.in_controls);
  check_number(error::kOutputControlMissing, "output control parameters", a.num_out_controls, spec.num_out_controls,
               a.out_controls);
  for (int i = 0; i < spec.num_in_objects; ++i) check_object(spec, a, i);
  for (int i = 0; i < spec.num_in_controls; ++i) {
    const Control control{parameter_of(spec, ParameterClass::input_control, i), a.in_controls[i], i + 1};
    check_structure(control);
    check_types(control);
    check_count(control);
    check_values(control);
  }
}

}  // namespace alcedo
