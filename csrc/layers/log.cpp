// Log: the natural logarithm.
#include <cmath>

#include "layers/unary.h"

namespace alcedo {
namespace {

struct Log {
  explicit Log(const Node&) {}
  template <class T>
  T value(T x) const {
    return static_cast<T>(std::log(static_cast<double>(x)));
  }
  template <class T>
  T slope(T x, T) const {
    return 1 / x;
  }
};

}  // namespace

extern const Layer log_layer = unary_layer<Log>("Log");

}  // namespace alcedo
