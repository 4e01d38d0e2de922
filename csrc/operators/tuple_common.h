// What the tuple operators share: pairing of operands, comparison of elements, numbers as text.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "api/args.h"

namespace alcedo::operators {

constexpr Hlong kMaxTupleLength = Hlong{1} << 30;

// Operands of the same length, or one of them of length 1; an empty one gives length 0. Else error 1402.
struct Pairs {
  Pairs(const Args& args, int first, int second);
  Hlong size;
  Hlong a(Hlong i) const { return one_a ? 0 : i; }
  Hlong b(Hlong i) const { return one_b ? 0 : i; }
  bool one_a, one_b;
};

// Integers and reals as numbers, strings by code. Elements of different kinds: numbers before strings before handles.
int compare_elements(const Htuple& a, Hlong i, const Htuple& b, Hlong j);
bool equal_elements(const Htuple& a, Hlong i, const Htuple& b, Hlong j);  // NaN equals nothing

bool both_ints(const Htuple& a, Hlong i, const Htuple& b, Hlong j);
void require_one_kind(const Args& args, int i);  // error 1201...: strings mixed with numbers

// Standard text of an element that is no handle; reals with 12 digits and always a point or exponent.
std::string element_text(const Htuple& tuple, Hlong i);
std::string format_c(const char* format, double value);  // printf of one value, in the C locale
std::string format_c(const char* format, long long value);
// A whole string as a number: integer (0x.. hexadecimal, 0.. octal) or real. False: it is none.
bool parse_number(const std::string& text, Tuple* number);

// Offsets of the characters of a UTF-8 string, and its length at the end.
std::vector<size_t> characters_of(const std::string& utf8);

void map_elements(Args& args, const std::function<void(const Htuple&, Hlong, Tuple*)>& fn);  // input 0 to output 0

}  // namespace alcedo::operators
