// What failed operators and misused tuples throw.
#ifndef HALCONCPP_HEXCEPTION_H
#define HALCONCPP_HEXCEPTION_H

#include <vector>

#include "HString.h"

namespace HalconCpp {

class HTuple;

class HException {
 public:
  HException(const HString& ProcName, Herror Error)
      : error_(Error), proc_name_(ProcName), message_(HErrorText(Error)) {}
  HException(const HString& ProcName, const HString& Message, Herror Error = H_MSG_OK)
      : error_(Error), proc_name_(ProcName), message_(Message) {}
  HException(const HTuple& ExceptionData);
  virtual ~HException() {}

  Herror ErrorCode() const { return error_; }
  const HString& ErrorMessage() const { return message_; }
  const HString& ProcName() const { return proc_name_; }
  /// The names of old.
  Herror ErrorNumber() const { return error_; }
  const HString& ErrorText() const { return message_; }
  HTuple UserData() const;
  /// Error code, operator and message, as a tuple.
  void ToHTuple(HTuple* ExceptionData) const;
  /// Slot 'error_code', 'error_message' (or 'error_msg') or 'operator' of such a tuple.
  static void GetExceptionData(const HTuple& ExceptionData, const HTuple& Name, HTuple* Value);

  static void Throw(const HException& exception) { exception.ThrowInstance(); }
  virtual void ThrowInstance() const { throw *this; }

 protected:
  Herror error_;
  HString proc_name_, message_;
};

namespace detail {
extern "C" {  // as in htuple.h, whose macros stay out of C++
H_EXPORT Herror F_create_tuple_s_from_local8bit(Htuple* tuple, const char* value);
H_EXPORT Herror F_create_tuple_s(Htuple* tuple, const char* value);
H_EXPORT Hlong F_get_s_to_local8bit(char* buffer, Hlong size, const Htuple* tuple, Hlong index);
H_EXPORT const char* F_get_s(const Htuple* tuple, Hlong index);
H_EXPORT Herror F_destroy_tuple(Htuple* tuple);
}

/// One string as the C interface has it.
struct OneString {
  Htuple tuple;
  OneString(Herror (*create)(Htuple*, const char*), const char* text, const char* method) : tuple() {
    const Herror error = create(&tuple, text ? text : "");
    if (error != H_MSG_OK) throw HException(method, error);
  }
  OneString(const OneString&) = delete;
  OneString& operator=(const OneString&) = delete;
  ~OneString() { F_destroy_tuple(&tuple); }
};
}  // namespace detail

inline HString HString::FromLocal8bit(const char* Text) {
  const detail::OneString utf8(detail::F_create_tuple_s_from_local8bit, Text, "HString::FromLocal8bit");
  return detail::F_get_s(&utf8.tuple, 0);
}

inline const char* HString::ToLocal8bit() const {
  const detail::OneString utf8(detail::F_create_tuple_s, Text(), "HString::ToLocal8bit");
  const Hlong size = detail::F_get_s_to_local8bit(nullptr, 0, &utf8.tuple, 0);
  if (size == 0) throw HException("HString::ToLocal8bit", "found text that the local encoding cannot hold", 5244);
  std::vector<char> buffer(static_cast<std::size_t>(size));
  detail::F_get_s_to_local8bit(buffer.data(), size, &utf8.tuple, 0);
  return (local_ = buffer.data()).c_str();
}

/// An operator returned an error. The message names the parameter, what was found and what was wanted.
class HOperatorException : public HException {
 public:
  HOperatorException(const HString& ProcName, Herror Error) : HException(ProcName, Error), parameter_(0) {}
  HOperatorException(const HString& ProcName, const HString& Message, Herror Error, int Parameter = 0)
      : HException(ProcName, Message, Error), parameter_(Parameter) {}

  Herror ExtendedErrorCode() const { return error_; }
  const HString& ExtendedErrorMessage() const { return message_; }
  /// Number of the input control parameter that the error is about, from 1; 0: none in particular.
  int Parameter() const { return parameter_; }
  void ThrowInstance() const override { throw *this; }

 private:
  int parameter_;
};

/// A tuple or an element of it was used as something that it is not.
class HTupleAccessException : public HException {
 public:
  HTupleAccessException(const HString& Message, Herror Error) : HException("HTuple", Message, Error) {}
  void ThrowInstance() const override { throw *this; }
};

class HVectorAccessException : public HException {
 public:
  HVectorAccessException(const HString& Message, Herror Error) : HException("HVector", Message, Error) {}
  void ThrowInstance() const override { throw *this; }
};

class HUserException : public HException {
 public:
  explicit HUserException(const HTuple& UserData) : HException(UserData) {}
  void ThrowInstance() const override { throw *this; }
};

}  // namespace HalconCpp
#endif
