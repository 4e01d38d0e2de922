// Text between UTF-8 and the local 8-bit encoding of the C library (LC_CTYPE).
#pragma once

#include <string>

namespace alcedo {

bool local_encoding_is_utf8();
// Throw 5244 for text that cannot be converted.
std::string utf8_from_local(const std::string& local);
std::string local_from_utf8(const std::string& utf8);

}  // namespace alcedo
