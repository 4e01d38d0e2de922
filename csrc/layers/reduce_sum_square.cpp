// ReduceSumSquare: the sum of squares over some axes.
#include "layers/reduce.h"

namespace alcedo {
namespace {

struct ReduceSumSquare {
  static constexpr bool shrinks = true;
  double value = 0;
  void add(double x) { value += x * x; }
  double result(int64_t) const { return value; }
  static double slope(double x, double, int64_t, int64_t) { return 2 * x; }
};

}  // namespace

extern const Layer reduce_sum_square_layer = reduce_layer<ReduceSumSquare>("ReduceSumSquare");

}  // namespace alcedo
