// HCheckInterface: refuses programs that were compiled with a newer hcore.h than this library's.
#include <cstdio>
#include <cstring>

#include "hcore.h"

namespace {
constexpr Herror kWrongVersion = 3652;
}

extern "C" Herror HCheckInterface(int32_t header_interface, HErrorInfo* error) {
  if (header_interface >= 1 && header_interface <= ALCEDO_INTERFACE) return H_MSG_OK;
  if (error != nullptr) {
    *error = HErrorInfo{};
    error->code = kWrongVersion;
    std::snprintf(error->text, sizeof error->text,
                  "the program was compiled with interface %d of Alcedo's headers, this library knows "
                  "interfaces 1 to %d: install the library that came with the headers, or recompile the program",
                  static_cast<int>(header_interface), ALCEDO_INTERFACE);
  }
  return kWrongVersion;
}
