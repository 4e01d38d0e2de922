// The exported functions of hcore.h: calls by name and number, references of handles and objects, tuples, texts.
#include <algorithm>
#include <cstring>
#include <string>

#include "api/call.h"
#include "api/operator_table.h"
#include "base/error.h"
#include "base/error_codes.h"
#include "hcore.h"
#include "objects/handle.h"
#include "objects/object.h"
#include "objects/tuple.h"

namespace alcedo {
namespace {

constexpr HArguments kNoArguments = {};

// Runs body and turns what it throws into a code.
template <class Body>
Herror guarded(const char* name, const Body& body) noexcept {
  try {
    body();
    return H_MSG_TRUE;
  } catch (const HException& e) {
    return report_error(e.code(), 0, name, e.text(), nullptr);
  } catch (const std::bad_alloc&) {
    return error::kOutOfMemory;
  } catch (...) {
    return error::kInternal;
  }
}

}  // namespace
}  // namespace alcedo

using namespace alcedo;

Herror HCall(const char* operator_name, const HArguments* arguments, HErrorInfo* error) {
  const OperatorSpec* spec = operator_name ? find_operator(operator_name) : nullptr;
  if (spec) return call_operator(*spec, arguments ? *arguments : kNoArguments, error);
  try {
    const char* name = operator_name ? operator_name : "";
    return report_error(error::kUnknownOperator, 0, name, text("there is no operator '", name, "'"), error);
  } catch (...) {
    return error::kOutOfMemory;
  }
}

Herror HCallById(int32_t operator_id, const HArguments* arguments, HErrorInfo* error) {
  if (operator_id < 0 || operator_id >= kNumOperators) return HCall("", arguments, error);
  return call_operator(kOperators[operator_id], arguments ? *arguments : kNoArguments, error);
}

int32_t HOperatorId(const char* operator_name) {
  const OperatorSpec* spec = operator_name ? find_operator(operator_name) : nullptr;
  return spec ? static_cast<int32_t>(spec - kOperators) : -1;
}

Herror HCopyHandle(Hphandle handle) {
  return guarded("HCopyHandle", [&] { retain_handle(handle); });
}

Herror HReleaseHandle(Hphandle handle) {
  return guarded("HReleaseHandle", [&] {
    require(!handle || is_live_handle(handle), error::kNotAHandle, "the value is not a handle of this library");
    release_handle(handle);
  });
}

const char* HHandleSemType(Hphandle handle) {
  const char* sem_type = "";
  guarded("HHandleSemType", [&] { sem_type = sem_type_of(handle); });
  return sem_type;
}

Herror HCopyObject(Hobject object, Hobject* copy) {
  return guarded("HCopyObject", [&] { *copy = make_object_key(objects_of(object)); });
}

Herror HReleaseObject(Hobject object) {
  return guarded("HReleaseObject", [&] { release_object(object); });
}

void HDestroyTuples(Htuple* tuples, int32_t num) {
  for (int32_t i = 0; i < num; ++i) {
    tuple_clear(&tuples[i]);
    tuples[i].type = UNDEF_TYPE;
  }
}

const char* HErrorText(Herror code) {
  const auto* end = kErrorTexts + kNumErrorTexts;
  const auto* found = std::lower_bound(kErrorTexts, end, static_cast<int32_t>(code),
                                       [](const ErrorText& e, int32_t c) { return e.code < c; });
  return found != end && found->code == static_cast<int32_t>(code) ? found->text : "unknown error code";
}

const char* HVersion(void) { return ALCEDO_VERSION; }
