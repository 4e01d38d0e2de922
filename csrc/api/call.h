// One operator call: check, lock the handles, run, catch. HCall and HCallById are thin wraps of this.
#pragma once

#include <string>

#include "api/operator_table.h"
#include "hcore.h"

namespace alcedo {

Herror call_operator(const OperatorSpec& spec, const HArguments& arguments, HErrorInfo* error) noexcept;

// The calling thread's last error, for get_extended_error_info. Code 0: none yet.
struct LastError {
  int code = 0;
  std::string operator_name;
  std::string text;
};
LastError& last_error();

// Stores an error in `info` (may be nullptr) and as the thread's last one; returns its code.
Herror report_error(int code, int parameter, const char* operator_name, const std::string& text,
                    HErrorInfo* info) noexcept;

}  // namespace alcedo
