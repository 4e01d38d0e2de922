// ReduceLogSum: the logarithm of the sum over some axes.
#include <cmath>

#include "layers/reduce.h"

namespace alcedo {
namespace {

struct ReduceLogSum {
  static constexpr bool shrinks = true;
  double value = 0;
  void add(double x) { value += x; }
  double result(int64_t) const { return std::log(value); }
  static double slope(double, double y, int64_t, int64_t) { return std::exp(-y); }
};

}  // namespace

extern const Layer reduce_log_sum_layer = reduce_layer<ReduceLogSum>("ReduceLogSum");

}  // namespace alcedo
