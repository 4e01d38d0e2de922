// The one exception of the core. Whoever detects an error throws with the documented code and a text that says
// what was found and what was wanted; whoever passes it on is silent. HCall (csrc/api) is the only catch.
#pragma once

#include <exception>
#include <sstream>
#include <string>
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

// text("axis ", 3, " of ", name): streams its arguments into a string.
template <class... Parts>
std::string text(const Parts&... parts) {
  std::ostringstream out;
  (out << ... << parts);
  return out.str();
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
