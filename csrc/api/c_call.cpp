#include "api/c_call.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "api/call.h"
#include "api/checks.h"
#include "base/error.h"

namespace alcedo {
namespace {

constexpr int kStringExpected = 7400, kIntegerExpected = 7401, kRealExpected = 7402;
constexpr int kNoOutputValue = 7001, kNullObjectPointer = 7403, kBufferTooSmall = 7006;

int first_type(const Htuple& t) { return t.type == MIXED_PAR ? t.elem.cpar[0].type : t.type; }

Hvalue first_value(const Htuple& t) {
  Hvalue value{};
  if (t.type == MIXED_PAR) return t.elem.cpar[0].par;
  std::memcpy(&value, t.elem.l, sizeof value);
  return value;
}

}  // namespace

CCall& CCall::object(Hobject object) {
  in_objects_[num_in_objects_++] = object;
  return *this;
}

CCall& CCall::object_out(Hobject* object) {
  out_objects_[num_out_objects_] = UNDEF_KEY;
  object_targets_[num_out_objects_++] = object;
  return *this;
}

CCall& CCall::in(const Htuple& tuple) {
  in_controls_[num_in_controls_++] = tuple;
  return *this;
}

void CCall::single(int type, Hvalue value) {
  values_[num_in_controls_] = value;
  Htuple tuple = HTUPLE_INITIALIZER;
  tuple.type = type;
  tuple.num = tuple.capacity = 1;
  tuple.elem.l = &values_[num_in_controls_].l;
  in(tuple);
}

CCall& CCall::in(Hlong value) {
  Hvalue v{};
  v.l = value;
  single(LONG_PAR, v);
  return *this;
}

CCall& CCall::in(double value) {
  Hvalue v{};
  v.d = value;
  single(DOUBLE_PAR, v);
  return *this;
}

CCall& CCall::in(const char* value) {
  Hvalue v{};
  v.s = const_cast<char*>(value ? value : "");
  single(STRING_PAR, v);
  return *this;
}

CCall& CCall::in_handle(Hlong value) {
  Hvalue v{};
  v.h = reinterpret_cast<Hphandle>(value);
  single(HANDLE_PAR, v);
  return *this;
}

void CCall::target(int type, void* address) {
  out_controls_[num_out_controls_] = Htuple HTUPLE_INITIALIZER;
  targets_[num_out_controls_++] = {type, address};
}

CCall& CCall::out(Htuple* tuple) { return target(0, tuple), *this; }
CCall& CCall::out(Hlong* value) { return target(LONG_PAR, value), *this; }
CCall& CCall::out(double* value) { return target(DOUBLE_PAR, value), *this; }
CCall& CCall::out(char* value) { return target(STRING_PAR, value), *this; }

Herror CCall::store_value(const Target& target, const Htuple& tuple, HErrorInfo& error) {
  const auto failed = [&](int code, const char* what) { return report_error(code, 0, name_, what, &error); };
  if (tuple.num < 1) return failed(kNoOutputValue, "there is no output value; use the T_ form");
  const int type = first_type(tuple);
  const Hvalue value = first_value(tuple);
  switch (target.type) {
    case LONG_PAR:
      if (type == HANDLE_PAR) {
        if (value.h) HCopyHandle(value.h);
      } else if (type != LONG_PAR) {
        return failed(kIntegerExpected, "the output is no integer; use the T_ form");
      }
      std::memcpy(target.address, &value, sizeof(Hlong));
      return H_MSG_TRUE;
    case DOUBLE_PAR:
      if (type != DOUBLE_PAR && type != LONG_PAR) {
        return failed(kRealExpected, "the output is no number; use the T_ form");
      }
      *static_cast<double*>(target.address) = type == LONG_PAR ? static_cast<double>(value.l) : value.d;
      return H_MSG_TRUE;
    default:
      if (type != STRING_PAR) return failed(kStringExpected, "the output is no string; use the T_ form");
      const size_t size = std::strlen(value.s) + 1;
      if (size > MAX_STRING) return failed(kBufferTooSmall, "the output string is longer than MAX_STRING");
      std::memcpy(target.address, value.s, size);
      return H_MSG_TRUE;
  }
}

Herror CCall::store(HErrorInfo& error) {
  Herror code = H_MSG_TRUE;
  for (int i = 0; i < num_out_controls_; ++i) {
    const Target& target = targets_[i];
    Htuple& tuple = out_controls_[i];
    if (!target.address) {
      HDestroyTuples(&tuple, 1);
    } else if (target.type == 0) {
      Htuple* to = static_cast<Htuple*>(target.address);
      *to = tuple;
      // A single value lies inside the tuple itself.
      if (tuple.elem.l == &tuple.val.l) to->elem.l = &to->val.l;
    } else {
      if (code == H_MSG_TRUE) code = store_value(target, tuple, error);
      HDestroyTuples(&tuple, 1);
    }
  }
  for (int i = 0; i < num_out_objects_; ++i) {
    if (code == H_MSG_TRUE) {
      *object_targets_[i] = out_objects_[i];
    } else {
      HReleaseObject(out_objects_[i]);
    }
  }
  return code;
}

Herror CCall::run() {
  HErrorInfo error{};
  for (int i = 0; i < num_out_objects_; ++i) {
    if (object_targets_[i]) continue;
    return c_result(report_error(kNullObjectPointer, 0, name_, "an output object is a null pointer", &error), error);
  }
  const HArguments arguments = {in_objects_,     out_objects_,     in_controls_,     out_controls_,
                                num_in_objects_, num_out_objects_, num_in_controls_, num_out_controls_};
  Herror code = HCall(name_, &arguments, &error);
  if (code == H_MSG_TRUE) code = store(error);
  return c_result(code, error);
}

Herror c_result(Herror code, const HErrorInfo& error) {
  if (code < 1000 || !check_active("give_error")) return code;
  std::fprintf(stderr, "Error %u in operator %s: %s\n", code, error.operator_name, error.text);
  std::fflush(nullptr);
  std::_Exit(EXIT_FAILURE);
}

}  // namespace alcedo
