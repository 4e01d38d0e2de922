#include "onnx/known_shapes.h"

#include <iterator>
#include <map>
#include <string>
#include <utility>

#include "base/error.h"
#include "layers/infer.h"

namespace alcedo::onnx {
namespace {

constexpr int64_t kFoldLimit = int64_t{1} << 20;  // elements of a constant that is made on import

bool has_open_sizes(const Graph& graph) {
  for (ValueId v : graph.inputs) {
    const Shape& shape = graph.values[v].shape;
    for (size_t d = 1; d < shape.size(); ++d) {
      if (shape[d] < 0) return true;
    }
  }
  return false;
}

// input_shapes() with a size of its own for every name of an open dimension: what holds only for equal sizes does not
// hold.
std::vector<Shape> different_sizes(const Graph& graph, int64_t batch, int64_t size) {
  std::vector<Shape> shapes = input_shapes(graph, batch, size);
  std::map<std::string, int64_t> sizes;
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    const Value& value = graph.values[graph.inputs[i]];
    for (size_t d = 1; d < value.shape.size(); ++d) {
      if (value.shape[d] >= 0) continue;
      const bool named = d < value.dim_params.size() && !value.dim_params[d].empty();
      const std::string name = named ? value.dim_params[d] : text(i, ' ', d);
      shapes[i][d] = sizes.emplace(name, size * static_cast<int64_t>(sizes.size() + 1)).first->second;
    }
  }
  return shapes;
}

}  // namespace

Runs infer_with_sizes(const Graph& graph) {
  const auto run = [&](const std::vector<Shape>& shapes) { return infer_known(graph, shapes, kFoldLimit); };
  const auto same = [&](int64_t batch, int64_t size) { return run(input_shapes(graph, batch, size)); };
  Runs runs;
  const auto add_if_possible = [](std::vector<Run>& to, const auto& make) {
    try {
      to.push_back(make());
    } catch (const HException&) {
      // The network does not take such sizes.
    }
  };
  if (!has_open_sizes(graph)) {
    runs.several = {same(2, 0), same(3, 0)};
    add_if_possible(runs.single, [&] { return same(1, 0); });
    return runs;
  }
  // Sizes that networks with free height and width take: multiples of their total stride.
  for (const int64_t size : {64, 320, 1024, 7, 2, 1}) {
    try {
      runs.several = {same(2, size), same(3, size), same(2, 2 * size)};
    } catch (const HException&) {
      continue;
    }
    add_if_possible(runs.several, [&] { return same(2, 8 * size); });
    add_if_possible(runs.several, [&] { return run(different_sizes(graph, 2, size)); });
    add_if_possible(runs.single, [&] { return same(1, size); });
    break;
  }
  return runs;
}

std::vector<Run> Runs::all() && {
  std::move(single.begin(), single.end(), std::back_inserter(several));
  return std::move(several);
}

std::vector<KnownShape> known_shapes(const std::vector<Run>& runs, size_t num_values) {
  std::vector<KnownShape> result(num_values);
  for (size_t v = 0; v < num_values && !runs.empty(); ++v) {
    KnownShape& known = result[v];
    known.dtype = runs[0][v].dtype;
    known.shape = runs[0][v].shape;
    known.known = known.dtype != DType::undefined;
    for (const Run& run : runs) {
      if (run[v].shape.size() != known.shape.size()) known.known = false;
      for (size_t d = 0; known.known && d < known.shape.size(); ++d) {
        if (run[v].shape[d] != known.shape[d]) known.shape[d] = -1;
      }
    }
  }
  return result;
}

}  // namespace alcedo::onnx
