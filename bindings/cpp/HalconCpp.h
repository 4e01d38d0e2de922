// The C++ interface: namespace HalconCpp, C++11 and later, header-only over the C interface (hcore.h); link with
// -lalcedo. Every operator exists as a free function on tuples and as members of the classes it belongs to; these
// are generated (halconcpp/generated), the classes' own behaviour is not.
#ifndef HALCONCPP_HALCONCPP_H
#define HALCONCPP_HALCONCPP_H

#include <clocale>

#include "HalconErrors.h"
#include "halconcpp/Call.h"
#include "halconcpp/HTupleOperators.h"
// In this order: classes, then what their members and the free functions do.
#include "halconcpp/generated/classes.h"
#include "halconcpp/generated/operators.h"
#include "halconcpp/HSerializedItem.h"

namespace HalconCpp {

/// Strings at this interface are UTF-8. The local encoding can only be chosen where it is UTF-8, too; else error 9000.
inline void SetHcppInterfaceStringEncodingIsUtf8(bool IsUtf8) {
  const std::string locale = std::setlocale(LC_CTYPE, nullptr);
  if (IsUtf8 || locale == "C" || locale == "POSIX" || locale.find("UTF-8") != std::string::npos ||
      locale.find("utf8") != std::string::npos)
    return;
  throw HException("SetHcppInterfaceStringEncodingIsUtf8", "strings are always UTF-8 here", 9000);
}
inline bool IsHcppInterfaceStringEncodingUtf8() { return true; }

inline HHandle HHandle::Clone() const {
  HHandle copy;
  copy.DeserializeHandle(SerializeHandle());
  return copy;
}

}  // namespace HalconCpp

#endif
