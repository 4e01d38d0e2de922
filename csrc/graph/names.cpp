#include "graph/names.h"

namespace alcedo {

std::string Names::Taken::make(const std::string& base, int first) {
  if (names.insert(base).second) return base;
  int& number = next.emplace(base, first).first->second;
  for (;; ++number) {
    std::string name = base + "_" + std::to_string(number);
    if (names.insert(name).second) return name;
  }
}

std::string Names::value(const std::string& base, int first) {
  if (values_.names.empty()) {
    values_.names.reserve(values_num_);
    for (size_t v = 0; v < values_num_; ++v) values_.names.insert(graph_.values[v].name);
  }
  return values_.make(base, first);
}

std::string Names::node(const std::string& base, int first) {
  if (nodes_.names.empty()) {
    nodes_.names.reserve(graph_.nodes.size());
    for (const Node& node : graph_.nodes) nodes_.names.insert(node.name);
  }
  return nodes_.make(base, first);
}

}  // namespace alcedo
