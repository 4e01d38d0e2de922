// The losses themselves: of one sample, with their gradients.
#pragma once

#include <cstdint>

#include "engine/batch.h"

namespace alcedo {

// Adds nothing up: the loss that value `index` of `loss` contributes for one sample of `size` numbers. `target` and
// `label` as the kind needs them. With `diff` also writes the gradient times `factor`.
double sample_loss(const Loss& loss, size_t index, int64_t size, const float* values, const float* target,
                   int64_t label, float* diff = nullptr, float factor = 1.f);

}  // namespace alcedo
