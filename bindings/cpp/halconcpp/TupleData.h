// Storage of HTuple: one Htuple of the C interface and a reference count. Tuples that operators return are taken over
// as they are (`from_core`) and copied to memory of our own only when they are written to.
#ifndef HALCONCPP_TUPLEDATA_H
#define HALCONCPP_TUPLEDATA_H

#include <atomic>
#include <new>

#include "Element.h"

namespace HalconCpp {
namespace detail {

class TupleData {
 public:
  TupleData() : uses_(1), from_core_(false) { Reset(); }

  /// Takes over a tuple that an operator created.
  explicit TupleData(Htuple* result) : tuple_(*result), uses_(1), from_core_(true) {
    if (result->elem.l == &result->val.l) tuple_.elem.l = &tuple_.val.l;
    *result = Htuple();
  }

  TupleData(const TupleData& other) : uses_(1), from_core_(false) {
    Reset();
    const Hlong num = other.tuple_.num;
    if (num == 0) return;
    Reserve(num, other.tuple_.type);
    std::memcpy(tuple_.elem.l, other.tuple_.elem.l, static_cast<std::size_t>(num) * ElementSize());
    tuple_.num = num;
    if (tuple_.type == LONG_PAR || tuple_.type == DOUBLE_PAR) return;
    for (Hlong i = 0; i < num; ++i) StoreAt(i, other.At(i));
  }

  ~TupleData() {
    if (from_core_) {
      HDestroyTuples(&tuple_, 1);
      return;
    }
    if (tuple_.type != LONG_PAR && tuple_.type != DOUBLE_PAR)
      for (Hlong i = 0; i < tuple_.num; ++i) Free(At(i));
    std::free(tuple_.elem.l);
  }

  void Retain() { uses_.fetch_add(1, std::memory_order_relaxed); }
  void Release() {
    if (uses_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }
  /// May be written to without anybody else noticing.
  bool Writable() const { return !from_core_ && uses_.load(std::memory_order_acquire) == 1; }

  Htuple& Raw() { return tuple_; }
  Hlong Num() const { return tuple_.num; }

  /// One element; text and handle stay with the tuple.
  Hcpar At(Hlong i) const {
    if (tuple_.type == MIXED_PAR) return tuple_.elem.cpar[i];
    Hcpar element = Hcpar();
    element.par.l = tuple_.elem.l[i];  // all pure arrays have 8-byte elements
    element.type = tuple_.type;
    return element;
  }

  void Set(Hlong i, const Hcpar& value) {
    if (i >= tuple_.num) {
      while (tuple_.num < i) Append(Long(0));
      Append(value);
      return;
    }
    if (tuple_.type != MIXED_PAR && tuple_.type != value.type) Mix();
    const Hcpar old = At(i);
    StoreAt(i, value);
    Free(old);
  }

  void Append(const Hcpar& value) {
    if (tuple_.num > 0 && tuple_.type != MIXED_PAR && tuple_.type != value.type) Mix();
    Reserve(tuple_.num + 1, tuple_.num > 0 ? tuple_.type : value.type);
    StoreAt(tuple_.num, value);
    ++tuple_.num;
  }

  /// Makes room for `num` elements of type `type` (which is that of the elements already there).
  void Reserve(Hlong num, int type) {
    tuple_.type = type;
    if (num <= tuple_.capacity) return;
    const Hlong capacity = num > 2 * tuple_.capacity ? num : 2 * tuple_.capacity;
    Resize(capacity);
  }

 private:
  void Reset() { tuple_ = Htuple(); }
  std::size_t ElementSize() const { return tuple_.type == MIXED_PAR ? sizeof(Hcpar) : sizeof(Hvalue); }

  void Resize(Hlong capacity) {
    void* memory = std::realloc(tuple_.elem.l, static_cast<std::size_t>(capacity) * ElementSize());
    if (!memory) throw std::bad_alloc();
    tuple_.elem.l = static_cast<Hlong*>(memory);
    tuple_.capacity = capacity;
  }

  /// Pure storage becomes an array of elements with their own types.
  void Mix() {
    const int type = tuple_.type;
    tuple_.type = MIXED_PAR;
    Resize(tuple_.capacity);
    for (Hlong i = tuple_.num - 1; i >= 0; --i) {
      Hcpar element = Hcpar();
      std::memcpy(&element.par, tuple_.elem.l + i, sizeof element.par);
      element.type = type;
      tuple_.elem.cpar[i] = element;
    }
  }

  /// Writes a copy of the value: text is duplicated, a handle gets one more reference.
  void StoreAt(Hlong i, const Hcpar& value) {
    Hcpar copy = value;
    if (value.type == STRING_PAR) {
      const std::size_t bytes = std::strlen(value.par.s) + 1;
      copy.par.s = static_cast<char*>(std::malloc(bytes));
      if (!copy.par.s) throw std::bad_alloc();
      std::memcpy(copy.par.s, value.par.s, bytes);
    } else if (value.type == HANDLE_PAR && value.par.h) {
      HCopyHandle(value.par.h);
    }
    if (tuple_.type == MIXED_PAR)
      tuple_.elem.cpar[i] = copy;
    else
      std::memcpy(tuple_.elem.l + i, &copy.par, sizeof copy.par);
  }

  static void Free(const Hcpar& value) {
    if (value.type == STRING_PAR) std::free(value.par.s);
    if (value.type == HANDLE_PAR && value.par.h) HReleaseHandle(value.par.h);
  }

  Htuple tuple_;
  std::atomic<long> uses_;
  bool from_core_;

  TupleData& operator=(const TupleData&);
};

}  // namespace detail
}  // namespace HalconCpp
#endif
