// One update of one parameter.
#pragma once

#include <cstdint>

#include "engine/optimizer.h"

namespace alcedo {

// `step` counts from 1; the gradient is multiplied by `scale`; `second` is read by adam only.
void optimizer_step(const Optimizer& optimizer, int64_t step, int64_t num, float scale, const float* gradient,
                    float* first, float* second, float* weights);

}  // namespace alcedo
