// Types of tuples and of their elements.
#include <cmath>
#include <functional>

#include "operators/tuple_common.h"

namespace alcedo::operators {
namespace {

using Test = std::function<bool(const Htuple&, Hlong)>;

void each(Args& args, const Test& test) {
  map_elements(args, [&](const Htuple& t, Hlong i, Tuple* out) { out->push(test(t, i) ? 1 : 0); });
}

// Whether the tuple is stored as this type; a mixed one is not, whatever its elements are.
void is_stored_as(Args& args, int types) {
  const Htuple& t = args.in(0);
  args.out(0, t.num == 0 || (t.type & types) != 0 ? 1 : 0);
}

Test has_type(int type) {
  return [type](const Htuple& t, Hlong i) { return element_type(t, i) == type; };
}

bool is_serializable(const Htuple& t, Hlong i) {
  if (element_type(t, i) != HANDLE_PAR) return true;
  const Handle handle(handle_at(t, i));
  return handle && handle.get()->type->serialize && handle.get()->content();
}

}  // namespace

void tuple_is_int(Args& args) { is_stored_as(args, LONG_PAR); }
void tuple_is_real(Args& args) { is_stored_as(args, DOUBLE_PAR); }
void tuple_is_string(Args& args) { is_stored_as(args, STRING_PAR); }
void tuple_is_handle(Args& args) { is_stored_as(args, HANDLE_PAR); }
void tuple_is_mixed(Args& args) { args.out(0, args.in(0).num > 0 && args.in(0).type == MIXED_PAR ? 1 : 0); }

void tuple_is_int_elem(Args& args) { each(args, has_type(LONG_PAR)); }
void tuple_is_real_elem(Args& args) { each(args, has_type(DOUBLE_PAR)); }
void tuple_is_string_elem(Args& args) { each(args, has_type(STRING_PAR)); }
void tuple_is_handle_elem(Args& args) { each(args, has_type(HANDLE_PAR)); }
void tuple_is_serializable_elem(Args& args) { each(args, is_serializable); }

void tuple_is_serializable(Args& args) {
  bool all = true;
  for (Hlong i = 0; i < args.in_length(0); ++i) all = all && is_serializable(args.in(0), i);
  args.out(0, all ? 1 : 0);
}

void tuple_is_number(Args& args) {
  each(args, [](const Htuple& t, Hlong i) {
    Tuple ignored;
    return is_number(t, i) || (element_type(t, i) == STRING_PAR && parse_number(string_at(t, i), &ignored));
  });
}

void tuple_is_nan_elem(Args& args) {
  each(args, [](const Htuple& t, Hlong i) { return element_type(t, i) == DOUBLE_PAR && std::isnan(real_at(t, i)); });
}

void tuple_type(Args& args) { args.out(0, args.in_length(0) == 0 ? ANY_TUPLE : args.in(0).type); }

void tuple_type_elem(Args& args) {
  map_elements(args, [](const Htuple& t, Hlong i, Tuple* out) { out->push(element_type(t, i)); });
}

}  // namespace alcedo::operators
