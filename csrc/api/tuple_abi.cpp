// The C tuple functions of htuple.h, F_<name> and M<name>. Both run the same bodies; M checks the tuple, index and type
// first and reports with the caller's file and line.
#define ALCEDO_NO_TUPLE_MACROS
#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>

#include "api/c_call.h"
#include "api/call.h"
#include "api/local_encoding.h"
#include "base/error.h"
#include "base/error_codes.h"
#include "htuple.h"
#include "objects/tuple.h"

static_assert(sizeof(Hlong) == 8 && sizeof(Hvalue) == 8, "64-bit layout");
static_assert(sizeof(Hcpar) == 16 && offsetof(Hcpar, type) == 8, "mixed element");
static_assert(sizeof(Htuple) == 48 && offsetof(Htuple, val) == 0 && offsetof(Htuple, type) == 8, "control tuple");
static_assert(offsetof(Htuple, num) == 16 && offsetof(Htuple, capacity) == 24, "control tuple");
static_assert(offsetof(Htuple, free) == 32 && offsetof(Htuple, elem) == 40, "control tuple");
static_assert(sizeof(HErrorInfo) == 8 + 64 + MAX_STRING, "error information");

namespace alcedo {
namespace {

// Where the caller is; nullptr: the unchecked family.
struct Place {
  const char* file;
  int line;
};

void check_alive(const Htuple* t) {
  require(t != nullptr, error::kTupleType, "the tuple is a null pointer");
  require(t->type != UNDEF_TYPE, error::kTupleDeleted, "the tuple was deleted");
}

void check_index(const Htuple* t, Hlong i) {
  check_alive(t);
  require(i >= 0 && i < t->num, error::kTupleIndex, "found index ", i, ", wanted 0 to ", t->num - 1);
}

// For at_*: the element itself must have the type; for get_d integers convert.
void check_type(const Htuple* t, Hlong i, int mask) {
  check_index(t, i);
  const int type = element_type(*t, i);
  require((type & mask) != 0, error::kElementType, "element ", i, " is ", describe_element(*t, i), ", wanted ",
          describe_type(mask & ~LONG_PAR ? mask & ~LONG_PAR : LONG_PAR));
}

// Runs check (for a checked call) and body; errors become a code by the rules of C programs.
template <class Check, class Body>
Herror run(const char* name, const Place* place, const Check& check, const Body& body) noexcept {
  HErrorInfo info{};
  const auto failed = [&](int code, const std::string& what) {
    const std::string where = place ? text(place->file, ":", place->line, ": ") : "";
    return c_result(report_error(code, 0, name, where + what, &info), info);
  };
  try {
    if (place) check();
    body();
    return H_MSG_TRUE;
  } catch (const HException& e) {
    return failed(e.code(), e.text());
  } catch (const std::bad_alloc&) {
    return failed(error::kOutOfMemory, "out of memory");
  } catch (const std::exception& e) {
    return failed(error::kInternal, e.what());
  }
}

const auto no_check = [] {};

Hvalue value_of(Hlong v) {
  Hvalue value;
  value.l = v;
  return value;
}
Hvalue value_of(double v) {
  Hvalue value;
  value.d = v;
  return value;
}
Hvalue value_of(const char* v) {
  Hvalue value;
  value.s = copy_string(v ? v : "");
  return value;
}
Hvalue value_of(Hphandle v) {
  Hvalue value;
  retain_handle(v);
  value.h = v;
  return value;
}

template <class T>
Herror create(const char* name, const Place* place, Htuple* t, int type, T v, bool reuse) {
  return run(
      name, place, [&] { require(t, error::kTupleType, "the tuple is a null pointer"); },
      [&] {
        const Hvalue value = value_of(v);
        if (reuse) tuple_clear(t);
        tuple_alloc(t, 1, type);
        t->val = value;
      });
}

template <class T>
Herror set(const char* name, const Place* place, Htuple* t, int type, T v, Hlong i) {
  return run(
      name, place, [&] { check_index(t, i); }, [&] { tuple_set(t, i, type, value_of(v)); });
}

Hvalue* element(const Htuple* t, Hlong i) {
  return t->type == MIXED_PAR ? &t->elem.cpar[i].par : reinterpret_cast<Hvalue*>(t->elem.l) + i;
}

Herror create_tuple(const Place* place, Htuple* t, Hlong n, int type) {
  return run(
      "create_tuple", place,
      [&] {
        require(t != nullptr, error::kTupleType, "the tuple is a null pointer");
        require(n >= 0, error::kTupleIndex, "found length ", n, ", wanted at least 0");
        require(type == UNDEF_PAR || type == LONG_PAR || type == DOUBLE_PAR || type == STRING_PAR ||
                    type == HANDLE_PAR || type == MIXED_PAR,
                error::kTupleType, "found type ", type, ", wanted a type of tuples");
      },
      [&] { tuple_alloc(t, n, type); });
}

Herror destroy_tuple(const Place* place, Htuple* t) {
  return run(
      "destroy_tuple", place, [&] { check_alive(t); },
      [&] {
        tuple_clear(t);
        t->type = UNDEF_TYPE;
      });
}

Herror copy_tuple(const Place* place, const Htuple* from, Htuple* to) {
  return run(
      "copy_tuple", place, [&] { check_alive(from); }, [&] { tuple_copy(*from, to); });
}

// The array changes its owner; `from` still reads it, as long as `to` lives.
Herror attach_tuple(const Place* place, Htuple* from, Htuple* to) {
  return run(
      "attach_tuple", place, [&] { check_alive(from); },
      [&] {
        Htuple source = *from;
        const bool in_place = from->elem.l == &from->val.l;
        std::memcpy(to, &source, sizeof *to);
        if (in_place) to->elem.l = &to->val.l;
        from->elem.l = to->elem.l;
        from->free = 0;
      });
}

Herror resize_tuple(const Place* place, Htuple* t, Hlong n) {
  return run(
      "resize_tuple", place,
      [&] {
        check_alive(t);
        require(n >= 0, error::kTupleIndex, "found length ", n, ", wanted at least 0");
      },
      [&] { tuple_resize(t, n); });
}

Hlong length_tuple(const Place* place, const Htuple* t) {
  Hlong n = 0;
  run(
      "length_tuple", place, [&] { check_alive(t); }, [&] { n = t->num; });
  return n;
}

int get_type(const Place* place, const Htuple* t, Hlong i) {
  int type = UNDEF_PAR;
  run(
      "get_type", place, [&] { check_alive(t); },
      [&] {
        if (t->type == MIXED_PAR ? i >= 0 && i < t->num : true) type = element_type(*t, i);
      });
  return type;
}

Herror init_s_len(const Place* place, Htuple* t, Hlong length, Hlong i) {
  return run(
      "init_s_len", place,
      [&] {
        check_index(t, i);
        require(length >= 0, error::kTupleIndex, "found length ", length, ", wanted at least 0");
      },
      [&] {
        Hvalue value;
        value.s = static_cast<char*>(std::calloc(static_cast<size_t>(length) + 1, 1));
        if (!value.s) throw std::bad_alloc();
        tuple_set(t, i, STRING_PAR, value);
      });
}

Hlong get_i(const Place* place, const Htuple* t, Hlong i) {
  Hlong value = 0;
  run(
      "get_i", place, [&] { check_type(t, i, LONG_PAR); }, [&] { value = element(t, i)->l; });
  return value;
}

double get_d(const Place* place, const Htuple* t, Hlong i) {
  double value = 0;
  run(
      "get_d", place, [&] { check_type(t, i, DOUBLE_PAR | LONG_PAR); },
      [&] {
        const Hvalue* v = element(t, i);
        value = element_type(*t, i) == LONG_PAR ? static_cast<double>(v->l) : v->d;
      });
  return value;
}

const char* get_s(const Place* place, const Htuple* t, Hlong i) {
  const char* value = "";
  run(
      "get_s", place, [&] { check_type(t, i, STRING_PAR); },
      [&] {
        if (element(t, i)->s) value = element(t, i)->s;
      });
  return value;
}

Hphandle get_h(const Place* place, const Htuple* t, Hlong i) {
  Hphandle value = HALCONC_HNULL;
  run(
      "get_h", place, [&] { check_type(t, i, HANDLE_PAR); }, [&] { value = element(t, i)->h; });
  return value;
}

// An element of its own for each thread stands in where there is none, if the program goes on after the error.
Hvalue* at(const char* name, const Place* place, const Htuple* t, Hlong i, int type) {
  static thread_local Hvalue none;
  none.l = 0;
  Hvalue* found = &none;
  run(
      name, place, [&] { check_type(t, i, type); }, [&] { found = element(t, i); });
  return found;
}

Herror create_local(const char* name, const Place* place, Htuple* t, const char* v, bool reuse) {
  std::string utf8;
  const Herror code = run(name, place, no_check, [&] { utf8 = utf8_from_local(v ? v : ""); });
  return code == H_MSG_TRUE ? create(name, place, t, STRING_PAR, utf8.c_str(), reuse) : code;
}

Herror set_local(const char* name, const Place* place, Htuple* t, const char* v, Hlong i) {
  std::string utf8;
  const Herror code = run(name, place, no_check, [&] { utf8 = utf8_from_local(v ? v : ""); });
  return code == H_MSG_TRUE ? set(name, place, t, STRING_PAR, utf8.c_str(), i) : code;
}

Hlong get_converted(const char* name, const Place* place, char* buffer, Hlong size, const Htuple* t, Hlong i,
                    bool local) {
  Hlong needed = 0;
  run(
      name, place, [&] { check_type(t, i, STRING_PAR); },
      [&] {
        const std::string utf8 = element(t, i)->s ? element(t, i)->s : "";
        const std::string converted = local ? local_from_utf8(utf8) : utf8;
        needed = static_cast<Hlong>(converted.size()) + 1;
        if (!buffer || size <= 0) return;
        const Hlong n = std::min(needed, size) - 1;
        std::memcpy(buffer, converted.data(), static_cast<size_t>(n));
        buffer[n] = 0;
      });
  return needed;
}

}  // namespace
}  // namespace alcedo

using alcedo::Place;

// Defines F_name and Mname; `body` sees `place`.
#define UNPACK(...) __VA_ARGS__
#define BOTH(result, name, arguments, body)                      \
  result F_##name(UNPACK arguments) {                            \
    constexpr const Place* place = nullptr;                      \
    return body;                                                 \
  }                                                              \
  result M##name(UNPACK arguments, const char* file, int line) { \
    const Place here{file, line};                                \
    const Place* place = &here;                                  \
    return body;                                                 \
  }

BOTH(Herror, create_tuple, (Htuple * t, Hlong n), alcedo::create_tuple(place, t, n, UNDEF_PAR))
BOTH(Herror, create_tuple_type, (Htuple * t, Hlong n, int type), alcedo::create_tuple(place, t, n, type))
BOTH(Herror, create_tuple_i, (Htuple * t, Hlong v), alcedo::create("create_tuple_i", place, t, LONG_PAR, v, false))
BOTH(Herror, create_tuple_d, (Htuple * t, double v), alcedo::create("create_tuple_d", place, t, DOUBLE_PAR, v, false))
BOTH(Herror, create_tuple_s, (Htuple * t, const char* v),
     alcedo::create("create_tuple_s", place, t, STRING_PAR, v, false))
BOTH(Herror, create_tuple_h, (Htuple * t, Hphandle v), alcedo::create("create_tuple_h", place, t, HANDLE_PAR, v, false))
BOTH(Herror, reuse_tuple_i, (Htuple * t, Hlong v), alcedo::create("reuse_tuple_i", place, t, LONG_PAR, v, true))
BOTH(Herror, reuse_tuple_d, (Htuple * t, double v), alcedo::create("reuse_tuple_d", place, t, DOUBLE_PAR, v, true))
BOTH(Herror, reuse_tuple_s, (Htuple * t, const char* v), alcedo::create("reuse_tuple_s", place, t, STRING_PAR, v, true))
BOTH(Herror, reuse_tuple_h, (Htuple * t, Hphandle v), alcedo::create("reuse_tuple_h", place, t, HANDLE_PAR, v, true))
BOTH(Herror, destroy_tuple, (Htuple * t), alcedo::destroy_tuple(place, t))
BOTH(Herror, copy_tuple, (const Htuple* from, Htuple* to), alcedo::copy_tuple(place, from, to))
BOTH(Herror, attach_tuple, (Htuple * from, Htuple* to), alcedo::attach_tuple(place, from, to))
BOTH(Herror, resize_tuple, (Htuple * t, Hlong n), alcedo::resize_tuple(place, t, n))
BOTH(Hlong, length_tuple, (const Htuple* t), alcedo::length_tuple(place, t))
BOTH(int, get_type, (const Htuple* t, Hlong i), alcedo::get_type(place, t, i))
BOTH(Herror, set_i, (Htuple * t, Hlong v, Hlong i), alcedo::set("set_i", place, t, LONG_PAR, v, i))
BOTH(Herror, set_d, (Htuple * t, double v, Hlong i), alcedo::set("set_d", place, t, DOUBLE_PAR, v, i))
BOTH(Herror, set_s, (Htuple * t, const char* v, Hlong i), alcedo::set("set_s", place, t, STRING_PAR, v, i))
BOTH(Herror, set_h, (Htuple * t, Hphandle v, Hlong i), alcedo::set("set_h", place, t, HANDLE_PAR, v, i))
BOTH(Herror, init_i, (Htuple * t, Hlong v, Hlong i), alcedo::set("init_i", place, t, LONG_PAR, v, i))
BOTH(Herror, init_d, (Htuple * t, double v, Hlong i), alcedo::set("init_d", place, t, DOUBLE_PAR, v, i))
BOTH(Herror, init_s, (Htuple * t, const char* v, Hlong i), alcedo::set("init_s", place, t, STRING_PAR, v, i))
BOTH(Herror, init_h, (Htuple * t, Hphandle v, Hlong i), alcedo::set("init_h", place, t, HANDLE_PAR, v, i))
BOTH(Herror, init_s_len, (Htuple * t, Hlong n, Hlong i), alcedo::init_s_len(place, t, n, i))
BOTH(Hlong, get_i, (const Htuple* t, Hlong i), alcedo::get_i(place, t, i))
BOTH(double, get_d, (const Htuple* t, Hlong i), alcedo::get_d(place, t, i))
BOTH(const char*, get_s, (const Htuple* t, Hlong i), alcedo::get_s(place, t, i))
BOTH(Hphandle, get_h, (const Htuple* t, Hlong i), alcedo::get_h(place, t, i))
BOTH(Hlong*, at_i, (const Htuple* t, Hlong i), &alcedo::at("at_i", place, t, i, LONG_PAR)->l)
BOTH(double*, at_d, (const Htuple* t, Hlong i), &alcedo::at("at_d", place, t, i, DOUBLE_PAR)->d)
BOTH(char**, at_s, (const Htuple* t, Hlong i), &alcedo::at("at_s", place, t, i, STRING_PAR)->s)
BOTH(Hphandle*, at_h, (const Htuple* t, Hlong i), &alcedo::at("at_h", place, t, i, HANDLE_PAR)->h)
BOTH(Herror, create_tuple_s_from_utf8, (Htuple * t, const char* v),
     alcedo::create("create_tuple_s_from_utf8", place, t, STRING_PAR, v, false))
BOTH(Herror, create_tuple_s_from_local8bit, (Htuple * t, const char* v),
     alcedo::create_local("create_tuple_s_from_local8bit", place, t, v, false))
BOTH(Herror, reuse_tuple_s_from_utf8, (Htuple * t, const char* v),
     alcedo::create("reuse_tuple_s_from_utf8", place, t, STRING_PAR, v, true))
BOTH(Herror, reuse_tuple_s_from_local8bit, (Htuple * t, const char* v),
     alcedo::create_local("reuse_tuple_s_from_local8bit", place, t, v, true))
BOTH(Herror, set_s_from_utf8, (Htuple * t, const char* v, Hlong i),
     alcedo::set("set_s_from_utf8", place, t, STRING_PAR, v, i))
BOTH(Herror, set_s_from_local8bit, (Htuple * t, const char* v, Hlong i),
     alcedo::set_local("set_s_from_local8bit", place, t, v, i))
BOTH(Herror, init_s_from_utf8, (Htuple * t, const char* v, Hlong i),
     alcedo::set("init_s_from_utf8", place, t, STRING_PAR, v, i))
BOTH(Herror, init_s_from_local8bit, (Htuple * t, const char* v, Hlong i),
     alcedo::set_local("init_s_from_local8bit", place, t, v, i))
BOTH(Hlong, get_s_to_utf8, (char* buffer, Hlong size, const Htuple* t, Hlong i),
     alcedo::get_converted("get_s_to_utf8", place, buffer, size, t, i, false))
BOTH(Hlong, get_s_to_local8bit, (char* buffer, Hlong size, const Htuple* t, Hlong i),
     alcedo::get_converted("get_s_to_local8bit", place, buffer, size, t, i, true))

Herror SetHcInterfaceStringEncodingIsUtf8(int is_utf8) {
  return alcedo::run("SetHcInterfaceStringEncodingIsUtf8", nullptr, alcedo::no_check, [&] {
    alcedo::require(is_utf8 || alcedo::local_encoding_is_utf8(), alcedo::error::kNotImplemented,
                    "strings are always UTF-8 here; use the ..._from_local8bit functions");
  });
}

int IsHcInterfaceStringEncodingUtf8(void) { return 1; }
