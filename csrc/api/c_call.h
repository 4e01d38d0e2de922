// CCall: one call of an operator by a C function. Collects the arguments in their order, runs the operator, hands the
// results over, and treats errors as C programs expect it. The functions of csrc/generated/hproto.cpp are chains of it:
//   return CCall("count_obj").object(Objects).out(Number).run();
#pragma once

#include <cstdint>

#include "hcore.h"

namespace alcedo {

class CCall {
 public:
  explicit CCall(const char* operator_name) : name_(operator_name) {}
  CCall(const CCall&) = delete;
  CCall& operator=(const CCall&) = delete;

  CCall& object(Hobject object);
  CCall& object_out(Hobject* object);
  // Tuple form: the tuple is borrowed.
  CCall& in(const Htuple& tuple);
  CCall& out(Htuple* tuple);
  // Simple form: exactly one value. Handles travel as integers; an output handle hands its reference to the caller.
  CCall& in(Hlong value);
  CCall& in(double value);
  CCall& in(const char* value);
  CCall& in_handle(Hlong value);
  CCall& out(Hlong* value);
  CCall& out(double* value);
  CCall& out(char* value);  // MAX_STRING bytes

  // The error code, or no return at all if `give_error` is active.
  Herror run();

 private:
  static constexpr int kMax = 24;
  struct Target {
    int type = 0;  // 0: the tuple as it is
    void* address = nullptr;
  };
  void single(int type, Hvalue value);
  void target(int type, void* address);
  Herror store(HErrorInfo& error);
  Herror store_value(const Target& target, const Htuple& tuple, HErrorInfo& error);

  const char* name_;
  Hobject in_objects_[kMax];
  Hobject out_objects_[kMax];
  Hobject* object_targets_[kMax];
  Htuple in_controls_[kMax];
  Hvalue values_[kMax];
  Htuple out_controls_[kMax];
  Target targets_[kMax];
  int32_t num_in_objects_ = 0, num_out_objects_ = 0, num_in_controls_ = 0, num_out_controls_ = 0;
};

// What a C function does with the result of a call: with `give_error` active a message on stderr, and the end.
Herror c_result(Herror code, const HErrorInfo& error);

}  // namespace alcedo
