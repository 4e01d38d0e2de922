#include "objects/tuple.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "base/error.h"
#include "base/error_codes.h"
#include "base/kept_memory.h"

namespace alcedo {
namespace {

bool is_pure(int type) { return type == LONG_PAR || type == DOUBLE_PAR || type == STRING_PAR || type == HANDLE_PAR; }

size_t element_size(int type) { return type == MIXED_PAR ? sizeof(Hcpar) : sizeof(Hvalue); }

bool in_place(const Htuple& t) { return static_cast<const void*>(t.elem.l) == &t.val; }

// Whether elements and array belong to the tuple.
bool owns(const Htuple& t) { return t.free || in_place(t); }

Hvalue value_at(const Htuple& t, Hlong i) {
  if (t.type == MIXED_PAR) return t.elem.cpar[i].par;
  Hvalue value;
  value.l = t.elem.l[i];
  return value;
}

void release_value(int type, Hvalue value) noexcept {
  if (type == STRING_PAR) std::free(value.s);
  if (type == HANDLE_PAR) release_handle(value.h);
}

Hvalue copy_value(int type, Hvalue value) {
  if (type == STRING_PAR) value.s = copy_string(value.s ? value.s : "");
  if (type == HANDLE_PAR) retain_handle(value.h);
  return value;
}

void* allocate(Hlong n, size_t size) {
  if (n < 0 || static_cast<uint64_t>(n) > SIZE_MAX / size / 2) throw std::bad_alloc();
  void* memory = kept_calloc(static_cast<size_t>(n) * size);
  if (!memory) throw std::bad_alloc();
  return memory;
}

void empty(Htuple* t) noexcept { std::memset(t, 0, sizeof *t); }

// Gives the tuple room for n elements of its type.
void grow(Htuple* t, Hlong n) {
  if (n <= t->capacity && owns(*t)) return;
  const Hlong capacity = std::max(n, t->capacity + t->capacity / 2);
  const size_t size = element_size(t->type);
  void* memory = allocate(capacity, size);
  if (t->num) std::memcpy(memory, t->elem.l, static_cast<size_t>(t->num) * size);
  if (t->free) kept_free(t->elem.l);
  t->elem.l = static_cast<Hlong*>(memory);
  t->capacity = capacity;
  t->free = 1;
}

void to_mixed(Htuple* t) {
  if (t->type == MIXED_PAR) return;
  const Hlong capacity = std::max<Hlong>(t->capacity, 2);
  auto* mixed = static_cast<Hcpar*>(allocate(capacity, sizeof(Hcpar)));
  for (Hlong i = 0; i < t->num; ++i) {
    mixed[i].par = value_at(*t, i);
    mixed[i].type = t->type;
  }
  if (t->free) kept_free(t->elem.l);
  t->val.l = 0;
  t->elem.cpar = mixed;
  t->type = MIXED_PAR;
  t->capacity = capacity;
  t->free = 1;
}

[[noreturn]] void fail_element(const Htuple& t, Hlong i, const char* wanted) {
  fail(error::kElementType, "element ", i, " is ", describe_element(t, i), ", wanted ", wanted);
}

}  // namespace

int element_type(const Htuple& t, Hlong i) { return t.type == MIXED_PAR ? t.elem.cpar[i].type : t.type; }

int64_t int_at(const Htuple& t, Hlong i) {
  if (element_type(t, i) != LONG_PAR) fail_element(t, i, "an integer");
  return value_at(t, i).l;
}

double real_at(const Htuple& t, Hlong i) {
  const int type = element_type(t, i);
  if (type == LONG_PAR) return static_cast<double>(value_at(t, i).l);
  if (type != DOUBLE_PAR) fail_element(t, i, "a number");
  return value_at(t, i).d;
}

const char* string_at(const Htuple& t, Hlong i) {
  if (element_type(t, i) != STRING_PAR) fail_element(t, i, "a string");
  const char* s = value_at(t, i).s;
  return s ? s : "";
}

Hphandle handle_at(const Htuple& t, Hlong i) {
  if (element_type(t, i) != HANDLE_PAR) fail_element(t, i, "a handle");
  return value_at(t, i).h;
}

bool is_number(const Htuple& t, Hlong i) { return (element_type(t, i) & (LONG_PAR | DOUBLE_PAR)) != 0; }

int element_types(const Htuple& t) {
  if (t.num == 0) return 0;
  if (t.type != MIXED_PAR) return t.type;
  int mask = 0;
  for (Hlong i = 0; i < t.num; ++i) mask |= t.elem.cpar[i].type;
  return mask;
}

std::vector<int64_t> ints_of(const Htuple& t) {
  if (t.type == LONG_PAR) return {t.elem.l, t.elem.l + t.num};
  std::vector<int64_t> values;
  for (Hlong i = 0; i < t.num; ++i) values.push_back(int_at(t, i));
  return values;
}

std::vector<double> reals_of(const Htuple& t) {
  if (t.type == DOUBLE_PAR) return {t.elem.d, t.elem.d + t.num};
  std::vector<double> values;
  for (Hlong i = 0; i < t.num; ++i) values.push_back(real_at(t, i));
  return values;
}

std::vector<std::string> strings_of(const Htuple& t) {
  std::vector<std::string> values;
  for (Hlong i = 0; i < t.num; ++i) values.emplace_back(string_at(t, i));
  return values;
}

std::string describe_type(int type) {
  switch (type) {
    case LONG_PAR:
      return "an integer";
    case DOUBLE_PAR:
      return "a real";
    case STRING_PAR:
      return "a string";
    case HANDLE_PAR:
      return "a handle";
    default:
      return "an undefined element";
  }
}

std::string describe_element(const Htuple& t, Hlong i) {
  switch (element_type(t, i)) {
    case LONG_PAR:
      return std::to_string(value_at(t, i).l);
    case DOUBLE_PAR:
      return text(value_at(t, i).d);
    case STRING_PAR: {
      std::string s = string_at(t, i);
      if (s.size() > 80) s = s.substr(0, 77) + "...";
      return "'" + s + "'";
    }
    case HANDLE_PAR: {
      const Hphandle h = value_at(t, i).h;
      if (!h) return "a null handle";
      return is_live_handle(h) ? text("a ", h->type->sem_type, " handle") : "an unknown handle";
    }
    default:
      return "undefined";
  }
}

char* copy_string(std::string_view s) {
  auto* copy = static_cast<char*>(std::malloc(s.size() + 1));
  if (!copy) throw std::bad_alloc();
  std::memcpy(copy, s.data(), s.size());
  copy[s.size()] = 0;
  return copy;
}

void tuple_clear(Htuple* t) noexcept {
  if (t->type > 0 && owns(*t) && t->elem.l) {
    if (t->type == STRING_PAR || t->type == HANDLE_PAR || t->type == MIXED_PAR) {
      for (Hlong i = 0; i < t->num; ++i) release_value(element_type(*t, i), value_at(*t, i));
    }
    if (t->free) kept_free(t->elem.l);
  }
  empty(t);
}

void tuple_alloc(Htuple* t, Hlong n, int type) {
  empty(t);
  if (n == 0) return;
  if (n == 1 && type != MIXED_PAR) {
    t->elem.l = &t->val.l;
    t->type = type;  // UNDEF_PAR until the element is set
    t->capacity = 1;
  } else {
    if (type == UNDEF_PAR) type = MIXED_PAR;
    t->elem.l = static_cast<Hlong*>(allocate(n, element_size(type)));
    t->type = type;
    t->capacity = n;
    t->free = 1;
  }
  t->num = n;
}

void tuple_move(Htuple* from, Htuple* to) noexcept {
  std::memcpy(to, from, sizeof *to);
  if (in_place(*from)) to->elem.l = &to->val.l;
  empty(from);
}

void tuple_copy(const Htuple& from, Htuple* to) {
  empty(to);
  if (from.num <= 0 || from.type < 0) return;
  tuple_alloc(to, from.num, from.type);
  if (from.type == LONG_PAR || from.type == DOUBLE_PAR) {
    std::memcpy(to->elem.l, from.elem.l, static_cast<size_t>(from.num) * sizeof(Hvalue));
    return;
  }
  try {
    for (Hlong i = 0; i < from.num; ++i) {
      const int type = element_type(from, i);
      const Hvalue value = copy_value(type, value_at(from, i));
      if (from.type == MIXED_PAR) {
        to->elem.cpar[i].par = value;
        to->elem.cpar[i].type = type;
      } else {
        to->elem.l[i] = value.l;
      }
    }
  } catch (...) {
    tuple_clear(to);  // elements not reached are null
    throw;
  }
}

void tuple_resize(Htuple* t, Hlong n) {
  if (t->num == 0) {
    tuple_clear(t);
    tuple_alloc(t, n, UNDEF_PAR);
    return;
  }
  if (n > t->num && t->type == UNDEF_PAR) to_mixed(t);
  if (!owns(*t)) {
    Htuple copy;
    tuple_copy(*t, &copy);
    tuple_move(&copy, t);
  }
  if (n <= 0) return tuple_clear(t);
  for (Hlong i = n; i < t->num; ++i) release_value(element_type(*t, i), value_at(*t, i));
  if (n > t->num) {
    grow(t, n);
    const size_t size = element_size(t->type);
    std::memset(reinterpret_cast<char*>(t->elem.l) + t->num * size, 0, (n - t->num) * size);
  }
  t->num = n;
}

void tuple_set(Htuple* t, Hlong i, int type, Hvalue value) {
  if (t->type == UNDEF_PAR && t->num == 1 && i == 0) t->type = type;
  if (t->type != type) {
    if (t->num == 1 && in_place(*t)) {
      release_value(t->type, t->val);
      t->type = type;
      t->val = value;
      return;
    }
    to_mixed(t);
  }
  const int old_type = element_type(*t, i);
  const Hvalue old = value_at(*t, i);
  if (t->type == MIXED_PAR) {
    t->elem.cpar[i].par = value;
    t->elem.cpar[i].type = type;
  } else {
    t->elem.l[i] = value.l;
  }
  if (old.l != value.l || type == HANDLE_PAR) release_value(old_type, old);
}

Tuple& Tuple::operator=(Tuple&& other) noexcept {
  if (this != &other) {
    tuple_clear(&raw_);
    tuple_move(&other.raw_, &raw_);
  }
  return *this;
}

Tuple::Tuple(const std::vector<int64_t>& values) : raw_() {
  tuple_alloc(&raw_, static_cast<Hlong>(values.size()), LONG_PAR);
  if (!values.empty()) std::memcpy(raw_.elem.l, values.data(), values.size() * sizeof(int64_t));
}

Tuple::Tuple(const std::vector<double>& values) : raw_() {
  tuple_alloc(&raw_, static_cast<Hlong>(values.size()), DOUBLE_PAR);
  if (!values.empty()) std::memcpy(raw_.elem.d, values.data(), values.size() * sizeof(double));
}

Tuple Tuple::of_floats(const float* values, int64_t num) {
  Tuple tuple;
  tuple_alloc(&tuple.raw_, num, DOUBLE_PAR);
  std::copy_n(values, num, tuple.raw_.elem.d);
  return tuple;
}

Tuple::Tuple(const std::vector<std::string>& values) : Tuple() {
  reserve(static_cast<Hlong>(values.size()));
  for (const std::string& value : values) push(value);
}

Tuple::Tuple(const std::vector<Handle>& values) : Tuple() {
  reserve(static_cast<Hlong>(values.size()));
  for (const Handle& value : values) push(value);
}

void Tuple::release_to(Htuple* out) noexcept {
  if (raw_.num == 0) tuple_clear(&raw_);  // drops reserved storage and its type
  tuple_move(&raw_, out);
}

void Tuple::reserve(Hlong n) {
  if (n <= 1 || n <= raw_.capacity) return;
  if (raw_.num == 0) {
    tuple_clear(&raw_);
    raw_.elem.l = static_cast<Hlong*>(allocate(n, sizeof(Hvalue)));
    raw_.capacity = n;
    raw_.free = 1;
    raw_.type = LONG_PAR;  // taken on by the first element; all pure types have the same element size
    return;
  }
  grow(&raw_, n);
}

void Tuple::push_value(int type, Hvalue value) {
  try {
    if (raw_.num == 0) {
      if (raw_.capacity == 0) {
        raw_.elem.l = &raw_.val.l;
        raw_.capacity = 1;
      }
      raw_.type = type;
    } else {
      if (raw_.type != type) to_mixed(&raw_);
      grow(&raw_, raw_.num + 1);
    }
  } catch (...) {
    release_value(type, value);
    throw;
  }
  if (raw_.type == MIXED_PAR) {
    raw_.elem.cpar[raw_.num].par = value;
    raw_.elem.cpar[raw_.num].type = type;
  } else {
    raw_.elem.l[raw_.num] = value.l;
  }
  ++raw_.num;
}

void Tuple::push(int64_t number) {
  Hvalue value;
  value.l = number;
  push_value(LONG_PAR, value);
}

void Tuple::push(double number) {
  Hvalue value;
  value.d = number;
  push_value(DOUBLE_PAR, value);
}

void Tuple::push(std::string_view s) {
  Hvalue value;
  value.s = copy_string(s);
  push_value(STRING_PAR, value);
}

void Tuple::push(Handle handle) {
  Hvalue value;
  value.h = handle.release();
  push_value(HANDLE_PAR, value);
}

void Tuple::push_element(const Htuple& t, Hlong i) {
  const int type = element_type(t, i);
  require(is_pure(type), error::kElementType, "element ", i, " is undefined");
  push_value(type, copy_value(type, value_at(t, i)));
}

void Tuple::append(const Htuple& t) {
  if (t.num <= 0) return;
  if (raw_.num == 0) {
    *this = Tuple(t);
    return;
  }
  reserve(raw_.num + t.num);
  for (Hlong i = 0, n = t.num; i < n; ++i) push_element(t, i);
}

void Tuple::to_pure() {
  if (raw_.type != MIXED_PAR) return;
  const int type = element_types(raw_);
  if (!is_pure(type)) return;
  for (Hlong i = 0; i < raw_.num; ++i) raw_.elem.l[i] = raw_.elem.cpar[i].par.l;  // reads stay ahead of writes
  raw_.type = type;
  raw_.capacity *= 2;
}

bool operator==(const Tuple& a, const Tuple& b) {
  if (a.size() != b.size()) return false;
  for (Hlong i = 0; i < a.size(); ++i) {
    const int type = a.type_at(i);
    if (type != b.type_at(i)) return false;
    if (type == STRING_PAR   ? std::strcmp(a.string_at(i), b.string_at(i)) != 0
        : type == DOUBLE_PAR ? a.real_at(i) != b.real_at(i)
                             : value_at(a, i).l != value_at(b, i).l) {
      return false;
    }
  }
  return true;
}

}  // namespace alcedo
