// Shape constants after a cut (targets of Reshape, Expand, ...): constants are replaced; where a target is computed
// from the sizes of other values it follows by itself, or the constant parts of its Concat are replaced.
#pragma once

#include "layers/support.h"

namespace alcedo {

// `after[i]` is the wanted entry i of the setting input `port`, `before[i]` the entry as it was. `copies`: the entry
// that takes over the first axis of src, whatever its size; -1: there is none.
void rewrite_target(RewriteArgs& args, int port, const std::vector<int64_t>& before, const std::vector<int64_t>& after,
                    int64_t copies = -1);

}  // namespace alcedo
