// Operators of HTuple and HTupleElement, with each other and with every kind of scalar: the operators tuple_add,
// tuple_less, ...; those on bits, which have none, are here. Comparisons look at whole tuples and give bool.
#ifndef HALCONCPP_HTUPLEOPERATORS_H
#define HALCONCPP_HTUPLEOPERATORS_H

#include "HTupleElement.h"

namespace HalconCpp {
namespace detail {

inline unsigned long long Bits(const Hcpar& value) { return static_cast<unsigned long long>(AsLong(value)); }
inline Hcpar Wrapped(unsigned long long value) { return Long(static_cast<Hlong>(value)); }
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

HALCONCPP_OPERATOR(+, HTuple, a.TupleAdd(b))
HALCONCPP_OPERATOR(-, HTuple, a.TupleSub(b))
HALCONCPP_OPERATOR(*, HTuple, a.TupleMult(b))
HALCONCPP_OPERATOR(/, HTuple, a.TupleDiv(b))
HALCONCPP_OPERATOR(%, HTuple, a.TupleMod(b))
HALCONCPP_OPERATOR(|, HTuple, detail::Each(a, b, detail::Or))
HALCONCPP_OPERATOR(&, HTuple, detail::Each(a, b, detail::And))
HALCONCPP_OPERATOR(^, HTuple, detail::Each(a, b, detail::Xor))
HALCONCPP_OPERATOR(<<, HTuple, detail::Each(a, b, detail::ShiftLeft))
HALCONCPP_OPERATOR(>>, HTuple, detail::Each(a, b, detail::ShiftRight))
HALCONCPP_OPERATOR(==, bool, a.TupleEqual(b) != 0)
HALCONCPP_OPERATOR(!=, bool, a.TupleNotEqual(b) != 0)
HALCONCPP_OPERATOR(<, bool, a.TupleLess(b) != 0)
HALCONCPP_OPERATOR(<=, bool, a.TupleLessEqual(b) != 0)
HALCONCPP_OPERATOR(>, bool, a.TupleGreater(b) != 0)
HALCONCPP_OPERATOR(>=, bool, a.TupleGreaterEqual(b) != 0)
HALCONCPP_OPERATOR(&&, bool, detail::Truth(a) && detail::Truth(b))
HALCONCPP_OPERATOR(||, bool, detail::Truth(a) || detail::Truth(b))
#undef HALCONCPP_OPERATOR

inline bool operator!(const HTuple& a) { return !detail::Truth(a); }
inline HTuple operator-(const HTuple& a) { return a.TupleNeg(); }
inline HTuple operator~(const HTuple& a) { return a ^ HTuple(-1); }
inline bool operator!(const HTupleElement& a) { return !detail::Truth(a.ToTuple()); }
inline HTuple operator-(const HTupleElement& a) { return a.ToTuple().TupleNeg(); }
inline HTuple operator~(const HTupleElement& a) { return a.ToTuple() ^ HTuple(-1); }
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
