// Choosing between algorithms by timing them once per process and shape.
#pragma once

#include <functional>
#include <string>

#include "backends/onednn/onednn.h"

namespace alcedo::onednn {

using ArgumentList = std::vector<std::pair<int, memory::desc>>;

// A primitive, or something else, on memory of its own, which the next trial takes over.
class Trial {
 public:
  Trial(const dnnl::primitive& primitive, const ArgumentList& arguments);
  // `body` gets that many floats.
  Trial(size_t floats, std::function<void(float*)> body);
  double run() const;  // ms

 private:
  std::function<void()> run_;
};

// True if `second` is clearly faster than `first`, from the cache if the key is known.
bool second_is_faster(const std::string& key, const std::function<Trial()>& first,
                      const std::function<Trial()>& second);

}  // namespace alcedo::onednn
