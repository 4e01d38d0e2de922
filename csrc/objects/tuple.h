// Control tuples. Htuple (hcore.h) is the layout that crosses the ABI; the raw functions work on it; Tuple owns one.
//
// Storage: empty; a pure array of one element type; or an array of Hcpar (MIXED_PAR), which the first element of
// another type brings about. A single pure value lives in Htuple::val with elem pointing at it. `free` is 1 if the
// array was allocated; an array that was not (free 0, elem elsewhere) is borrowed: read, never freed.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "hcore.h"
#include "objects/handle.h"

namespace alcedo {

// ---- Reading any Htuple. Indices are not checked; types are: a wrong one throws 2401.

int element_type(const Htuple& tuple, Hlong i);  // LONG_PAR, DOUBLE_PAR, STRING_PAR, HANDLE_PAR or UNDEF_PAR
int64_t int_at(const Htuple& tuple, Hlong i);
double real_at(const Htuple& tuple, Hlong i);  // integers convert
const char* string_at(const Htuple& tuple, Hlong i);
Hphandle handle_at(const Htuple& tuple, Hlong i);  // no reference added
bool is_number(const Htuple& tuple, Hlong i);
int element_types(const Htuple& tuple);  // mask of all the types that occur
std::vector<int64_t> ints_of(const Htuple& tuple);
std::vector<double> reals_of(const Htuple& tuple);
std::vector<std::string> strings_of(const Htuple& tuple);
std::string describe_element(const Htuple& tuple, Hlong i);  // "'foo'", "3", "3.5", "a dict handle": for error texts
std::string describe_type(int type);                         // "an integer", "a string", ...

// ---- Changing an Htuple in place (used by Tuple and by the C tuple functions).

char* copy_string(std::string_view text);  // malloc; throws std::bad_alloc
void tuple_clear(Htuple* tuple) noexcept;  // frees what it owns; empty afterwards
// Fresh storage for n elements of one type (zero; strings and handles null) or n undefined elements (UNDEF_PAR).
void tuple_alloc(Htuple* tuple, Hlong n, int type);
void tuple_move(Htuple* from, Htuple* to) noexcept;              // `to` is overwritten, `from` becomes empty
void tuple_copy(const Htuple& from, Htuple* to);                 // deep; `to` is overwritten
void tuple_resize(Htuple* tuple, Hlong n);                       // new elements are undefined (pure tuples: zero)
void tuple_set(Htuple* tuple, Hlong i, int type, Hvalue value);  // takes over the value, releases the old one

// ---- A tuple that owns its storage.

class Tuple {
 public:
  Tuple() noexcept : raw_() {}
  template <class I, std::enable_if_t<std::is_integral_v<I>, int> = 0>
  Tuple(I value) : raw_() {
    push(static_cast<int64_t>(value));
  }
  Tuple(double value) : raw_() { push(value); }
  Tuple(const char* value) : raw_() { push(std::string_view(value)); }
  Tuple(const std::string& value) : raw_() { push(std::string_view(value)); }
  Tuple(std::string_view value) : raw_() { push(value); }
  Tuple(Handle value) : raw_() { push(std::move(value)); }
  Tuple(const std::vector<int64_t>& values);
  Tuple(const std::vector<double>& values);
  Tuple(const std::vector<std::string>& values);
  Tuple(const std::vector<Handle>& values);
  static Tuple of_floats(const float* values, int64_t num);  // as real numbers
  explicit Tuple(const Htuple& tuple) : raw_() { tuple_copy(tuple, &raw_); }
  Tuple(const Tuple& other) : raw_() { tuple_copy(other.raw_, &raw_); }
  Tuple(Tuple&& other) noexcept { tuple_move(&other.raw_, &raw_); }
  Tuple& operator=(const Tuple& other) { return *this = Tuple(other); }
  Tuple& operator=(Tuple&& other) noexcept;
  ~Tuple() { tuple_clear(&raw_); }

  const Htuple& raw() const { return raw_; }
  operator const Htuple&() const { return raw_; }
  void release_to(Htuple* out) noexcept;  // `out` is overwritten

  Hlong size() const { return raw_.num; }
  bool empty() const { return raw_.num == 0; }
  int type_at(Hlong i) const { return element_type(raw_, i); }
  int64_t int_at(Hlong i) const { return alcedo::int_at(raw_, i); }
  double real_at(Hlong i) const { return alcedo::real_at(raw_, i); }
  const char* string_at(Hlong i) const { return alcedo::string_at(raw_, i); }
  Hphandle handle_at(Hlong i) const { return alcedo::handle_at(raw_, i); }

  void reserve(Hlong n);
  void push(int64_t value);
  void push(int value) { push(static_cast<int64_t>(value)); }
  void push(double value);
  void push(std::string_view value);
  void push(const char* value) { push(std::string_view(value)); }
  void push(const std::string& value) { push(std::string_view(value)); }
  void push(Handle value);
  void push_element(const Htuple& tuple, Hlong i);  // copy of an element of another tuple
  void append(const Htuple& tuple);
  void to_pure();  // a mixed array whose elements all have one type becomes a pure one

 private:
  void push_value(int type, Hvalue value);  // takes the value over, also if it throws
  Htuple raw_;
};

bool operator==(const Tuple& a, const Tuple& b);  // same length, element types and values

}  // namespace alcedo
