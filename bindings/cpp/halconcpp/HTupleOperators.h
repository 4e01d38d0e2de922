// Operators of HTuple and HTupleElement, with each other and with every kind of scalar. Arithmetic works element by
// element (one side may be a single value); comparisons look at whole tuples and give bool.
#ifndef HALCONCPP_HTUPLEOPERATORS_H
#define HALCONCPP_HTUPLEOPERATORS_H

#include <cmath>

#include "HTupleElement.h"

namespace HalconCpp {
namespace detail {

inline bool IsLong(const Hcpar& a, const Hcpar& b) { return a.type == LONG_PAR && b.type == LONG_PAR; }

/// Integers wrap around instead of being undefined.
inline Hcpar Wrapped(unsigned long long value) { return Long(static_cast<Hlong>(value)); }
inline unsigned long long Bits(const Hcpar& value) { return static_cast<unsigned long long>(AsLong(value)); }
inline Hlong Divisor(const Hcpar& value) {
  if (AsLong(value) == 0) throw HTupleAccessException("division by zero", 1302);
  return value.par.l;
}

inline Hcpar Plus(const Hcpar& a, const Hcpar& b) {
  return IsLong(a, b) ? Wrapped(Bits(a) + Bits(b)) : Double(AsDouble(a) + AsDouble(b));
}
inline Hcpar Minus(const Hcpar& a, const Hcpar& b) {
  return IsLong(a, b) ? Wrapped(Bits(a) - Bits(b)) : Double(AsDouble(a) - AsDouble(b));
}
inline Hcpar Times(const Hcpar& a, const Hcpar& b) {
  return IsLong(a, b) ? Wrapped(Bits(a) * Bits(b)) : Double(AsDouble(a) * AsDouble(b));
}
inline Hcpar Over(const Hcpar& a, const Hcpar& b) {
  if (!IsLong(a, b)) return Double(AsDouble(a) / AsDouble(b));
  return Divisor(b) == -1 ? Wrapped(0 - Bits(a)) : Long(a.par.l / b.par.l);
}
inline Hcpar Modulo(const Hcpar& a, const Hcpar& b) {
  return Divisor(b) == -1 ? Long(0) : Long(AsLong(a) % b.par.l);
}
inline Hcpar Or(const Hcpar& a, const Hcpar& b) { return Wrapped(Bits(a) | Bits(b)); }
inline Hcpar And(const Hcpar& a, const Hcpar& b) { return Wrapped(Bits(a) & Bits(b)); }
inline Hcpar Xor(const Hcpar& a, const Hcpar& b) { return Wrapped(Bits(a) ^ Bits(b)); }
inline Hcpar ShiftLeft(const Hcpar& a, const Hcpar& b) { return Wrapped(Bits(b) > 63 ? 0 : Bits(a) << Bits(b)); }
inline Hcpar ShiftRight(const Hcpar& a, const Hcpar& b) {
  return Long(Bits(b) > 63 ? (AsLong(a) < 0 ? -1 : 0) : AsLong(a) >> Bits(b));
}

inline Hlong CommonLength(const HTuple& a, const HTuple& b) {
  if (a.Length() != b.Length() && a.Length() != 1 && b.Length() != 1)
    throw HTupleAccessException("tuples of " + Number(a.Length()) + " and " + Number(b.Length()) +
                                    " elements do not go together", 1402);
  return a.Length() == 1 ? b.Length() : a.Length();
}

inline HTuple Each(const HTuple& a, const HTuple& b, Hcpar (*combine)(const Hcpar&, const Hcpar&)) {
  HTuple result;
  for (Hlong i = 0, num = CommonLength(a, b); i < num; ++i)
    result.Add(combine(a.At(a.Length() == 1 ? 0 : i), b.At(b.Length() == 1 ? 0 : i)));
  return result;
}

inline HString Joinable(const Hcpar& value) { return value.type == STRING_PAR ? HString(value.par.s) : Printed(value); }

/// Sums; next to a string everything is text.
inline HTuple Sum(const HTuple& a, const HTuple& b) {
  HTuple result;
  for (Hlong i = 0, num = CommonLength(a, b); i < num; ++i) {
    const Hcpar left = a.At(a.Length() == 1 ? 0 : i), right = b.At(b.Length() == 1 ? 0 : i);
    if (left.type == STRING_PAR || right.type == STRING_PAR)
      result.Append(Joinable(left) + Joinable(right));
    else
      result.Add(Plus(left, right));
  }
  return result;
}

/// -1, 0, 1; `comparable` becomes false where two elements have no order.
inline int Compare(const Hcpar& a, const Hcpar& b, bool* comparable) {
  if (a.type == STRING_PAR && b.type == STRING_PAR) {
    const int order = std::strcmp(a.par.s, b.par.s);
    return (order > 0) - (order < 0);
  }
  if (a.type == HANDLE_PAR && b.type == HANDLE_PAR) return (a.par.h > b.par.h) - (a.par.h < b.par.h);
  *comparable = a.type < STRING_PAR && b.type < STRING_PAR;
  if (!*comparable) return 0;
  if (IsLong(a, b)) return (a.par.l > b.par.l) - (a.par.l < b.par.l);
  const double left = AsDouble(a), right = AsDouble(b);
  *comparable = !std::isnan(left) && !std::isnan(right);
  return (left > right) - (left < right);
}

/// Whole tuples, element by element, then by length.
inline int Order(const HTuple& a, const HTuple& b, bool* comparable) {
  *comparable = true;
  for (Hlong i = 0; i < a.Length() && i < b.Length() && *comparable; ++i) {
    const int order = Compare(a.At(i), b.At(i), comparable);
    if (order != 0) return order;
  }
  return (a.Length() > b.Length()) - (a.Length() < b.Length());
}

inline bool Equal(const HTuple& a, const HTuple& b) {
  bool comparable = true;
  return a.Length() == b.Length() && Order(a, b, &comparable) == 0 && comparable;
}
inline int Ordered(const HTuple& a, const HTuple& b) {
  bool comparable = true;
  const int order = Order(a, b, &comparable);
  if (!comparable) throw HTupleAccessException("the tuples have elements without an order", 1401);
  return order;
}
inline bool Truth(const HTuple& a) { return a.L() != 0; }

/// A pair of operands of which at least one is a tuple or an element of one.
template <class T>
struct IsTuple : std::integral_constant<bool, std::is_same<T, HTuple>::value || std::is_same<T, HTupleElement>::value> {};
template <class A, class B, class Result>
struct Operands : std::enable_if<(IsTuple<A>::value || IsTuple<B>::value) && std::is_convertible<A, HTuple>::value &&
                                     std::is_convertible<B, HTuple>::value, Result> {};

}  // namespace detail

#define HALCONCPP_OPERATOR(op, Result, expression)                                     \
  template <class A, class B>                                                          \
  typename detail::Operands<A, B, Result>::type operator op(const A& left, const B& right) { \
    const HTuple a(left), b(right);                                                    \
    return expression;                                                                 \
  }

HALCONCPP_OPERATOR(+, HTuple, detail::Sum(a, b))
HALCONCPP_OPERATOR(-, HTuple, detail::Each(a, b, detail::Minus))
HALCONCPP_OPERATOR(*, HTuple, detail::Each(a, b, detail::Times))
HALCONCPP_OPERATOR(/, HTuple, detail::Each(a, b, detail::Over))
HALCONCPP_OPERATOR(%, HTuple, detail::Each(a, b, detail::Modulo))
HALCONCPP_OPERATOR(|, HTuple, detail::Each(a, b, detail::Or))
HALCONCPP_OPERATOR(&, HTuple, detail::Each(a, b, detail::And))
HALCONCPP_OPERATOR(^, HTuple, detail::Each(a, b, detail::Xor))
HALCONCPP_OPERATOR(<<, HTuple, detail::Each(a, b, detail::ShiftLeft))
HALCONCPP_OPERATOR(>>, HTuple, detail::Each(a, b, detail::ShiftRight))
HALCONCPP_OPERATOR(==, bool, detail::Equal(a, b))
HALCONCPP_OPERATOR(!=, bool, !detail::Equal(a, b))
HALCONCPP_OPERATOR(<, bool, detail::Ordered(a, b) < 0)
HALCONCPP_OPERATOR(<=, bool, detail::Ordered(a, b) <= 0)
HALCONCPP_OPERATOR(>, bool, detail::Ordered(a, b) > 0)
HALCONCPP_OPERATOR(>=, bool, detail::Ordered(a, b) >= 0)
HALCONCPP_OPERATOR(&&, bool, detail::Truth(a) && detail::Truth(b))
HALCONCPP_OPERATOR(||, bool, detail::Truth(a) || detail::Truth(b))
#undef HALCONCPP_OPERATOR

inline bool operator!(const HTuple& a) { return !detail::Truth(a); }
inline HTuple operator-(const HTuple& a) { return HTuple(0) - a; }
inline HTuple operator~(const HTuple& a) { return a ^ HTuple(-1); }
inline HTuple& operator++(HTuple& a) { return a = a + 1; }

template <class B>
HTuple& operator+=(HTuple& a, const B& b) {
  return a = a + HTuple(b);
}
template <class B>
HTuple& operator-=(HTuple& a, const B& b) {
  return a = a - HTuple(b);
}
template <class B>
HTuple& operator*=(HTuple& a, const B& b) {
  return a = a * HTuple(b);
}

template <class Value>
HTupleElement& HTupleElement::operator+=(const Value& value) {
  return *this = *this + HTuple(value);
}
template <class Value>
HTupleElement& HTupleElement::operator-=(const Value& value) {
  return *this = *this - HTuple(value);
}
template <class Value>
HTupleElement& HTupleElement::operator*=(const Value& value) {
  return *this = *this * HTuple(value);
}

}  // namespace HalconCpp
#endif
