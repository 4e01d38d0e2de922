// Creation, selection, order and sets of tuples.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "objects/system_settings.h"
#include "operators/tuple_common.h"

namespace alcedo::operators {
namespace {

int64_t index_in(const Args& args, int input, int64_t index, int64_t smallest, int64_t largest) {
  if (index < smallest || index > largest) {
    args.fail_value(input, "found index ", index, ", wanted ", smallest, " to ", largest);
  }
  return index;
}

Tuple range(const Htuple& t, Hlong begin, Hlong end) {
  Tuple out;
  if (t.type == LONG_PAR && end > begin) return std::vector<int64_t>(t.elem.l + begin, t.elem.l + end);
  if (t.type == DOUBLE_PAR && end > begin) return std::vector<double>(t.elem.d + begin, t.elem.d + end);
  for (Hlong i = begin; i < end; ++i) out.push_element(t, i);
  return out;
}

std::vector<Hlong> sorted_order(const Htuple& t) {
  std::vector<Hlong> order(static_cast<size_t>(t.num));
  std::iota(order.begin(), order.end(), Hlong{0});
  // NaN is put behind all numbers, so that the order is one.
  const auto is_nan = [&](Hlong i) { return element_type(t, i) == DOUBLE_PAR && std::isnan(real_at(t, i)); };
  std::stable_sort(order.begin(), order.end(), [&](Hlong i, Hlong j) {
    const bool ni = is_nan(i), nj = is_nan(j);
    return ni || nj ? !ni && nj : compare_elements(t, i, t, j) < 0;
  });
  return order;
}

Tuple pick(const Htuple& t, const std::vector<Hlong>& order) {
  Tuple out;
  out.reserve(static_cast<Hlong>(order.size()));
  for (const Hlong i : order) out.push_element(t, i);
  return out;
}

// Sorted, each element once.
Tuple as_set(const Htuple& t) {
  Tuple out;
  for (const Hlong i : sorted_order(t)) {
    if (out.empty() || !equal_elements(out, out.size() - 1, t, i)) out.push_element(t, i);
  }
  return out;
}

// Elements of set `a` that are (wanted) or are not in set `b`.
Tuple filter(const Tuple& a, const Tuple& b, bool wanted) {
  Tuple out;
  Hlong j = 0;
  for (Hlong i = 0; i < a.size(); ++i) {
    while (j < b.size() && compare_elements(b, j, a, i) < 0) ++j;
    const bool found = j < b.size() && equal_elements(b, j, a, i);
    if (found == wanted) out.push_element(a, i);
  }
  return out;
}

}  // namespace

void tuple_length(Args& args) { args.out(0, args.in_length(0)); }

void tuple_concat(Args& args) {
  Tuple out(args.in(0));
  out.append(args.in(1));
  args.out(0, std::move(out));
}

void tuple_gen_const(Args& args) {
  const int64_t n = args.in_int(0);
  if (n > kMaxTupleLength) args.fail_value(0, "found ", n, ", wanted at most ", kMaxTupleLength);
  const Htuple& value = args.in(1);
  if (element_type(value, 0) == LONG_PAR)
    return args.out(0, std::vector<int64_t>(static_cast<size_t>(n), int_at(value, 0)));
  Tuple out;
  out.reserve(n);
  for (int64_t i = 0; i < n; ++i) out.push_element(value, 0);
  args.out(0, std::move(out));
}

void tuple_gen_sequence(Args& args) {
  const double start = args.in_real(0), end = args.in_real(1), step = args.in_real(2);
  if (step == 0 || !std::isfinite(step)) args.fail_value(2, "found ", step, ", wanted another increment");
  if ((end - start) / step < 0) args.fail_value(2, "the increment ", step, " points away from the end");
  const bool ints = both_ints(args.in(0), 0, args.in(1), 0) && element_type(args.in(2), 0) == LONG_PAR;
  // For reals a little beyond the end still counts, as in 0.0, 0.1, ..., 1.0.
  const double steps = std::floor((end - start) / step + (ints ? 0 : 1e-9));
  if (!(steps < static_cast<double>(kMaxTupleLength))) args.fail_value(1, "the sequence is too long");
  Tuple out;
  out.reserve(static_cast<Hlong>(steps) + 1);
  for (int64_t i = 0; i <= static_cast<int64_t>(steps); ++i) {
    ints ? out.push(args.in_int(0) + i * args.in_int(2)) : out.push(start + static_cast<double>(i) * step);
  }
  args.out(0, std::move(out));
}

void tuple_rand(Args& args) {
  const int64_t n = args.in_int(0);
  if (n > kMaxTupleLength) args.fail_value(0, "found ", n, ", wanted at most ", kMaxTupleLength);
  std::vector<double> values(static_cast<size_t>(n));
  for (double& value : values) value = static_cast<double>(random_bits() >> 11) * 0x1p-53;
  args.out(0, values);
}

void tuple_select(Args& args) {
  const Htuple& t = args.in(0);
  Tuple out;
  for (const int64_t i : args.in_ints(1)) out.push_element(t, index_in(args, 1, i, 0, t.num - 1));
  args.out(0, std::move(out));
}

void tuple_select_range(Args& args) {
  const Htuple& t = args.in(0);
  const int64_t left = index_in(args, 1, args.in_int(1), 0, t.num);
  args.out(0, range(t, left, index_in(args, 2, args.in_int(2), left - 1, t.num - 1) + 1));
}

void tuple_first_n(Args& args) {
  args.out(0, range(args.in(0), 0, index_in(args, 1, args.in_int(1), -1, args.in_length(0) - 1) + 1));
}

void tuple_last_n(Args& args) {
  const Hlong n = args.in_length(0);
  args.out(0, range(args.in(0), index_in(args, 1, args.in_int(1), 0, n), n));
}

void tuple_select_mask(Args& args) {
  const Htuple& t = args.in(0);
  const auto mask = args.in_ints(1);
  if (static_cast<Hlong>(mask.size()) != t.num) args.fail_count(1, "found ", mask.size(), " values, wanted ", t.num);
  Tuple out;
  for (Hlong i = 0; i < t.num; ++i) {
    if (mask[static_cast<size_t>(i)]) out.push_element(t, i);
  }
  args.out(0, std::move(out));
}

void tuple_remove(Args& args) {
  const Htuple& t = args.in(0);
  std::vector<bool> gone(static_cast<size_t>(t.num));
  for (const int64_t i : args.in_ints(1)) gone[static_cast<size_t>(index_in(args, 1, i, 0, t.num - 1))] = true;
  Tuple out;
  for (Hlong i = 0; i < t.num; ++i) {
    if (!gone[static_cast<size_t>(i)]) out.push_element(t, i);
  }
  args.out(0, std::move(out));
}

void tuple_insert(Args& args) {
  const Htuple& t = args.in(0);
  const int64_t at = index_in(args, 1, args.in_int(1), 0, t.num);
  Tuple out = range(t, 0, at);
  out.append(args.in(2));
  out.append(range(t, at, t.num));
  args.out(0, std::move(out));
}

void tuple_replace(Args& args) {
  const Htuple &t = args.in(0), &with = args.in(2);
  const auto indices = args.in_ints(1);
  if (with.num != 1 && with.num != static_cast<Hlong>(indices.size())) {
    args.fail_count(2, "found ", with.num, " values, wanted 1 or ", indices.size());
  }
  Hlong length = t.num;
  for (const int64_t i : indices) length = std::max(length, index_in(args, 1, i, 0, kMaxTupleLength - 1) + 1);
  std::vector<Hlong> source(static_cast<size_t>(length), -1);
  for (size_t k = 0; k < indices.size(); ++k) {
    source[static_cast<size_t>(indices[k])] = with.num == 1 ? 0 : static_cast<Hlong>(k);
  }
  Tuple out;
  out.reserve(length);
  for (Hlong i = 0; i < length; ++i) {
    const Hlong from = source[static_cast<size_t>(i)];
    from >= 0 ? out.push_element(with, from) : i < t.num ? out.push_element(t, i) : out.push(0);
  }
  args.out(0, std::move(out));
}

void tuple_find(Args& args) {
  const Htuple &t = args.in(0), &wanted = args.in(1);
  Tuple out;
  for (Hlong i = 0; wanted.num > 0 && i + wanted.num <= t.num; ++i) {
    Hlong k = 0;
    while (k < wanted.num && equal_elements(t, i + k, wanted, k)) ++k;
    if (k == wanted.num) out.push(i);
  }
  if (out.empty()) out.push(-1);
  args.out(0, std::move(out));
}

void tuple_sort(Args& args) {
  require_one_kind(args, 0);
  args.out(0, pick(args.in(0), sorted_order(args.in(0))));
}

void tuple_sort_index(Args& args) {
  require_one_kind(args, 0);
  args.out(0, sorted_order(args.in(0)));
}

void tuple_inverse(Args& args) {
  Tuple out;
  out.reserve(args.in_length(0));
  for (Hlong i = args.in_length(0); i-- > 0;) out.push_element(args.in(0), i);
  args.out(0, std::move(out));
}

void tuple_uniq(Args& args) {
  const Htuple& t = args.in(0);
  Tuple out;
  for (Hlong i = 0; i < t.num; ++i) {
    if (i == 0 || !equal_elements(t, i - 1, t, i)) out.push_element(t, i);
  }
  args.out(0, std::move(out));
}

void tuple_union(Args& args) {
  Tuple all(args.in(0));
  all.append(args.in(1));
  args.out(0, as_set(all));
}

void tuple_intersection(Args& args) { args.out(0, filter(as_set(args.in(0)), as_set(args.in(1)), true)); }
void tuple_difference(Args& args) { args.out(0, filter(as_set(args.in(0)), as_set(args.in(1)), false)); }

}  // namespace alcedo::operators
