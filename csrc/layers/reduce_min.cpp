// ReduceMin: the smallest element; equal ones share the gradient over some axes.
#include <algorithm>
#include <limits>

#include "layers/reduce.h"

namespace alcedo {
namespace {

struct ReduceMin {
  static constexpr bool shrinks = false;
  double value = std::numeric_limits<double>::infinity();
  void add(double x) { value = std::min(value, x); }
  double result(int64_t) const { return value; }
  static double slope(double x, double y, int64_t, int64_t ties) {
    return x == y ? 1.0 / static_cast<double>(ties) : 0;
  }
};

}  // namespace

extern const Layer reduce_min_layer = reduce_layer<ReduceMin>("ReduceMin");

}  // namespace alcedo
