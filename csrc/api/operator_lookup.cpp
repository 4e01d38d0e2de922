// Finding an operator by its name: binary search in the generated table, which is sorted.
#include <algorithm>
#include <cstring>

#include "api/operator_table.h"

namespace alcedo {

const OperatorSpec* find_operator(const char* name) {
  const OperatorSpec* end = kOperators + kNumOperators;
  const OperatorSpec* found = std::lower_bound(kOperators, end, name, [](const OperatorSpec& spec, const char* wanted) {
    return std::strcmp(spec.name, wanted) < 0;
  });
  return found != end && std::strcmp(found->name, name) == 0 ? found : nullptr;
}

}  // namespace alcedo
