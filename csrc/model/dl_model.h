// The content of a dl_model handle: an ONNX network, its settings, and the plans made for it. Weights live either in
// the graph or, while training, in the training plan; graph() brings them together. Not thread-safe: HCall holds the
// handle's lock during a call.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/plan.h"
#include "graph/graph.h"
#include "model/loss_head.h"
#include "model/settings.h"
#include "onnx/model.h"

namespace alcedo {

class Teacher;

class DlModel {
 public:
  explicit DlModel(OnnxModel onnx);

  // The network with its current weights (fetches them from the training plan if that is ahead).
  const Graph& graph() const;
  // The same network for whoever does not look at weights, which may lag behind.
  const Graph& structure() const { return onnx_.graph; }
  // The same as a file, with the settings in its metadata.
  OnnxModel to_onnx() const;
  // A copy with another graph (pruned, say), fresh plans and optimizer state; settings carry over.
  std::shared_ptr<DlModel> with_graph(Graph graph) const;
  // Changes node attributes or shapes of the graph; plans are made anew.
  void edit_graph(const std::function<void(Graph&)>& edit);

  // Moves whenever weights or structure change, and is no other model's; plans and scores are keyed by it.
  uint64_t version() const { return version_; }

  ModelSettings& settings() { return settings_; }
  const ModelSettings& settings() const { return settings_; }
  Optimizer& optimizer() { return optimizer_; }
  const Optimizer& optimizer() const { return optimizer_; }

  // Shapes of the graph inputs for batch_size samples.
  std::vector<Shape> shapes() const;
  // Shapes and folded constants of all values at shapes().
  std::vector<TensorInfo> infos() const;
  // 7784 if the network fixes another batch size.
  void set_batch_size(int64_t batch_size);
  // Size of dynamic or resizable inputs; 7775 if the network does not allow it.
  void set_image_size(int64_t width, int64_t height);

  bool is_classification() const { return settings_.type == "classification"; }
  const std::optional<ClassifierHead>& head() const { return head_; }
  // Cross entropy on the logits; 7912 naming `purpose` for other types.
  Loss label_loss(const char* purpose) const;
  // Distance of the outputs (a classifier: of the logits) from targets; 7912 if there is none it could look at.
  Loss output_loss(const char* purpose) const;
  // What train_dl_model_batch minimizes: with a teacher the distillation or the distance to it, else the label loss.
  Loss training_loss() const;
  Teacher* teacher() const { return teacher_.get(); }
  // nullptr: none. 7914 if its inputs or outputs have other shapes.
  void set_teacher(std::shared_ptr<Teacher> teacher);

  InferencePlan& inference_plan(const std::vector<ValueId>& outputs);
  TrainingPlan& training_plan();
  void training_moved_weights();
  // Forgets what a failed step left in the training plan; weights stay as after the last good step.
  void discard_training_step();
  uint64_t next_seed() { return ++seed_; }
  void drop_plans();
  // Of inference plans: 'float32' or 'bfloat16'. Weights stay float32.
  void set_precision(const std::string& precision);
  void drop_training_plan();

  // Where samples are gathered to batches, per input; kept between calls, because fresh memory costs a page fault per
  // 4 KiB.
  std::vector<std::vector<float>>& sample_memory() const { return sample_memory_; }

 private:
  void hand_weights_to_training();
  static std::vector<TensorInfo> known_infos(const Graph& graph, const std::vector<Shape>& shapes, int code,
                                             const std::string& what);

  mutable OnnxModel onnx_;
  ModelSettings settings_;
  mutable Optimizer optimizer_;
  std::optional<ClassifierHead> head_;
  std::shared_ptr<Teacher> teacher_;
  bool batch_is_fixed_ = false;
  uint64_t version_;
  uint64_t seed_ = 0;  // of Dropout; every training pass has its own

  struct CachedPlan {
    uint64_t version, used;
    std::unique_ptr<InferencePlan> plan;
  };
  std::map<std::pair<std::vector<Shape>, std::vector<ValueId>>, CachedPlan> inference_;
  uint64_t plans_used_ = 0;
  std::unique_ptr<TrainingPlan> training_;
  std::vector<Shape> training_shapes_;
  bool training_in_backward_ = false;  // the training plan updates weights while it runs backward
  uint64_t training_version_ = 0;
  mutable std::vector<std::vector<float>> sample_memory_;
  mutable bool training_ahead_ = false;  // the training plan holds the weights, the graph placeholders
};

}  // namespace alcedo
