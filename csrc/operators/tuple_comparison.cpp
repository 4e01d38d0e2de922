// Comparison of tuples and of their elements, logic.
#include <algorithm>

#include "operators/tuple_common.h"

namespace alcedo::operators {
namespace {

void require_comparable(const Args& args) {
  const int types = element_types(args.in(0)) | element_types(args.in(1));
  if ((types & STRING_PAR) && types != STRING_PAR) args.fail_type(1, "strings cannot be compared with numbers");
}

// Order of whole tuples: -1, 0, 1.
int compare_tuples(const Args& args) {
  require_comparable(args);
  const Htuple &a = args.in(0), &b = args.in(1);
  for (Hlong i = 0; i < std::min(a.num, b.num); ++i) {
    if (const int order = compare_elements(a, i, b, i)) return order;
  }
  return a.num < b.num ? -1 : a.num > b.num ? 1 : 0;
}

bool equal_tuples(const Args& args) {
  const Htuple &a = args.in(0), &b = args.in(1);
  if (a.num != b.num) return false;
  for (Hlong i = 0; i < a.num; ++i) {
    if (!equal_elements(a, i, b, i)) return false;
  }
  return true;
}

template <class Test>
void each_pair(Args& args, const Test& test) {
  const Htuple &a = args.in(0), &b = args.in(1);
  const Pairs pairs(args, 0, 1);
  Tuple out;
  out.reserve(pairs.size);
  for (Hlong k = 0; k < pairs.size; ++k) out.push(test(a, pairs.a(k), b, pairs.b(k)) ? 1 : 0);
  args.out(0, std::move(out));
}

template <class Test>
void each_order(Args& args, const Test& test) {
  require_comparable(args);
  each_pair(args,
            [&](const Htuple& a, Hlong i, const Htuple& b, Hlong j) { return test(compare_elements(a, i, b, j)); });
}

template <class Test>
void each_truth(Args& args, const Test& test) {
  each_pair(args, [&](const Htuple& a, Hlong i, const Htuple& b, Hlong j) {
    return test(int_at(a, i) != 0, int_at(b, j) != 0);
  });
}

}  // namespace

void tuple_equal(Args& args) { args.out(0, equal_tuples(args) ? 1 : 0); }
void tuple_not_equal(Args& args) { args.out(0, equal_tuples(args) ? 0 : 1); }
void tuple_less(Args& args) { args.out(0, compare_tuples(args) < 0 ? 1 : 0); }
void tuple_less_equal(Args& args) { args.out(0, compare_tuples(args) <= 0 ? 1 : 0); }
void tuple_greater(Args& args) { args.out(0, compare_tuples(args) > 0 ? 1 : 0); }
void tuple_greater_equal(Args& args) { args.out(0, compare_tuples(args) >= 0 ? 1 : 0); }

void tuple_equal_elem(Args& args) { each_pair(args, equal_elements); }
void tuple_not_equal_elem(Args& args) {
  each_pair(args, [](const Htuple& a, Hlong i, const Htuple& b, Hlong j) { return !equal_elements(a, i, b, j); });
}
void tuple_less_elem(Args& args) {
  each_order(args, [](int order) { return order < 0; });
}
void tuple_less_equal_elem(Args& args) {
  each_order(args, [](int order) { return order <= 0; });
}
void tuple_greater_elem(Args& args) {
  each_order(args, [](int order) { return order > 0; });
}
void tuple_greater_equal_elem(Args& args) {
  each_order(args, [](int order) { return order >= 0; });
}

void tuple_and(Args& args) {
  each_truth(args, [](bool a, bool b) { return a && b; });
}
void tuple_or(Args& args) {
  each_truth(args, [](bool a, bool b) { return a || b; });
}
void tuple_xor(Args& args) {
  each_truth(args, [](bool a, bool b) { return a != b; });
}
void tuple_not(Args& args) {
  map_elements(args, [](const Htuple& t, Hlong i, Tuple* out) { out->push(int_at(t, i) == 0 ? 1 : 0); });
}

}  // namespace alcedo::operators
