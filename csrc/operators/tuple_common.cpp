#include "operators/tuple_common.h"

#include <locale.h>

#include <cerrno>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace alcedo::operators {
namespace {

int kind(int type) { return type == STRING_PAR ? 1 : type == HANDLE_PAR ? 2 : 0; }

// Decimal points are points, whatever the program has set.
class CLocale {
 public:
  CLocale() : old_(uselocale(c_locale())) {}
  CLocale(const CLocale&) = delete;
  CLocale& operator=(const CLocale&) = delete;
  ~CLocale() { uselocale(old_); }

 private:
  static locale_t c_locale() {
    static const locale_t locale = newlocale(LC_ALL_MASK, "C", nullptr);
    return locale;
  }
  locale_t old_;
};

template <class T>
std::string print(const char* format, T value) {
  const CLocale locale;
  const int n = std::snprintf(nullptr, 0, format, value);
  std::string text(static_cast<size_t>(std::max(n, 0)), '\0');
  std::snprintf(text.data(), text.size() + 1, format, value);
  return text;
}

}  // namespace

Pairs::Pairs(const Args& args, int first, int second) {
  const Hlong n = args.in_length(first), m = args.in_length(second);
  if (n != m && n != 1 && m != 1 && n != 0 && m != 0) {
    args.fail_count(second, "found ", m, " elements, wanted ", n, " or 1");
  }
  size = n == 0 || m == 0 ? 0 : std::max(n, m);
  one_a = n == 1;
  one_b = m == 1;
}

int compare_elements(const Htuple& a, Hlong i, const Htuple& b, Hlong j) {
  const int ka = kind(element_type(a, i)), kb = kind(element_type(b, j));
  if (ka != kb) return ka < kb ? -1 : 1;
  if (ka == 1) return std::strcmp(string_at(a, i), string_at(b, j));
  const auto sign = [](auto x, auto y) { return x < y ? -1 : x > y ? 1 : 0; };
  if (ka == 2) {
    return sign(reinterpret_cast<uintptr_t>(handle_at(a, i)), reinterpret_cast<uintptr_t>(handle_at(b, j)));
  }
  if (both_ints(a, i, b, j)) return sign(int_at(a, i), int_at(b, j));
  return sign(real_at(a, i), real_at(b, j));
}

bool equal_elements(const Htuple& a, Hlong i, const Htuple& b, Hlong j) {
  if (is_number(a, i) && is_number(b, j) && !both_ints(a, i, b, j)) return real_at(a, i) == real_at(b, j);
  return compare_elements(a, i, b, j) == 0;
}

bool both_ints(const Htuple& a, Hlong i, const Htuple& b, Hlong j) {
  return element_type(a, i) == LONG_PAR && element_type(b, j) == LONG_PAR;
}

void require_one_kind(const Args& args, int i) {
  const int types = element_types(args.in(i));
  if ((types & STRING_PAR) && types != STRING_PAR) args.fail_type(i, "found strings and numbers, wanted one of both");
}

std::string format_c(const char* format, double value) { return print(format, value); }
std::string format_c(const char* format, long long value) { return print(format, value); }

std::string element_text(const Htuple& tuple, Hlong i) {
  switch (element_type(tuple, i)) {
    case LONG_PAR:
      return std::to_string(int_at(tuple, i));
    case STRING_PAR:
      return string_at(tuple, i);
    default:
      break;
  }
  const double value = real_at(tuple, i);
  std::string text = format_c("%.12g", value);
  if (std::isfinite(value) && text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

bool parse_number(const std::string& text, Tuple* number) {
  if (text.empty() || std::isspace(static_cast<unsigned char>(text.front()))) return false;
  const CLocale locale;
  char* end = nullptr;
  errno = 0;
  const long long integer = std::strtoll(text.c_str(), &end, 0);
  if (end == text.c_str() + text.size() && errno == 0) {
    *number = Tuple(static_cast<int64_t>(integer));
    return true;
  }
  const size_t sign = text[0] == '-' || text[0] == '+' ? 1 : 0;
  if (text.find_first_not_of("0123456789.eE+-", sign) != std::string::npos) return false;  // no inf, nan, hex floats
  const double real = std::strtod(text.c_str(), &end);
  if (end != text.c_str() + text.size()) return false;
  *number = Tuple(real);
  return true;
}

std::vector<size_t> characters_of(const std::string& utf8) {
  std::vector<size_t> offsets;
  for (size_t i = 0; i < utf8.size(); ++i) {
    if ((utf8[i] & 0xC0) != 0x80 || i == 0) offsets.push_back(i);
  }
  offsets.push_back(utf8.size());
  return offsets;
}

void map_elements(Args& args, const std::function<void(const Htuple&, Hlong, Tuple*)>& fn) {
  const Htuple& in = args.in(0);
  Tuple out;
  out.reserve(in.num);
  for (Hlong i = 0; i < in.num; ++i) fn(in, i, &out);
  args.out(0, std::move(out));
}

}  // namespace alcedo::operators
