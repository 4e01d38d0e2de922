// ReduceL1: the sum of absolute values over some axes.
#include <cmath>

#include "layers/reduce.h"

namespace alcedo {
namespace {

struct ReduceL1 {
  static constexpr bool shrinks = true;
  double value = 0;
  void add(double x) { value += std::fabs(x); }
  double result(int64_t) const { return value; }
  static double slope(double x, double, int64_t, int64_t) { return x > 0 ? 1 : x < 0 ? -1 : 0; }
};

}  // namespace

extern const Layer reduce_l1_layer = reduce_layer<ReduceL1>("ReduceL1");

}  // namespace alcedo
