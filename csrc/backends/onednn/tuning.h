// Choosing between algorithms by timing them once per process and shape.
#pragma once

#include <functional>
#include <string>

#include "backends/onednn/onednn.h"

namespace alcedo::onednn {

using ArgumentList = std::vector<std::pair<int, memory::desc>>;

// Best time of a few runs on memory of its own, in ms.
double time_primitive(const dnnl::primitive& primitive, const ArgumentList& arguments);

// True if `second` is clearly faster than `first`, from the cache if the key is known.
bool second_is_faster(const std::string& key, const std::function<double()>& first,
                      const std::function<double()>& second);

}  // namespace alcedo::onednn
