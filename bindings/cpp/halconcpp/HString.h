// HString: text in UTF-8. Pointers that it returns live until the string changes.
#ifndef HALCONCPP_HSTRING_H
#define HALCONCPP_HSTRING_H

#include <string>

#include "hcore.h"

namespace HalconCpp {

class HTupleElement;

class HString {
 public:
  HString() {}
  HString(const char* Text) : text_(Text ? Text : "") {}
  HString(const std::string& Text) : text_(Text) {}
  explicit HString(const HTupleElement& Element);

  HString& operator+=(const HString& other) {
    text_ += other.text_;
    return *this;
  }
  bool operator==(const HString& other) const { return text_ == other.text_; }
  bool operator!=(const HString& other) const { return text_ != other.text_; }
  bool operator<(const HString& other) const { return text_ < other.text_; }

  void Clear() { text_.clear(); }
  bool IsEmpty() const { return text_.empty(); }
  /// Length in bytes.
  Hlong Length() const { return static_cast<Hlong>(text_.size()); }
  Hlong LengthA() const { return Length(); }
  const char* Text() const { return text_.c_str(); }
  const char* TextA() const { return Text(); }
  operator const char*() const { return Text(); }

  const char* ToUtf8() const { return Text(); }
  /// In the encoding of the C library (setlocale); text that it cannot hold is error 5244.
  const char* ToLocal8bit() const;
  static HString FromUtf8(const char* Text) { return HString(Text); }
  static HString FromLocal8bit(const char* Text);

#ifdef _WIN32
  HString(const wchar_t* Text) : text_(Narrow(Text)) {}
  Hlong LengthW() const { return static_cast<Hlong>(Wide().size()); }
  const wchar_t* TextW() const { return Wide().c_str(); }
  operator const wchar_t*() const { return TextW(); }
#endif

 private:
  std::string text_;
  mutable std::string local_;

#ifdef _WIN32
  mutable std::wstring wide_;

  // UTF-16, or UTF-32 where wchar_t is that wide, to UTF-8.
  static std::string Narrow(const wchar_t* wide) {
    std::string out;
    for (; wide && *wide; ++wide) {
      unsigned long c = static_cast<unsigned long>(*wide);
      if (c >= 0xD800 && c < 0xDC00 && wide[1] >= 0xDC00 && wide[1] < 0xE000)
        c = 0x10000 + ((c - 0xD800) << 10) + (static_cast<unsigned long>(*++wide) - 0xDC00);
      if (c < 0x80) {
        out += static_cast<char>(c);
        continue;
      }
      const int tail = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
      out += static_cast<char>((0xF00 >> (tail + 1) & 0xFF) | (c >> 6 * tail));
      for (int i = tail - 1; i >= 0; --i) out += static_cast<char>(0x80 | (c >> 6 * i & 0x3F));
    }
    return out;
  }

  const std::wstring& Wide() const {
    wide_.clear();
    for (std::string::size_type i = 0; i < text_.size();) {
      const unsigned char first = static_cast<unsigned char>(text_[i++]);
      const int tail = first < 0xC0 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
      unsigned long c = tail == 0 ? first : first & (0x3Fu >> tail);
      for (int n = 0; n < tail && i < text_.size(); ++n) c = c << 6 | (static_cast<unsigned char>(text_[i++]) & 0x3F);
      if (c >= 0x10000 && sizeof(wchar_t) == 2) {
        wide_ += static_cast<wchar_t>(0xD800 + ((c - 0x10000) >> 10));
        c = 0xDC00 + ((c - 0x10000) & 0x3FF);
      }
      wide_ += static_cast<wchar_t>(c);
    }
    return wide_;
  }
#endif
};

inline HString operator+(HString a, const HString& b) { return a += b; }
inline HString operator+(HString a, const char* b) { return a += b; }
inline HString operator+(const char* a, const HString& b) { return HString(a) += b; }
inline bool operator==(const HString& a, const char* b) { return a == HString(b); }
inline bool operator==(const char* a, const HString& b) { return HString(a) == b; }
inline bool operator!=(const HString& a, const char* b) { return a != HString(b); }
inline bool operator!=(const char* a, const HString& b) { return HString(a) != b; }

}  // namespace HalconCpp
#endif
