// HTupleElement: what indexing an HTuple gives; assigning to it writes to the tuple, which grows where needed.
#ifndef HALCONCPP_HTUPLEELEMENT_H
#define HALCONCPP_HTUPLEELEMENT_H

#include "HTuple.h"

namespace HalconCpp {

class HTupleElement {
 public:
  HTupleElement() : parent_(nullptr) {}
  HTupleElement(int l) : parent_(nullptr), value_(l) {}
  HTupleElement(Hlong l) : parent_(nullptr), value_(l) {}
  HTupleElement(float d) : parent_(nullptr), value_(d) {}
  HTupleElement(double d) : parent_(nullptr), value_(d) {}
  HTupleElement(const char* s) : parent_(nullptr), value_(s) {}
#ifdef _WIN32
  HTupleElement(const wchar_t* s) : parent_(nullptr), value_(s) {}
#endif
  HTupleElement(const HString& s) : parent_(nullptr), value_(s) {}
  HTupleElement(const HHandle& h) : parent_(nullptr), value_(h) {}
  /// Elements `index` of a tuple that outlives this.
  HTupleElement(HTuple* parent, const HTuple& index) : parent_(parent), index_(index) {}
  HTupleElement(const HTupleElement& other) : parent_(other.parent_), index_(other.index_), value_(other.value_) {}

  HTupleElement& operator=(const HTupleElement& other) { return Write(other.ToTuple()); }
  template <class Value>
  HTupleElement& operator=(const Value& value) {
    return Write(HTuple(value));
  }
  template <class Value>
  HTupleElement& operator+=(const Value& value);
  template <class Value>
  HTupleElement& operator-=(const Value& value);
  template <class Value>
  HTupleElement& operator*=(const Value& value);

  HTupleElementType Type(Hlong i = 0) const {
    return IndexInBounds(i) ? static_cast<HTupleElementType>(At(i).type) : eElementTypeUndef;
  }
  int I(Hlong i = 0) const { return static_cast<int>(L(i)); }
  Hlong L(Hlong i = 0) const { return detail::AsLong(At(i)); }
  double D(Hlong i = 0) const { return detail::AsDouble(At(i)); }
  HString S(Hlong i = 0) const { return detail::AsText(At(i)); }
  /// The text itself; lives until the tuple changes.
  const char* C(Hlong i = 0) const { return detail::AsText(At(i)); }
  HHandle H(Hlong i = 0) const { return detail::AsHandle(At(i)); }

  Hlong Index(Hlong i = 0) const { return parent_ ? index_.At(i).par.l : i; }
  Hlong Length() const { return parent_ ? index_.Length() : value_.Length(); }
  Hlong ParentLength() const { return parent_ ? parent_->Length() : value_.Length(); }
  bool IndexInBounds(Hlong i = 0) const { return i < Length() && Index(i) >= 0 && Index(i) < ParentLength(); }

  operator int() const { return I(); }
  operator Hlong() const { return L(); }
  operator float() const { return static_cast<float>(D()); }
  operator double() const { return D(); }
  operator const char*() const { return C(); }
  operator HString() const { return S(); }
  operator HHandle() const { return H(); }

  HTuple ToTuple() const {
    if (!parent_) return value_;
    HTuple tuple;
    for (Hlong i = 0; i < Length(); ++i) tuple.Add(At(i));
    return tuple;
  }

 private:
  Hcpar At(Hlong i) const { return parent_ ? parent_->At(Index(i)) : value_.At(i); }

  HTupleElement& Write(const HTuple& values) {
    if (!parent_) {
      value_ = values;
      return *this;
    }
    if (values.Length() != 1 && values.Length() != Length())
      throw HTupleAccessException(detail::Number(Length()) + " elements cannot take " +
                                      detail::Number(values.Length()) + " values", 2402);
    for (Hlong i = 0; i < Length(); ++i) parent_->Set(Index(i), values.At(values.Length() == 1 ? 0 : i));
    return *this;
  }

  HTuple* parent_;  // nullptr: a value of its own
  HTuple index_, value_;
};

inline HString::HString(const HTupleElement& Element) { *this = Element.S(); }

inline HTuple::HTuple(const HTupleElement& element) : data_(nullptr) { *this = element.ToTuple(); }
inline HTupleElement HTuple::operator[](Hlong index) { return HTupleElement(this, HTuple(index)); }
inline HTupleElement HTuple::operator[](const HTuple& index) { return HTupleElement(this, index); }
inline HTupleElement HTuple::operator[](const HTupleElement& index) { return (*this)[index.ToTuple()]; }
inline const HTupleElement HTuple::operator[](Hlong index) const { return (*this)[HTuple(index)]; }
inline const HTupleElement HTuple::operator[](const HTupleElement& index) const { return (*this)[index.ToTuple()]; }
inline const HTupleElement HTuple::operator[](const HTuple& index) const {
  return HTupleElement(const_cast<HTuple*>(this), index);
}

inline HTuple::HTuple(const Hctuple& tuple, bool copy) : data_(nullptr) {
  if (copy) {
    for (Hlong i = 0; i < tuple.num; ++i) {
      Hcpar element = Hcpar();
      element.par.l = tuple.type == MIXED_PAR ? tuple.elem.cpar[i].par.l : tuple.elem.l[i];
      element.type = tuple.type == MIXED_PAR ? tuple.elem.cpar[i].type : tuple.type;
      Add(element);
    }
  } else {
    *this = FromResult(const_cast<Hctuple*>(&tuple));
  }
}

inline HString HTuple::ToString() const {
  if (Length() == 1) return detail::Printed(At(0));
  HString text("[");
  for (Hlong i = 0; i < Length(); ++i) text += (i > 0 ? HString(", ") : HString()) + detail::Printed(At(i));
  return text += "]";
}

inline Hlong* HTuple::ToLArr() const {
  Hlong* array = new Hlong[static_cast<std::size_t>(Length())];
  for (Hlong i = 0; i < Length(); ++i) {
    const Hcpar value = At(i);
    array[i] = value.type == LONG_PAR ? value.par.l : value.type == DOUBLE_PAR ? static_cast<Hlong>(value.par.d) : 0;
  }
  return array;
}

inline double* HTuple::ToDArr() const {
  double* array = new double[static_cast<std::size_t>(Length())];
  for (Hlong i = 0; i < Length(); ++i) {
    const Hcpar value = At(i);
    array[i] = value.type == LONG_PAR || value.type == DOUBLE_PAR ? detail::AsDouble(value) : 0;
  }
  return array;
}

/// One block: the pointers, then the texts.
inline char** HTuple::ToSArr() const {
  std::size_t bytes = static_cast<std::size_t>(Length()) * sizeof(char*);
  const std::size_t pointers = bytes;
  for (Hlong i = 0; i < Length(); ++i) bytes += At(i).type == STRING_PAR ? std::strlen(At(i).par.s) + 1 : 1;
  char* block = new char[bytes];
  char** array = reinterpret_cast<char**>(block);
  char* text = block + pointers;
  for (Hlong i = 0; i < Length(); ++i) {
    const char* source = At(i).type == STRING_PAR ? At(i).par.s : "";
    array[i] = std::strcpy(text, source);
    text += std::strlen(source) + 1;
  }
  return array;
}

inline Hctuple HTuple::GetHctuple(bool copy) const {
  Hctuple tuple = GetHctupleRef();
  if (!copy || tuple.num == 0) return tuple;
  if (F_copy_tuple(&GetHctupleRef(), &tuple) != H_MSG_OK) throw std::bad_alloc();
  // Returned by value, one element must not lie in the tuple that is left behind.
  if (tuple.elem.l == &tuple.val.l && F_resize_tuple(&tuple, 2) == H_MSG_OK) tuple.num = 1;
  return tuple;
}

inline const Hctuple& HTuple::GetHctupleRef() const {
  static const Hctuple kEmpty = Hctuple();
  return data_ ? data_->Raw() : kEmpty;
}

inline HException::HException(const HTuple& ExceptionData)
    : error_(static_cast<Herror>(ExceptionData[0].L())),
      proc_name_(ExceptionData.Length() > 1 ? ExceptionData[1].S() : HString()),
      message_(ExceptionData.Length() > 2 ? ExceptionData[2].S() : HString()) {}

inline HTuple HException::UserData() const {
  HTuple data;
  ToHTuple(&data);
  return data;
}

inline void HException::ToHTuple(HTuple* ExceptionData) const {
  *ExceptionData = HTuple(static_cast<Hlong>(error_)).Append(proc_name_).Append(message_);
}

inline void HException::GetExceptionData(const HTuple& ExceptionData, const HTuple& Name, HTuple* Value) {
  const HString name = Name.S();
  if (name == "error_code")
    *Value = HTuple(ExceptionData[0]);
  else if (name == "operator")
    *Value = HTuple(ExceptionData[1]);
  else if (name == "error_message" || name == "error_msg")
    *Value = HTuple(ExceptionData[2]);
  else
    throw HException("HException::GetExceptionData", HString("there is no slot ") + name, 1302);
}

template <class Tool>
void HHandleArray<Tool>::SetFromTuple(const HTuple& Handles) {
  std::vector<Tool> tools;
  for (Hlong i = 0; i < Handles.Length(); ++i) tools.push_back(Tool(Handles[i].H()));
  tools_.swap(tools);
}

template <class Tool>
HTuple HHandleArray<Tool>::ConvertToTuple() const {
  HTuple tuple;
  for (std::size_t i = 0; i < tools_.size(); ++i) tuple.Add(detail::Handle(tools_[i].Raw()));
  return tuple;
}

}  // namespace HalconCpp
#endif
