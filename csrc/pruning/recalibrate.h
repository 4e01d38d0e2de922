// Normalization layers of a pruned network see other values than before: their running statistics are taken anew.
#pragma once

#include "pruning/measure.h"

namespace alcedo {

// Sets mean and variance of every BatchNormalization to those over all held samples, each batch normalized by its own
// statistics on the way (as in training). Needs no labels. Variances are unbiased, as training keeps them.
void recalibrate(const HeldSamples& samples, const PlanOptions& options, Graph& graph);

}  // namespace alcedo
