// The inner loops of our own direct convolution: eight output positions times up to three eights of output channels
// in registers, the sum running over contiguous stretches of the source. A register holds eight output channels, each
// with two steps of the sum side by side, so that one load serves two steps. AVX-512.
#pragma once

#include <cstdint>

namespace alcedo::onednn {

struct TileCall {
  const float* src;
  const int32_t *src_at, *dst_at;      // per position: floats from src and from dst
  int64_t num;                         // positions
  const int32_t *run_at, *run_length;  // stretches of even length
  int64_t num_runs;
  int eights;             // of output channels, 1 to 3, the first at the begin of a block of 16
  const float* weights;   // [steps / 2][eights][8][2]
  const float* bias;      // nullptr: none
  const float* residual;  // like dst; nullptr: none
  float* dst;
  int64_t block_stride;   // floats from one block of 16 output channels to the next
  float lowest, highest;  // the result is clamped to these
};
void run_tiles(const TileCall& call);

}  // namespace alcedo::onednn
