// ReduceMean: the mean over some axes.
#include "layers/reduce.h"

namespace alcedo {
namespace {

struct ReduceMean {
  static constexpr bool shrinks = false;
  double value = 0;
  void add(double x) { value += x; }
  double result(int64_t num) const { return value / static_cast<double>(num); }
  static double slope(double, double, int64_t num, int64_t) { return 1 / static_cast<double>(num); }
};

}  // namespace

extern const Layer reduce_mean_layer = reduce_layer<ReduceMean>("ReduceMean");

}  // namespace alcedo
