// Sorting, validation, removal of unused parts, deep copies.
#include "graph/graph.h"

#include <doctest/doctest.h>

#include "base/error.h"

using namespace alcedo;

namespace {

// x -> Relu a -> y -> Add b (with w) -> z, given in the wrong order, and an unused node.
Graph unsorted() {
  Graph graph;
  const ValueId x = graph.add_value({"x", DType::f32, {1, 2}});
  const ValueId y = graph.add_value({"y"}), z = graph.add_value({"z"}), u = graph.add_value({"u"});
  const ValueId w = graph.add_constant("w", Tensor::vector<float>({1, 2}));
  graph.inputs = {x};
  graph.outputs = {z};
  graph.add_node({"b", "Add", {}, {y, w}, {z}});
  graph.add_node({"a", "Relu", {}, {x}, {y}});
  graph.add_node({"unused", "Relu", {}, {y}, {u}});
  return graph;
}

}  // namespace

TEST_SUITE("graph") {
  TEST_CASE("sort, validate, remove_unused") {
    Graph graph = unsorted();
    CHECK_THROWS_AS(graph.validate(), HException);
    graph.sort();
    graph.validate();
    CHECK(graph.nodes[0].name == "a");
    graph.remove_unused();
    graph.validate();
    CHECK(graph.nodes.size() == 2);
    CHECK(graph.values.size() == 4);
    CHECK(graph.find_value("u") == kNone);
    CHECK(graph.find_node("b") == 1);
    CHECK(graph.producers()[graph.find_value("z")] == 1);
    CHECK(graph.consumers()[graph.find_value("y")] == std::vector<NodeId>{1});
  }

  TEST_CASE("a cycle is named") {
    Graph graph = unsorted();
    graph.nodes[1].inputs[0] = graph.find_value("z");
    try {
      graph.sort();
      FAIL("no exception");
    } catch (const HException& error) {
      CHECK(error.code() == 7773);
      CHECK(error.text().find("cycle") != std::string::npos);
    }
  }

  TEST_CASE("wrong graphs are refused") {
    Graph graph = unsorted();
    graph.sort();
    graph.nodes[1].name = "a";
    CHECK_THROWS_AS(graph.validate(), HException);
    graph = unsorted();
    graph.sort();
    graph.nodes[1].inputs[1] = 77;
    CHECK_THROWS_AS(graph.validate(), HException);
    graph = unsorted();
    graph.sort();
    graph.nodes[1].outputs[0] = graph.find_value("y");
    CHECK_THROWS_AS(graph.validate(), HException);
  }

  TEST_CASE("clone is deep and names of constants are unique") {
    Graph graph = unsorted();
    graph.nodes[0].attributes.set("t", Tensor::vector<float>({5}));
    Graph copy = graph.clone();
    const ValueId w = graph.find_value("w");
    graph.values[w].constant.data<float>()[0] = 7;
    CHECK(copy.values[w].constant.data<float>()[0] == 1);
    CHECK(copy.nodes[0].attributes.tensor("t")->raw() != graph.nodes[0].attributes.tensor("t")->raw());
    CHECK(graph.values[graph.add_constant("w", Tensor::scalar<int64_t>(1))].name == "w_1");
    CHECK_THROWS_AS(graph.nodes[0].attributes.integer("t", 0), HException);
  }
}
