// How important a channel group is: the table of criteria. A criterion says what it has to see of the samples, adds
// what one batch shows to the group's sums, and turns the sums into a score. High scores stay.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "pruning/coupling.h"
#include "pruning/feature_map.h"

namespace alcedo {

// What a criterion needs besides the weights.
enum class Evidence : uint8_t {
  none,        // nothing: no samples
  taylor,      // per sample and channel: mean over space of z * dC/dz
  activation,  // statistics of the feature maps
  ablation,    // change of each sample's loss without the group
  gradient     // gradient of the kernels' weights, in evaluation mode
};

using Gradients = std::map<ValueId, Tensor>;

// What one batch shows. Per convolution [num, kernels], row-major; empty for convolutions that stay.
struct Observation {
  int64_t num = 0;
  std::vector<std::vector<float>> taylor;
  std::vector<std::vector<float>> mean, deviation, nonzero;  // over the positions of a map
  std::vector<std::vector<float>> loss_change;               // per group: num values
  Gradients gradient;                                        // of the kernels' weights, summed over the batch
  std::vector<int64_t> positions;                            // per convolution: positions of its feature map
  std::vector<int64_t> labels;                               // empty if the loss has none
};

// What a group has gathered over all batches.
struct GroupSum {
  double value = 0.0;
  double change = 0.0;         // for criteria whose estimate of the loss is another sum than the score
  std::vector<float> history;  // one number per sample, for criteria that need all of them at the end
};

struct ScoreSource {
  const Graph& graph;
  const Coupling& coupling;
  const std::vector<FeatureMap>& maps;
  const Gradients& gradient;           // summed over all samples
  const std::vector<int64_t>& labels;  // of all samples
  int64_t samples;
  uint64_t seed;
};

struct Criterion {
  const char* name;
  Evidence evidence;
  void (*add)(const Coupling& coupling, const Observation& seen, int32_t group, GroupSum& sum);  // nullptr: nothing
  double (*score)(const ScoreSource& source, int32_t group, const GroupSum& sum);
  // How much the loss of a sample changes without the group, comparable between layers; nullptr: it does not say.
  double (*change)(const ScoreSource& source, int32_t group, const GroupSum& sum);
};

const std::vector<Criterion>& criteria();
const Criterion* find_criterion(const std::string& name);  // nullptr if there is none
std::string criterion_names();

// `normalization` 'l2', 'max', 'mean' or 'none', per set of groups (groups with kernels in the same convolutions).
// Infinite scores stay infinite and do not count.
void normalize_scores(const Coupling& coupling, const std::string& normalization, std::vector<double>& scores);

}  // namespace alcedo
