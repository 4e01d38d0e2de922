// Regular expressions (ECMAScript's grammar) on characters. Matching takes polynomial time and bounded stack, except
// for expressions with back references, which are for short strings only.
#include <algorithm>
#include <optional>
#include <regex>

#include "operators/tuple_common.h"

namespace alcedo::operators {
namespace {

constexpr size_t kMaxExpression = 4096;
constexpr int kMaxNesting = 100;
constexpr size_t kMaxBackReferenceText = 4096;

// Bytes that are no UTF-8 are kept apart in a private range, so that nothing is lost on the way back.
constexpr wchar_t kRawByte = 0x110000;

std::wstring decode(const std::string& utf8) {
  std::wstring wide;
  for (size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    const int n = lead < 0x80                   ? 1
                  : lead >= 0xC2 && lead < 0xE0 ? 2
                  : lead >= 0xE0 && lead < 0xF0 ? 3
                  : lead >= 0xF0 && lead < 0xF5 ? 4
                                                : 0;
    wchar_t c = n <= 1 ? lead : lead & (0x7F >> n);
    bool good = n > 0 && i + static_cast<size_t>(n) <= utf8.size();
    for (int k = 1; good && k < n; ++k) {
      const auto next = static_cast<unsigned char>(utf8[i + static_cast<size_t>(k)]);
      good = (next & 0xC0) == 0x80;
      c = c << 6 | (next & 0x3F);
    }
    wide += good ? c : kRawByte + lead;
    i += good ? static_cast<size_t>(n) : 1;
  }
  return wide;
}

std::string encode(const std::wstring& wide) {
  std::string utf8;
  for (const wchar_t c : wide) {
    if (c >= kRawByte) {
      utf8 += static_cast<char>(c - kRawByte);
    } else if (c < 0x80) {
      utf8 += static_cast<char>(c);
    } else {
      const int n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
      utf8 += static_cast<char>((0xF00 >> n) | (c >> (6 * (n - 1))));
      for (int k = n - 2; k >= 0; --k) utf8 += static_cast<char>(0x80 | ((c >> (6 * k)) & 0x3F));
    }
  }
  return utf8;
}

struct Expression {
  std::wregex regex;
  bool bounded;  // polynomial matcher
};

struct Query {
  std::vector<Expression> expressions;
  bool replace_all = false, invert = false;
};

Query parse(const Args& args) {
  Query query;
  auto flags = std::regex_constants::ECMAScript;
  std::vector<std::string> sources;
  for (const std::string& word : args.in_strings(1)) {
    if (word == "ignore_case") {
      flags |= std::regex_constants::icase;
    } else if (word == "multiline") {
      flags |= std::regex_constants::multiline;
    } else if (word == "replace_all") {
      query.replace_all = true;
    } else if (word == "invert_match") {
      query.invert = true;
    } else {
      sources.push_back(word);
    }
  }
  if (sources.empty()) args.fail_count(1, "found no regular expression");
  for (const std::string& source : sources) {
    const auto nesting = std::count(source.begin(), source.end(), '(');
    if (source.size() > kMaxExpression || nesting > kMaxNesting) {
      args.fail_value(1, "the regular expression is longer than ", kMaxExpression, " bytes or has more than ",
                      kMaxNesting, " groups");
    }
    try {
      try {
        query.expressions.push_back({std::wregex(decode(source), flags | std::regex_constants::__polynomial), true});
      } catch (const std::regex_error& e) {
        if (e.code() != std::regex_constants::error_complexity) throw;
        query.expressions.push_back({std::wregex(decode(source), flags), false});
      }
    } catch (const std::regex_error& e) {
      args.fail_value(1, "found '", source, "', which is no regular expression: ", e.what());
    }
  }
  return query;
}

// First match at or behind `from`.
std::optional<std::wsmatch> match(const Args& args, const Expression& e, const std::wstring& text, size_t from) {
  if (!e.bounded && text.size() > kMaxBackReferenceText) {
    args.fail_value(0, "a string is longer than ", kMaxBackReferenceText,
                    " characters, too long for an expression with back references");
  }
  std::wsmatch found;
  auto flags = std::regex_constants::match_default;
  if (from > 0) flags |= std::regex_constants::match_prev_avail;
  const auto begin = text.begin() + static_cast<std::ptrdiff_t>(from);
  if (!std::regex_search(begin, text.end(), found, e.regex, flags)) return std::nullopt;
  return found;
}

std::wstring expand(const std::wstring& replacement, const std::wsmatch& m) {
  std::wstring out;
  for (size_t i = 0; i < replacement.size(); ++i) {
    const bool more = replacement[i] == L'$' && i + 1 < replacement.size();
    if (more && replacement[i + 1] >= L'0' && replacement[i + 1] <= L'9') {
      const auto group = static_cast<size_t>(replacement[++i] - L'0');
      if (group < m.size()) out += m[group].str();
    } else if (more && replacement[i + 1] == L'$') {
      out += replacement[++i];
    } else {
      out += replacement[i];
    }
  }
  return out;
}

std::wstring replace(const Args& args, const Query& query, std::wstring text, const std::wstring& replacement) {
  for (const Expression& e : query.expressions) {
    std::wstring out;
    size_t at = 0;
    while (at <= text.size()) {
      const auto found = match(args, e, text, at);
      if (!found) break;
      const size_t start = at + static_cast<size_t>(found->position()), length = static_cast<size_t>(found->length());
      out.append(text, at, start - at).append(expand(replacement, *found));
      at = start + length;
      if (length == 0) {  // an empty match: go on behind the next character
        if (at < text.size()) out += text[at];
        ++at;
      }
      if (!query.replace_all) break;
    }
    if (at < text.size()) out.append(text, at, std::wstring::npos);
    text = std::move(out);
  }
  return text;
}

bool matches(const Args& args, const Query& query, const std::string& data) {
  const std::wstring text = decode(data);
  const bool any = std::any_of(query.expressions.begin(), query.expressions.end(),
                               [&](const Expression& e) { return match(args, e, text, 0).has_value(); });
  return any != query.invert;
}

}  // namespace

void tuple_regexp_match(Args& args) {
  const Query query = parse(args);
  Tuple out;
  for (const std::string& data : args.in_strings(0)) {
    const std::wstring text = decode(data);
    std::optional<std::wsmatch> found;
    for (const Expression& e : query.expressions) {
      if (!found) found = match(args, e, text, 0);
    }
    const size_t groups = found ? found->size() - 1 : query.expressions.front().regex.mark_count();
    if (groups == 0) out.push(found ? encode(found->str()) : "");
    for (size_t g = 1; g <= groups; ++g) out.push(found ? encode((*found)[g].str()) : "");
  }
  args.out(0, std::move(out));
}

void tuple_regexp_replace(Args& args) {
  const Query query = parse(args);
  const std::wstring replacement = decode(args.in_string(2));
  Tuple out;
  for (const std::string& data : args.in_strings(0)) {
    out.push(encode(replace(args, query, decode(data), replacement)));
  }
  args.out(0, std::move(out));
}

void tuple_regexp_select(Args& args) {
  const Query query = parse(args);
  Tuple out;
  for (const std::string& data : args.in_strings(0)) {
    if (matches(args, query, data)) out.push(data);
  }
  args.out(0, std::move(out));
}

void tuple_regexp_test(Args& args) {
  const Query query = parse(args);
  int64_t n = 0;
  for (const std::string& data : args.in_strings(0)) n += matches(args, query, data);
  args.out(0, n);
}

}  // namespace alcedo::operators
