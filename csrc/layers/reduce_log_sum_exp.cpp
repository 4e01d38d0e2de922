// ReduceLogSumExp: the logarithm of the sum of exp(x) over some axes.
#include <cmath>
#include <limits>

#include "layers/reduce.h"

namespace alcedo {
namespace {

struct ReduceLogSumExp {
  static constexpr bool shrinks = false;
  double top = -std::numeric_limits<double>::infinity(), sum = 0;  // of exp(x - top)
  void add(double x) {
    if (x > top) {
      sum = sum * std::exp(top - x) + 1;
      top = x;
    } else if (x > -std::numeric_limits<double>::infinity()) {
      sum += std::exp(x - top);
    }
  }
  double result(int64_t) const { return top + std::log(sum); }
  static double slope(double x, double y, int64_t, int64_t) { return std::exp(x - y); }
};

}  // namespace

extern const Layer reduce_log_sum_exp_layer = reduce_layer<ReduceLogSumExp>("ReduceLogSumExp");

}  // namespace alcedo
