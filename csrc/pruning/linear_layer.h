// Convolutions and dense layers as matrix products, one per group: a row of inputs times the weights gives the outputs
// of the group at one position.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "graph/graph.h"
#include "layers/layer.h"
#include "layers/window.h"

namespace alcedo {

struct LinearLayer {
  const Node* node;
  int64_t groups = 1;
  int64_t inputs = 0, outputs = 0, taps = 1;  // of one group; kernel positions
  bool bias = false;                          // one constant number per output
  Shape kernel;                               // empty: a dense layer
  // Steps between weights; those of the taps of one input lie side by side.
  int64_t group_step = 0, input_step = 0, output_step = 0;

  int64_t columns() const { return inputs * taps; }
  int64_t weight_at(int64_t group, int64_t column, int64_t output) const {
    return group * group_step + column / taps * input_step + column % taps + output * output_step;
  }
};

// Conv and ConvTranspose with up to three spatial axes; Gemm and MatMul of a matrix. Nothing for other nodes and for
// weights that are no float32 constants.
std::optional<LinearLayer> as_linear(const Graph& graph, const std::vector<TensorInfo>& info, const Node& node);

// The rows that a layer reads from inputs of one shape.
class LinearRows {
 public:
  LinearRows(const LinearLayer& layer, const Shape& src);
  int64_t positions() const;  // per sample
  // Writes the columns of one group's row; `sample` are the inputs of all groups.
  void write(const float* sample, int64_t group, int64_t position, float* row) const;

 private:
  std::vector<int64_t> sources(int axis, int64_t position) const;

  const LinearLayer& layer_;
  bool transposed_;
  Window window_;
};

}  // namespace alcedo
