// Weights in the form of oneDNN's Winograd convolutions, fast: its own reorder takes 300 ms for 512x512 kernels.
#pragma once

#include "backends/onednn/onednn.h"

namespace alcedo::onednn {

// `plain`: [O,I,3,3], float32, of the channel counts of `to`. False: `to` is no form that is known here.
bool pack_winograd(const float* plain, const memory::desc& to, void* packed);

}  // namespace alcedo::onednn
