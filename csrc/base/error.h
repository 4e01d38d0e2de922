// The one exception of the core. Whoever detects an error throws with the documented code and a text that says
// what was found and what was wanted; whoever passes it on is silent. HCall (csrc/api) is the only catch.
#pragma once

#include <exception>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace alcedo {

class HException : public std::exception {
 public:
  // `parameter`: input control the error is about, counted from 1; 0: none in particular.
  HException(int code, std::string text, int parameter = 0)
      : code_(code), parameter_(parameter), text_(std::move(text)) {}

  int code() const { return code_; }
  int parameter() const { return parameter_; }
  const std::string& text() const { return text_; }
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  int code_;
  int parameter_;
  std::string text_;
};

// As a stream writes it; the usual parts without one (reasons are written for every node of a network).
template <class Part>
void append_text(std::string& out, const Part& part) {
  if constexpr (std::is_convertible_v<const Part&, std::string_view>) {
    out += std::string_view(part);
  } else if constexpr (std::is_integral_v<Part> && sizeof(Part) >= sizeof(short)) {
    out += std::to_string(part);
  } else {
    std::ostringstream stream;
    stream << part;
    out += stream.str();
  }
}

// text("axis ", 3, " of ", name): its arguments put together in a string.
template <class... Parts>
std::string text(const Parts&... parts) {
  std::string out;
  (append_text(out, parts), ...);
  return out;
}

template <class... Parts>
[[noreturn]] void fail(int code, const Parts&... parts) {
  throw HException(code, text(parts...));
}

template <class... Parts>
void require(bool condition, int code, const Parts&... parts) {
  if (!condition) fail(code, parts...);
}

}  // namespace alcedo
