// Tuples in text files: the number of elements, then one line per element: its type (1 integer, 2 real, 4 string) and
// its value. In strings a line break is \n and a backslash \\.
#include <charconv>

#include "base/file.h"
#include "operators/tuple_common.h"

namespace alcedo::operators {
namespace {

std::string escape(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else {
      if (c == '\\') out += c;
      out += c;
    }
  }
  return out;
}

std::string unescape(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      ++i;
      out += text[i] == 'n' ? '\n' : text[i];
    } else {
      out += text[i];
    }
  }
  return out;
}

template <class T>
T parse(std::string_view text) {
  T value{};
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  require(result.ec == std::errc() && result.ptr == text.data() + text.size(), error::kFileNotReadable, "found '",
          std::string(text.substr(0, 40)), "' where a number belongs");
  return value;
}

std::string_view next_line(std::string_view* rest) {
  const size_t end = rest->find('\n');
  require(end != std::string_view::npos, error::kFileNotReadable, "the file ends too early");
  const std::string_view line = rest->substr(0, end);
  rest->remove_prefix(end + 1);
  return line;
}

Tuple parse_tuple(std::string_view rest) {
  const auto n = parse<uint64_t>(next_line(&rest));
  Tuple tuple;
  for (uint64_t i = 0; i < n; ++i) {
    const std::string_view line = next_line(&rest);
    require(line.size() >= 2 && line[1] == ' ', error::kFileNotReadable, "an element has no type");
    const std::string_view value = line.substr(2);
    switch (line[0]) {
      case '1':
        tuple.push(parse<int64_t>(value));
        break;
      case '2':
        tuple.push(parse<double>(value));
        break;
      case '4':
        tuple.push(unescape(value));
        break;
      default:
        fail(error::kFileNotReadable, "an element has the unknown type '", line[0], "'");
    }
  }
  require(rest.empty(), error::kFileNotReadable, "there is text behind the last element");
  return tuple;
}

}  // namespace

void write_tuple(Args& args) {
  const Htuple& t = args.in(0);
  std::string content = std::to_string(t.num) + "\n";
  for (Hlong i = 0; i < t.num; ++i) {
    if (element_type(t, i) == DOUBLE_PAR) {
      char digits[64];
      const auto end = std::to_chars(digits, digits + sizeof digits, real_at(t, i)).ptr;
      content += "2 " + std::string(digits, end);
    } else if (element_type(t, i) == LONG_PAR) {
      content += "1 " + std::to_string(int_at(t, i));
    } else {
      content += "4 " + escape(string_at(t, i));
    }
    content += '\n';
  }
  write_file_atomically(args.in_string(1), content, error::kFileNotWritable);
}

void read_tuple(Args& args) {
  const std::string file_name = args.in_string(0);
  const std::string content = read_existing_file(file_name, error::kFileNotReadable);
  try {
    args.out(0, parse_tuple(content));
  } catch (const HException& e) {
    fail(e.code(), "file '", file_name, "': ", e.text());
  }
}

}  // namespace alcedo::operators
