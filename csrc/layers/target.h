// Shape constants after a cut (targets of Reshape, Expand, ...): constants are replaced; where a target is computed
// from the sizes of other values, the constant parts of its Concat are.
#pragma once

#include "layers/support.h"

namespace alcedo {

// `after[i]` is the wanted entry i of the setting input `port`, `before[i]` the entry as it was.
void rewrite_target(RewriteArgs& args, int port, const std::vector<int64_t>& before, const std::vector<int64_t>& after);

}  // namespace alcedo
