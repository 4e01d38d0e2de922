// HTuple: control tuple with value semantics (shared storage, copied on write).
#ifndef HALCONCPP_HTUPLE_H
#define HALCONCPP_HTUPLE_H

#include <type_traits>

#include "TupleData.h"

// Of htuple.h, whose macros C++ programs do not want.
extern "C" {
H_EXPORT Herror F_copy_tuple(const Htuple* from, Htuple* to);
H_EXPORT Herror F_resize_tuple(Htuple* tuple, Hlong length);
}

namespace HalconCpp {

class HTupleElement;

enum HTupleType {
  eTupleTypeEmpty = UNDEF_PAR,
  eTupleTypeLong = LONG_PAR,
  eTupleTypeDouble = DOUBLE_PAR,
  eTupleTypeString = STRING_PAR,
  eTupleTypeMixed = MIXED_PAR,
  eTupleTypeHandle = HANDLE_PAR
};

enum HTupleElementType {
  eElementTypeUndef = UNDEF_PAR,
  eElementTypeLong = LONG_PAR,
  eElementTypeDouble = DOUBLE_PAR,
  eElementTypeString = STRING_PAR,
  eElementTypeMixed = MIXED_PAR,
  eElementTypeHandle = HANDLE_PAR
};

class HTuple {
 public:
  HTuple() : data_(nullptr) {}
  HTuple(int l) : data_(nullptr) { Add(detail::Long(l)); }
  HTuple(Hlong l) : data_(nullptr) { Add(detail::Long(l)); }
  HTuple(float d) : data_(nullptr) { Add(detail::Double(d)); }
  HTuple(double d) : data_(nullptr) { Add(detail::Double(d)); }
  HTuple(const char* s) : data_(nullptr) { Add(detail::String(s)); }
#ifdef _WIN32
  HTuple(const wchar_t* s) : data_(nullptr) { Add(detail::String(HString(s).Text())); }
#endif
  HTuple(const HString& s) : data_(nullptr) { Add(detail::String(s.Text())); }
  HTuple(const HHandle& h) : data_(nullptr) { Add(detail::Handle(h.Raw())); }
  HTuple(const HTupleElement& element);
  HTuple(const int* l, Hlong num) : data_(nullptr) { AddAll(l, num, detail::Long); }
  HTuple(const Hlong* l, Hlong num) : data_(nullptr) { AddAll(l, num, detail::Long); }
  HTuple(const float* d, Hlong num) : data_(nullptr) { AddAll(d, num, detail::Double); }
  HTuple(const double* d, Hlong num) : data_(nullptr) { AddAll(d, num, detail::Double); }
  HTuple(const char* const* s, Hlong num) : data_(nullptr) { AddAll(s, num, detail::String); }
  /// Mixed elements.
  HTuple(const Hcpar* elements, Hlong num) : data_(nullptr) { AddAll(elements, num, Same); }
  /// `Length` times the value `Value`.
  HTuple(const HTuple& Length, const HTuple& Value) : data_(nullptr) {
    for (Hlong i = Length.L(); i > 0; --i) Add(Value.At(0));
  }
  /// A copy of a tuple of the C interface, or (copy = false) the tuple itself, which an operator created.
  explicit HTuple(const Hctuple& tuple, bool copy = true);
  HTuple(const HTuple& other) : data_(other.data_) {
    if (data_) data_->Retain();
  }
  HTuple(HTuple&& other) noexcept : data_(other.data_) { other.data_ = nullptr; }
  ~HTuple() {
    if (data_) data_->Release();
  }
  HTuple& operator=(const HTuple& other) {
    HTuple copy(other);
    Swap(copy);
    return *this;
  }
  HTuple& operator=(HTuple&& other) noexcept {
    Swap(other);
    return *this;
  }

  void Clear() { *this = HTuple(); }
  Hlong Length() const { return data_ ? data_->Num() : 0; }
  HTupleType Type() const { return Length() > 0 ? static_cast<HTupleType>(data_->Raw().type) : eTupleTypeEmpty; }
  /// A copy with storage of its own.
  HTuple Clone() const {
    HTuple copy(*this);
    copy.Own();
    return copy;
  }
  /// Appends in place.
  HTuple& Append(const HTuple& tuple) {
    const HTuple other(tuple);  // also when a tuple is appended to itself
    for (Hlong i = 0; i < other.Length(); ++i) Add(other.At(i));
    return *this;
  }
  HTuple TupleConcat(const HTuple& T2) const { return HTuple(*this).Append(T2); }
  HString ToString() const;

  HTupleElement operator[](Hlong index);
  HTupleElement operator[](const HTuple& index);
  HTupleElement operator[](const HTupleElement& index);
  const HTupleElement operator[](Hlong index) const;
  const HTupleElement operator[](const HTuple& index) const;
  const HTupleElement operator[](const HTupleElement& index) const;

  /// The first element. Integers convert to double; nothing else converts.
  int I() const { return static_cast<int>(L()); }
  Hlong L() const { return detail::AsLong(First()); }
  double D() const { return detail::AsDouble(First()); }
  HString S() const { return detail::AsText(First()); }
  HHandle H() const { return detail::AsHandle(First()); }
  operator int() const { return I(); }
  operator Hlong() const { return L(); }
  operator float() const { return static_cast<float>(D()); }
  operator double() const { return D(); }
  operator HString() const { return S(); }
  operator HHandle() const { return H(); }

  /// The internal array; writing to it changes every tuple that shares it. Another type is an error.
  Hlong* LArr() { return Array(LONG_PAR).l; }
  double* DArr() { return Array(DOUBLE_PAR).d; }
  char** SArr() { return Array(STRING_PAR).s; }
  Hcpar* PArr() { return Array(MIXED_PAR).cpar; }
  /// Copies, to be given to DeleteArr; elements of another type become 0 and "".
  Hlong* ToLArr() const;
  double* ToDArr() const;
  char** ToSArr() const;
  static void DeleteArr(Hlong* array) { delete[] array; }
  static void DeleteArr(double* array) { delete[] array; }
  static void DeleteArr(char** array) { delete[] reinterpret_cast<char*>(array); }

  /// A tuple of the C interface with the same elements, which the caller destroys; not copied (copy = false) it is this
  /// tuple's own, which must not be destroyed.
  Hctuple GetHctuple(bool copy = true) const;
  /// The tuple as the C interface sees it; lives as long as this one is not changed.
  const Hctuple& GetHctupleRef() const;

#include "generated/HTuple_methods.h"

  // Elements in the representation of the C interface: for the parts of this header.
  Hcpar At(Hlong i) const {
    if (i < 0 || i >= Length())
      throw HTupleAccessException("index " + detail::Number(i) + " is outside of a tuple of " + detail::Number(Length()), 2402);
    return data_->At(i);
  }
  void Add(const Hcpar& value) { Own().Append(value); }
  void Set(Hlong i, const Hcpar& value) {
    if (i < 0) throw HTupleAccessException("index " + detail::Number(i) + " is negative", 2402);
    Own().Set(i, value);
  }
  /// Takes over a tuple that an operator created, which is empty afterwards.
  static HTuple FromResult(Htuple* result) {
    HTuple tuple;
    if (result->num > 0)
      tuple.data_ = new detail::TupleData(result);
    else
      HDestroyTuples(result, 1);
    return tuple;
  }

 private:
  static Hcpar Same(const Hcpar& value) { return value; }
  template <class T, class Make>
  void AddAll(const T* values, Hlong num, Make make) {
    for (Hlong i = 0; i < num; ++i) Add(make(values[i]));
  }
  Hcpar First() const {
    if (Length() == 0) throw HTupleAccessException("the tuple is empty", 2402);
    return data_->At(0);
  }
  detail::TupleData& Own() {
    if (!data_) {
      data_ = new detail::TupleData();
    } else if (!data_->Writable()) {
      detail::TupleData* copy = new detail::TupleData(*data_);
      data_->Release();
      data_ = copy;
    }
    return *data_;
  }
  decltype(Hctuple::elem) Array(int type) {
    if (Type() != type) throw HTupleAccessException("the tuple is of another type", 2400);
    return data_->Raw().elem;
  }
  void Swap(HTuple& other) {
    detail::TupleData* mine = data_;
    data_ = other.data_;
    other.data_ = mine;
  }

  detail::TupleData* data_;
};

}  // namespace HalconCpp
#endif
