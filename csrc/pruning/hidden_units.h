// Hidden units of LSTM and GRU feed back into their own layer, where no value can be set to zero. Without their weights
// and initial states they stay at zero.
#pragma once

#include <vector>

#include "graph/graph.h"
#include "pruning/coupling.h"

namespace alcedo {

bool has_hidden_units(const Graph& graph, const Coupling& coupling, int32_t group);

// Whether the node's weights and initial states are known before the network runs: only then without_hidden_units() is
// all there is to do.
bool hidden_units_are_known(const Graph& graph, const Node& node);

// The graph with every weight and state of the removed groups' hidden units set to zero. Shares all other constants.
Graph without_hidden_units(const Graph& graph, const Coupling& coupling, const std::vector<bool>& removed);

}  // namespace alcedo
