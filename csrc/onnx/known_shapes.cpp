#include "onnx/known_shapes.h"

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

}  // namespace

std::vector<Run> infer_with_sizes(const Graph& graph) {
  const auto run = [&](int64_t batch, int64_t size) {
    return infer_known(graph, input_shapes(graph, batch, size), kFoldLimit);
  };
  if (!has_open_sizes(graph)) return {run(2, 0), run(3, 0)};
  // Sizes that networks with free height and width take: multiples of their total stride.
  for (const int64_t size : {64, 320, 1024, 7, 2, 1}) {
    try {
      return {run(2, size), run(3, size), run(2, 2 * size)};
    } catch (const HException&) {
      continue;
    }
  }
  return {};
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
