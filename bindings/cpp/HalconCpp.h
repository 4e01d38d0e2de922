// The C++ interface: namespace HalconCpp, C++11 and later, header-only over the C interface (hcore.h); link with
// -lalcedo. Every operator exists as a free function on tuples and as members of the classes it belongs to; these
// are generated (halconcpp/generated), the classes' own behaviour is not.
#ifndef HALCONCPP_HALCONCPP_H
#define HALCONCPP_HALCONCPP_H

#include "HalconErrors.h"
#include "halconcpp/Call.h"
#include "halconcpp/HTupleOperators.h"
// In this order: classes, then what their members and the free functions do.
#include "halconcpp/generated/classes.h"
#include "halconcpp/generated/operators.h"
#include "halconcpp/HSerializedItem.h"

namespace HalconCpp {

inline HHandle HHandle::Clone() const {
  HHandle copy;
  copy.DeserializeHandle(SerializeHandle());
  return copy;
}

}  // namespace HalconCpp

#endif
