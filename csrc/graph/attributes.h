// Node attributes: a small ordered map from ONNX attribute names to values.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "tensor/tensor.h"

namespace alcedo {

struct Graph;

using Attribute = std::variant<int64_t, float, std::string, Tensor, std::vector<int64_t>, std::vector<float>,
                               std::vector<std::string>, std::shared_ptr<Graph>>;

class Attributes {
 public:
  bool has(const std::string& name) const { return map_.count(name) != 0; }
  void set(const std::string& name, Attribute value) { map_[name] = std::move(value); }
  void erase(const std::string& name) { map_.erase(name); }

  // The value, or the fallback if the attribute is absent; throws 7801 if it has another type.
  int64_t integer(const std::string& name, int64_t fallback) const;
  float real(const std::string& name, float fallback) const;
  std::string string(const std::string& name, const std::string& fallback) const;
  std::vector<int64_t> integers(const std::string& name, std::vector<int64_t> fallback = {}) const;
  std::vector<float> reals(const std::string& name, std::vector<float> fallback = {}) const;
  const Tensor* tensor(const std::string& name) const;  // nullptr if absent

  const std::map<std::string, Attribute>& map() const { return map_; }

 private:
  std::map<std::string, Attribute> map_;
};

}  // namespace alcedo
