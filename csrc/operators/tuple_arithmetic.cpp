// Arithmetic and statistics of tuples. Integers stay integers (overflow wraps around); with a real the result is real.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "operators/tuple_common.h"

namespace alcedo::operators {
namespace {

template <class Ints, class Reals>
void binary(Args& args, const Ints& ints, const Reals& reals) {
  const Htuple &a = args.in(0), &b = args.in(1);
  const Pairs pairs(args, 0, 1);
  Tuple out;
  out.reserve(pairs.size);
  for (Hlong k = 0; k < pairs.size; ++k) {
    const Hlong i = pairs.a(k), j = pairs.b(k);
    if (both_ints(a, i, b, j)) {
      out.push(ints(int_at(a, i), int_at(b, j)));
    } else {
      out.push(reals(real_at(a, i), real_at(b, j)));
    }
  }
  args.out(0, std::move(out));
}

int64_t wrap(uint64_t value) { return static_cast<int64_t>(value); }
uint64_t bits(int64_t value) { return static_cast<uint64_t>(value); }

int64_t to_int(const Args& args, double value) {
  if (!(value >= -9223372036854775808.0 && value < 9223372036854775808.0)) {
    args.fail_value(0, "found ", value, ", which is not in the range of integers");
  }
  return static_cast<int64_t>(value);
}

// Largest (direction 1) or smallest (-1) element; a real among integers makes the result real.
void extreme(Args& args, int direction) {
  const Htuple& t = args.in(0);
  require_one_kind(args, 0);
  if (t.num == 0) return;
  Hlong best = 0;
  for (Hlong i = 1; i < t.num; ++i) {
    if (compare_elements(t, i, t, best) * direction > 0) best = i;
  }
  Tuple out;
  const bool to_real = element_type(t, best) == LONG_PAR && (element_types(t) & DOUBLE_PAR);
  to_real ? out.push(real_at(t, best)) : out.push_element(t, best);
  args.out(0, std::move(out));
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

void tuple_add(Args& args) {
  const Htuple &a = args.in(0), &b = args.in(1);
  if (!((element_types(a) | element_types(b)) & STRING_PAR)) {
    return binary(
        args, [](int64_t x, int64_t y) { return wrap(bits(x) + bits(y)); }, [](double x, double y) { return x + y; });
  }
  const Pairs pairs(args, 0, 1);
  Tuple out;
  for (Hlong k = 0; k < pairs.size; ++k) {
    const Hlong i = pairs.a(k), j = pairs.b(k);
    if (element_type(a, i) == STRING_PAR || element_type(b, j) == STRING_PAR) {
      out.push(element_text(a, i) + element_text(b, j));
    } else if (both_ints(a, i, b, j)) {
      out.push(wrap(bits(int_at(a, i)) + bits(int_at(b, j))));
    } else {
      out.push(real_at(a, i) + real_at(b, j));
    }
  }
  args.out(0, std::move(out));
}

void tuple_sub(Args& args) {
  binary(
      args, [](int64_t x, int64_t y) { return wrap(bits(x) - bits(y)); }, [](double x, double y) { return x - y; });
}

void tuple_mult(Args& args) {
  binary(
      args, [](int64_t x, int64_t y) { return wrap(bits(x) * bits(y)); }, [](double x, double y) { return x * y; });
}

void tuple_div(Args& args) {
  binary(
      args,
      [&](int64_t x, int64_t y) {
        if (y == 0) args.fail_value(1, "found 0, wanted another divisor");
        return y == -1 ? wrap(0 - bits(x)) : x / y;
      },
      [&](double x, double y) {
        if (y == 0) args.fail_value(1, "found 0.0, wanted another divisor");
        return x / y;
      });
}

void tuple_mod(Args& args) {
  binary(
      args,
      [&](int64_t x, int64_t y) {
        if (y == 0) args.fail_value(1, "found 0, wanted another divisor");
        return y == -1 ? int64_t{0} : x % y;
      },
      [&](double, double) -> double { args.fail_type(0, "found a real, wanted integers in both tuples"); });
}

void tuple_pow(Args& args) {
  const auto power = [](double x, double y) { return std::pow(x, y); };
  binary(
      args, [&](int64_t x, int64_t y) { return power(static_cast<double>(x), static_cast<double>(y)); }, power);
}

void tuple_max2(Args& args) {
  binary(
      args, [](int64_t x, int64_t y) { return std::max(x, y); }, [](double x, double y) { return std::max(x, y); });
}

void tuple_min2(Args& args) {
  binary(
      args, [](int64_t x, int64_t y) { return std::min(x, y); }, [](double x, double y) { return std::min(x, y); });
}

void tuple_abs(Args& args) {
  map_elements(args, [](const Htuple& t, Hlong i, Tuple* out) {
    if (element_type(t, i) == LONG_PAR) {
      out->push(int_at(t, i) < 0 ? wrap(0 - bits(int_at(t, i))) : int_at(t, i));
    } else {
      out->push(std::abs(real_at(t, i)));
    }
  });
}

void tuple_neg(Args& args) {
  map_elements(args, [](const Htuple& t, Hlong i, Tuple* out) {
    element_type(t, i) == LONG_PAR ? out->push(wrap(0 - bits(int_at(t, i)))) : out->push(-real_at(t, i));
  });
}

void tuple_sqrt(Args& args) {
  map_elements(args, [&](const Htuple& t, Hlong i, Tuple* out) {
    if (real_at(t, i) < 0) args.fail_value(0, "found ", real_at(t, i), ", wanted at least 0");
    out->push(std::sqrt(real_at(t, i)));
  });
}

void tuple_floor(Args& args) {
  map_elements(args, [](const Htuple& t, Hlong i, Tuple* out) { out->push(std::floor(real_at(t, i))); });
}

void tuple_ceil(Args& args) {
  map_elements(args, [](const Htuple& t, Hlong i, Tuple* out) { out->push(std::ceil(real_at(t, i))); });
}

void tuple_round(Args& args) {
  map_elements(args, [&](const Htuple& t, Hlong i, Tuple* out) {
    out->push(element_type(t, i) == LONG_PAR ? int_at(t, i) : to_int(args, std::round(real_at(t, i))));
  });
}

void tuple_int(Args& args) {
  map_elements(args, [&](const Htuple& t, Hlong i, Tuple* out) {
    out->push(element_type(t, i) == LONG_PAR ? int_at(t, i) : to_int(args, std::trunc(real_at(t, i))));
  });
}

void tuple_real(Args& args) { args.out(0, args.in_reals(0)); }

void tuple_sum(Args& args) {
  const Htuple& t = args.in(0);
  const int types = element_types(t);
  if (types & STRING_PAR) {
    std::string sum;
    for (Hlong i = 0; i < t.num; ++i) sum += element_text(t, i);
    args.out(0, sum);
  } else if (types & DOUBLE_PAR) {
    const auto values = args.in_reals(0);
    args.out(0, std::accumulate(values.begin(), values.end(), 0.0));
  } else {
    uint64_t sum = 0;
    for (const int64_t value : args.in_ints(0)) sum += bits(value);
    args.out(0, wrap(sum));
  }
}

void tuple_mean(Args& args) {
  const auto values = args.in_reals(0);
  if (!values.empty()) args.out(0, mean(values));
}

void tuple_deviation(Args& args) {
  const auto values = args.in_reals(0);
  if (values.empty()) return;
  const double center = mean(values);
  double sum = 0;
  for (const double value : values) sum += (value - center) * (value - center);
  args.out(0, values.size() < 2 ? 0.0 : std::sqrt(sum / static_cast<double>(values.size() - 1)));
}

void tuple_median(Args& args) {
  auto values = args.in_reals(0);
  if (values.empty()) return;
  const size_t middle = values.size() / 2;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(middle), values.end());
  double median = values[middle];
  if (values.size() % 2 == 0) {
    median = (median + *std::max_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(middle))) / 2;
  }
  args.out(0, median);
}

void tuple_max(Args& args) { extreme(args, 1); }
void tuple_min(Args& args) { extreme(args, -1); }

void tuple_cumul(Args& args) {
  uint64_t ints = 0;
  double reals = 0;
  const bool real = element_types(args.in(0)) & DOUBLE_PAR;
  map_elements(args, [&](const Htuple& t, Hlong i, Tuple* out) {
    if (real) {
      out->push(reals += real_at(t, i));
    } else {
      out->push(wrap(ints += bits(int_at(t, i))));
    }
  });
}

}  // namespace alcedo::operators
