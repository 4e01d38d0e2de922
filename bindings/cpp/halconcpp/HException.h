// What failed operators and misused tuples throw.
#ifndef HALCONCPP_HEXCEPTION_H
#define HALCONCPP_HEXCEPTION_H

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
