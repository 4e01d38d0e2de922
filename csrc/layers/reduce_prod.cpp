// ReduceProd: the product over some axes.
#include "layers/reduce.h"

namespace alcedo {
namespace {

struct ReduceProd {
  static constexpr bool shrinks = false;
  double value = 1;
  void add(double x) { value *= x; }
  double result(int64_t) const { return value; }
  static double slope(double x, double y, int64_t, int64_t) { return y / x; }
};

}  // namespace

extern const Layer reduce_prod_layer = reduce_layer<ReduceProd>("ReduceProd");

}  // namespace alcedo
