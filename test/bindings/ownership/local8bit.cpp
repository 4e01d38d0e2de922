// Strings in the encoding of the C library: run with a locale in ISO-8859-1.
#undef NDEBUG
#include <cassert>
#include <clocale>
#include <cstring>

#include "HalconCpp.h"

using namespace HalconCpp;

int main() {
  assert(std::setlocale(LC_CTYPE, "latin1"));
  const HString text = HString::FromLocal8bit("stra\xdf" "e");
  assert(text == "stra\xc3\x9f" "e");
  assert(std::strcmp(text.ToLocal8bit(), "stra\xdf" "e") == 0);
  assert(std::strcmp(text.ToUtf8(), text) == 0);
  SetCheck("~give_error");
  try {
    HString("\xe2\x82\xac").ToLocal8bit();  // the euro sign
  } catch (const HException& exception) {
    return exception.ErrorCode() == 5244 ? 0 : 1;
  }
  return 2;
}
