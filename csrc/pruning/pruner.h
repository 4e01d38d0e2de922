// What a dl_pruning handle holds: the settings, the channel groups of one network and the scores collected so far.
// Knows graphs and plans, not tuples.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/batch.h"
#include "engine/plan.h"
#include "graph/graph.h"
#include "pruning/parameters.h"

namespace alcedo {

struct PrunerScores;

class Pruner {
 public:
  // Throws 7981, with the reason per convolution, if nothing can be pruned.
  Pruner(const Graph& graph, std::vector<Shape> input_shapes);
  ~Pruner();
  Pruner(const Pruner&) = delete;
  Pruner& operator=(const Pruner&) = delete;

  // Throws 7980 if layer names or weight shapes differ from those of the graph at creation.
  void check_fits(const Graph& graph) const;
  // What comes has inputs of these shapes, the batch size aside. Scores that were gathered at another size: 7980.
  void take_size(const Graph& graph, const std::vector<Shape>& input_shapes);

  // Scores the samples of one device batch and adds them to those seen before. `input_shapes` carry the batch size;
  // a distance without targets takes the graph's own outputs;
  // `weights_version` changes whenever the graph's weights do.
  void add_batch(const Graph& graph, const Loss& loss, const Batch& batch, std::vector<Shape> input_shapes,
                 uint64_t weights_version);

  // What was gathered up to now, to go back to where a later batch of the same call fails.
  using Mark = std::shared_ptr<const PrunerScores>;
  Mark mark() const;
  void go_back(const Mark& mark);

  // The pruned copy. Throws 7980 if the criterion needs samples and none was added. The graph is left as it is.
  Graph generate(const Graph& graph);

  // 7911: no such name, or read-only; 7914: bad value.
  void set(const std::string& name, const PruningValue& value);
  PruningValue get(const std::string& name) const;

  // How kernels are run (bf16, reference kernels); drops cached plans.
  void set_plan_options(const PlanOptions& options);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace alcedo
