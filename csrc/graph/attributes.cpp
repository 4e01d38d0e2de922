// Typed reading of node attributes.
#include "graph/attributes.h"

#include "base/error.h"
#include "base/error_codes.h"
#include "graph/graph.h"

namespace alcedo {
namespace {

template <class T>
const T* find(const std::map<std::string, Attribute>& map, const std::string& name, const char* wanted) {
  const auto it = map.find(name);
  if (it == map.end()) return nullptr;
  const T* value = std::get_if<T>(&it->second);
  require(value != nullptr, error::kReadOnnx, "attribute '", name, "' should be ", wanted);
  return value;
}

}  // namespace

int64_t Attributes::integer(const std::string& name, int64_t fallback) const {
  const auto* value = find<int64_t>(map_, name, "an integer");
  return value ? *value : fallback;
}

float Attributes::real(const std::string& name, float fallback) const {
  const auto* value = find<float>(map_, name, "a float");
  return value ? *value : fallback;
}

std::string Attributes::string(const std::string& name, const std::string& fallback) const {
  const auto* value = find<std::string>(map_, name, "a string");
  return value ? *value : fallback;
}

std::vector<int64_t> Attributes::integers(const std::string& name, std::vector<int64_t> fallback) const {
  const auto* value = find<std::vector<int64_t>>(map_, name, "a list of integers");
  return value ? *value : fallback;
}

std::vector<float> Attributes::reals(const std::string& name, std::vector<float> fallback) const {
  const auto* value = find<std::vector<float>>(map_, name, "a list of floats");
  return value ? *value : fallback;
}

const Tensor* Attributes::tensor(const std::string& name) const { return find<Tensor>(map_, name, "a tensor"); }

}  // namespace alcedo
