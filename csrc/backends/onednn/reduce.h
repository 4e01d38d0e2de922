// Sums over space, per sample and channel.
#pragma once

#include "backends/memory_desc.h"

namespace alcedo::onednn {

// out[n, c] = sum over space of a * b, or of a if b is nullptr. Row-major without padding.
void channel_sums(const MemoryDesc& desc, const void* a, const void* b, float* out);

}  // namespace alcedo::onednn
