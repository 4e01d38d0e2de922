// What can be read from a pruning handle besides its settings.
#pragma once

#include <string>

#include "pruning/parameters.h"
#include "pruning/pruner_state.h"

namespace alcedo {

// Throws 7911 for unknown names and 7980 for scores that are not there yet.
PruningValue read_out(const PrunerState& state, const std::string& name);

// JSON: what was asked and done, and per convolution kernels before and after, or why it stays.
std::string report_json(const PrunerState& state);

}  // namespace alcedo
