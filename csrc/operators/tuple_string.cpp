// Strings in tuples. Positions count characters of UTF-8, not bytes.
#include <algorithm>
#include <cstring>

#include "operators/tuple_common.h"

namespace alcedo::operators {
namespace {

// A string whose characters can be counted.
struct Characters {
  explicit Characters(std::string t) : text(std::move(t)), offsets(characters_of(text)) {}
  int64_t size() const { return static_cast<int64_t>(offsets.size()) - 1; }
  // Characters first to last, both included.
  std::string part(int64_t first, int64_t last) const {
    return text.substr(offsets[static_cast<size_t>(first)],
                       offsets[static_cast<size_t>(last + 1)] - offsets[static_cast<size_t>(first)]);
  }
  int64_t position(size_t offset) const {
    return std::lower_bound(offsets.begin(), offsets.end(), offset) - offsets.begin();
  }
  std::string text;
  std::vector<size_t> offsets;
};

void search(Args& args, bool any_character, bool backward) {
  const Pairs pairs(args, 0, 1);
  Tuple out;
  for (Hlong k = 0; k < pairs.size; ++k) {
    const Characters text(string_at(args.in(0), pairs.a(k)));
    const Characters wanted(string_at(args.in(1), pairs.b(k)));
    int64_t found = -1;
    if (!any_character) {
      const size_t at = backward ? text.text.rfind(wanted.text) : text.text.find(wanted.text);
      if (at != std::string::npos) found = text.position(at);
    } else {
      for (int64_t i = 0; i < text.size() && (backward || found < 0); ++i) {
        const std::string c = text.part(i, i);
        for (int64_t w = 0; w < wanted.size(); ++w) {
          if (wanted.part(w, w) == c) found = i;
        }
      }
    }
    out.push(found);
  }
  args.out(0, std::move(out));
}

int64_t position_in(const Args& args, int input, int64_t position, int64_t smallest, int64_t largest) {
  if (position < smallest || position > largest) {
    args.fail_value(input, "found position ", position, ", wanted ", smallest, " to ", largest);
  }
  return position;
}

std::string replace_all(const std::string& text, const std::string& before, const std::string& after) {
  std::string out;
  size_t at = 0;
  for (size_t found; (found = text.find(before, at)) != std::string::npos; at = found + before.size()) {
    out.append(text, at, found - at).append(after);
  }
  return out.append(text, at, std::string::npos);
}

// "[$][flags][width][.precision][conversion]"
struct Format {
  std::string flags;
  std::string width, precision;
  char conversion = 0;

  static bool parse(const std::string& text, Format* f) {
    size_t at = !text.empty() && text[0] == '$' ? 1 : 0;
    const auto digits = [&](std::string* to) {
      while (at < text.size() && std::isdigit(static_cast<unsigned char>(text[at]))) *to += text[at++];
      return to->size() <= 3;
    };
    while (at < text.size() && std::strchr("-+ #0", text[at])) f->flags += text[at++];
    if (!digits(&f->width)) return false;
    if (at < text.size() && text[at] == '.') {
      ++at;
      if (!digits(&f->precision)) return false;
      f->precision = "." + f->precision;
    }
    if (at < text.size()) {
      f->conversion = text[at++];
      if (!std::strchr("duoxXfeEgGsi", f->conversion)) return false;
    }
    return at == text.size();
  }

  std::string apply(const Htuple& t, Hlong i) const {
    const int type = element_type(t, i);
    if (type == STRING_PAR || conversion == 's') return pad(element_text(t, i), true);
    const bool whole = conversion && std::strchr("duoxXi", conversion);
    if (whole || (!conversion && type == LONG_PAR)) {
      const double real = real_at(t, i);
      const long long value = type == LONG_PAR                ? int_at(t, i)
                              : real >= 9223372036854775808.0 ? INT64_MAX
                              : real < -9223372036854775808.0 ? INT64_MIN
                                                              : static_cast<long long>(real);
      return format_c(("%" + flags + width + precision + "ll" + (conversion ? conversion : 'd')).c_str(), value);
    }
    if (!conversion && precision.empty()) return pad(element_text(t, i), false);
    return format_c(("%" + flags + width + precision + (conversion ? conversion : 'f')).c_str(), real_at(t, i));
  }

  // Strings: width and precision count characters.
  std::string pad(std::string text, bool cut) const {
    const Characters characters(text);
    int64_t n = characters.size();
    if (cut && precision.size() > 1 && std::stoll(precision.substr(1)) < n) {
      n = std::stoll(precision.substr(1));
      text = n ? characters.part(0, n - 1) : "";
    }
    const int64_t wanted = width.empty() ? 0 : std::stoll(width);
    if (n >= wanted) return text;
    const std::string blanks(static_cast<size_t>(wanted - n), ' ');
    return flags.find('-') == std::string::npos ? blanks + text : text + blanks;
  }
};

}  // namespace

void tuple_strlen(Args& args) {
  map_elements(args, [](const Htuple& t, Hlong i, Tuple* out) { out->push(Characters(string_at(t, i)).size()); });
}

void tuple_strchr(Args& args) { search(args, true, false); }
void tuple_strrchr(Args& args) { search(args, true, true); }
void tuple_strstr(Args& args) { search(args, false, false); }
void tuple_strrstr(Args& args) { search(args, false, true); }

void tuple_str_first_n(Args& args) {
  const Pairs pairs(args, 0, 1);
  Tuple out;
  for (Hlong k = 0; k < pairs.size; ++k) {
    const Characters text(string_at(args.in(0), pairs.a(k)));
    out.push(text.part(0, position_in(args, 1, int_at(args.in(1), pairs.b(k)), -1, text.size() - 1)));
  }
  args.out(0, std::move(out));
}

void tuple_str_last_n(Args& args) {
  const Pairs pairs(args, 0, 1);
  Tuple out;
  for (Hlong k = 0; k < pairs.size; ++k) {
    const Characters text(string_at(args.in(0), pairs.a(k)));
    out.push(text.part(position_in(args, 1, int_at(args.in(1), pairs.b(k)), 0, text.size()), text.size() - 1));
  }
  args.out(0, std::move(out));
}

void tuple_substr(Args& args) {
  const Hlong n = args.in_length(0);
  for (const int i : {1, 2}) {
    if (args.in_length(i) != n && args.in_length(i) != 1) {
      args.fail_count(i, "found ", args.in_length(i), " positions, wanted ", n, " or 1");
    }
  }
  Tuple out;
  for (Hlong k = 0; k < n; ++k) {
    const Characters text(string_at(args.in(0), k));
    const int64_t first = position_in(args, 1, int_at(args.in(1), args.in_length(1) == 1 ? 0 : k), 0, text.size());
    const int64_t last =
        position_in(args, 2, int_at(args.in(2), args.in_length(2) == 1 ? 0 : k), first - 1, text.size() - 1);
    out.push(text.part(first, last));
  }
  args.out(0, std::move(out));
}

void tuple_str_bit_select(Args& args) {
  const Characters text(args.in_string(0));
  Tuple out;
  for (const int64_t i : args.in_ints(1)) {
    position_in(args, 1, i, 0, text.size() - 1);
    out.push(text.part(i, i));
  }
  args.out(0, std::move(out));
}

void tuple_str_replace(Args& args) {
  const auto before = args.in_strings(1), after = args.in_strings(2);
  if (after.size() != before.size() && after.size() != 1) {
    args.fail_count(2, "found ", after.size(), " strings, wanted ", before.size(), " or 1");
  }
  for (const std::string& b : before) {
    if (b.empty()) args.fail_value(1, "found an empty string, wanted text to replace");
  }
  Tuple out;
  for (std::string text : args.in_strings(0)) {
    for (size_t k = 0; k < before.size(); ++k) text = replace_all(text, before[k], after[after.size() == 1 ? 0 : k]);
    out.push(text);
  }
  args.out(0, std::move(out));
}

void tuple_split(Args& args) {
  const Pairs pairs(args, 0, 1);
  Tuple out;
  for (Hlong k = 0; k < pairs.size; ++k) {
    const Characters text(string_at(args.in(0), pairs.a(k)));
    const Characters separators(string_at(args.in(1), pairs.b(k)));
    const auto is_separator = [&](int64_t i) {
      const std::string c = text.part(i, i);
      for (int64_t s = 0; s < separators.size(); ++s) {
        if (separators.part(s, s) == c) return true;
      }
      return false;
    };
    int64_t start = 0;
    for (int64_t i = 0; i <= text.size(); ++i) {
      if (i < text.size() && !is_separator(i)) continue;
      if (i > start) out.push(text.part(start, i - 1));
      start = i + 1;
    }
  }
  args.out(0, std::move(out));
}

void tuple_string(Args& args) {
  Format format;
  if (!Format::parse(args.in_string(1), &format)) {
    args.fail_value(1, "found '", args.in_string(1),
                    "', wanted flags, width, precision and one of d u o x X f e E g G s");
  }
  map_elements(args, [&](const Htuple& t, Hlong i, Tuple* out) { out->push(format.apply(t, i)); });
}

void tuple_number(Args& args) {
  map_elements(args, [](const Htuple& t, Hlong i, Tuple* out) {
    Tuple number;
    if (element_type(t, i) == STRING_PAR && parse_number(string_at(t, i), &number)) {
      out->push_element(number, 0);
    } else {
      out->push_element(t, i);
    }
  });
}

}  // namespace alcedo::operators
