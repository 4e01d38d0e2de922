// ReduceL2: the root of the sum of squares over some axes.
#include <cmath>

#include "layers/reduce.h"

namespace alcedo {
namespace {

struct ReduceL2 {
  static constexpr bool shrinks = true;
  double value = 0;
  void add(double x) { value += x * x; }
  double result(int64_t) const { return std::sqrt(value); }
  static double slope(double x, double y, int64_t, int64_t) { return y > 0 ? x / y : 0; }
};

}  // namespace

extern const Layer reduce_l2_layer = reduce_layer<ReduceL2>("ReduceL2");

}  // namespace alcedo
