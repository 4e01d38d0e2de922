// Makes names that a graph does not have yet, without looking through the graph for each of them.
#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>

#include "graph/graph.h"

namespace alcedo {

// The graph's names are taken down when the first one is asked for: until then it may gain some, but not lose any.
class Names {
 public:
  explicit Names(const Graph& graph) : Names(graph, graph.values.size()) {}
  Names(const Graph& graph, size_t values) : graph_(graph), values_num_(values) {}  // of its first values only

  // The base itself, or with the first number from `first` on that nobody has: "base_1", "base_2", ...
  std::string value(const std::string& base, int first = 1);
  std::string node(const std::string& base, int first = 1);

 private:
  struct Taken {
    std::unordered_set<std::string> names;
    std::unordered_map<std::string, int> next;  // per base: all numbers below are taken
    std::string make(const std::string& base, int first);
  };
  const Graph& graph_;
  size_t values_num_;
  Taken values_, nodes_;
};

}  // namespace alcedo
