#include "api/local_encoding.h"

#include <iconv.h>
#include <langinfo.h>

#include <cstring>
#include <memory>

#include "base/error.h"

namespace alcedo {
namespace {

constexpr int kBadEncoding = 5244;

// Programs that never called setlocale have the plain C locale: their text is passed on as it is.
bool passes_through(const char* codeset) {
  return !std::strcmp(codeset, "UTF-8") || !std::strcmp(codeset, "ANSI_X3.4-1968");
}

std::string convert(const std::string& from, const char* source, const char* target) {
  const iconv_t converter = iconv_open(target, source);
  require(converter != reinterpret_cast<iconv_t>(-1), kBadEncoding, "text cannot be converted from ", source, " to ",
          target);
  std::string to(from.size() * 4 + 16, '\0');
  char* in = const_cast<char*>(from.data());
  char* out = to.data();
  size_t in_left = from.size(), out_left = to.size();
  const size_t failed = iconv(converter, &in, &in_left, &out, &out_left);
  iconv_close(converter);
  require(failed != static_cast<size_t>(-1), kBadEncoding, "text cannot be converted from ", source, " to ", target);
  to.resize(to.size() - out_left);
  return to;
}

}  // namespace

bool local_encoding_is_utf8() { return passes_through(nl_langinfo(CODESET)); }

std::string utf8_from_local(const std::string& local) {
  const char* codeset = nl_langinfo(CODESET);
  return passes_through(codeset) ? local : convert(local, codeset, "UTF-8");
}

std::string local_from_utf8(const std::string& utf8) {
  const char* codeset = nl_langinfo(CODESET);
  return passes_through(codeset) ? utf8 : convert(utf8, "UTF-8", codeset);
}

}  // namespace alcedo
