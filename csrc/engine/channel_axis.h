// What plans ask of the channels of a value, on axis 1 or (channels last) any axis behind it.
#pragma once

#include <vector>

#include "backends/memory_desc.h"

namespace alcedo {

// Mean of a * b over all other axes but the first, [N, size of axis]; axis >= 2.
void axis_products(const MemoryDesc& desc, int axis, const void* a, const void* b, float* out);
void clear_index(const MemoryDesc& desc, int axis, void* data, int64_t index);
// Which indices of which samples hold anything but zeros, [num, size of axis].
std::vector<char> find_nonzero(const MemoryDesc& desc, int axis, const void* data, int64_t num);

}  // namespace alcedo
