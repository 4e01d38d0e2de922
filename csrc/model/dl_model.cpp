#include "model/dl_model.h"

#include <algorithm>
#include <atomic>

#include "base/error.h"
#include "base/error_codes.h"
#include "layers/infer.h"
#include "model/image_input.h"
#include "model/plan_options.h"
#include "model/stored_settings.h"
#include "model/teacher.h"

namespace alcedo {
namespace {

constexpr int64_t kDefaultImageSize = 224;  // for networks that leave their image size open
constexpr size_t kMaxPlans = 4;             // of inference, per model: each holds its own form of the weights

// Unique in the process: scores are gathered over several models.
uint64_t next_version() {
  static std::atomic<uint64_t> last{0};
  return ++last;
}

}  // namespace

DlModel::DlModel(OnnxModel onnx) : onnx_(std::move(onnx)), version_(next_version()) {
  Graph& graph = onnx_.graph;
  for (ValueId input : graph.inputs) {
    const Shape& shape = graph.values[input].shape;
    if (batch_is_fixed_ || shape.empty() || shape[0] <= 0) continue;
    batch_is_fixed_ = true;
    settings_.batch_size = shape[0];
  }
  const std::vector<TensorInfo> known = infos();
  head_ = find_classifier_head(graph, known);
  settings_.type = head_ ? "classification" : "generic";
  settings_.type_defined = head_.has_value();
  if (head_) {
    for (int64_t id = 0; id < head_->num_classes; ++id) settings_.class_ids.push_back(id);
  }
  restore_settings(onnx_, settings_, optimizer_);
  require(!head_ || static_cast<int64_t>(settings_.class_ids.size()) == head_->num_classes, error::kFileRead,
          "the file lists ", settings_.class_ids.size(), " class ids, the network has ", head_ ? head_->num_classes : 0,
          " classes");
  const std::vector<std::string>& names = settings_.class_names;
  require(names.empty() || (head_ && names.size() == settings_.class_ids.size()), error::kFileRead, "the file lists ",
          names.size(), " class names, the network has ", head_ ? head_->num_classes : 0, " classes");
}

const Graph& DlModel::graph() const {
  if (training_ahead_) {
    training_->store(onnx_.graph, optimizer_);
    training_ahead_ = false;
  }
  return onnx_.graph;
}

OnnxModel DlModel::to_onnx() const {
  graph();
  OnnxModel copy = onnx_;
  store_settings(settings_, optimizer_, copy);
  return copy;
}

std::shared_ptr<DlModel> DlModel::with_graph(Graph graph) const {
  OnnxModel copy = to_onnx();
  copy.graph = std::move(graph);
  auto model = std::make_shared<DlModel>(std::move(copy));
  model->settings_ = settings_;
  if (teacher_) model->teacher_ = teacher_->copy();
  model->optimizer_ = optimizer_;
  model->optimizer_.steps = 0;
  model->optimizer_.first.clear();
  model->optimizer_.second.clear();
  return model;
}

void DlModel::edit_graph(const std::function<void(Graph&)>& edit) {
  graph();
  edit(onnx_.graph);
  version_ = next_version();
  drop_plans();
}

std::vector<Shape> DlModel::shapes() const {
  const Graph& graph = onnx_.graph;
  std::vector<Shape> shapes = input_shapes(graph, settings_.batch_size, kDefaultImageSize);
  for (size_t i = 0; i < shapes.size(); ++i) {
    if (batch_is_fixed_ && !shapes[i].empty() && graph.values[graph.inputs[i]].shape[0] > 0) {
      shapes[i][0] = settings_.batch_size;
    }
  }
  return shapes;
}

std::vector<TensorInfo> DlModel::infos() const { return infer_known(onnx_.graph, shapes()); }

std::vector<TensorInfo> DlModel::known_infos(const Graph& graph, const std::vector<Shape>& shapes, int code,
                                             const std::string& what) {
  try {
    return infer_known(graph, shapes);
  } catch (const HException& reason) {
    fail(code, "the network does not allow ", what, ": ", reason.text());
  }
}

void DlModel::set_batch_size(int64_t batch_size) {
  if (batch_size == settings_.batch_size) return;
  if (batch_is_fixed_) {
    std::vector<Shape> wanted = shapes();
    for (Shape& shape : wanted) {
      if (!shape.empty() && shape[0] == settings_.batch_size) shape[0] = batch_size;
    }
    const std::vector<TensorInfo> known =
        known_infos(onnx_.graph, wanted, error::kWrongBatchSize, text("batch_size ", batch_size));
    for (ValueId output : onnx_.graph.outputs) {
      const Shape& shape = known[output].shape;
      require(!shape.empty() && shape[0] == batch_size, error::kWrongBatchSize,
              "the network fixes its batch size: with ", batch_size, " samples its output '",
              onnx_.graph.values[output].name, "' has the shape ", to_string(shape));
    }
  }
  settings_.batch_size = batch_size;
}

void DlModel::set_image_size(int64_t width, int64_t height) {
  const ImageInput current = find_image_input(onnx_.graph, shapes());
  if (current.width == width && current.height == height) return;
  std::vector<Shape> wanted = shapes();
  const auto resize = [&](Shape& shape) {
    shape[current.width_axis()] = width;
    shape[current.height_axis()] = height;
  };
  resize(wanted[current.index]);
  // Tried on a graph that declares the new size: the old one may be the file's own, or that of an earlier call.
  Graph resized = onnx_.graph;
  resize(resized.values[resized.inputs[current.index]].shape);
  const std::vector<TensorInfo> known =
      known_infos(resized, wanted, error::kNoImageResize, text("images of ", width, " x ", height));
  if (head_) {
    require(known[head_->logits].shape[1] == head_->num_classes, error::kNoImageResize,
            "the network does not allow images of ", width, " x ", height, ": its output would have the shape ",
            to_string(known[head_->logits].shape));
  }
  if (teacher_) teacher_->set_image_size(width, height);
  edit_graph([&](Graph& graph) { resize(graph.values[graph.inputs[current.index]].shape); });
}

Loss DlModel::label_loss(const char* purpose) const {
  if (!head_) infer(onnx_.graph, shapes());  // behind unknown operators there is no output to look at: names them
  require(is_classification() && head_.has_value(), error::kOperatorUnsupported, purpose,
          " needs a model of type 'classification' (one output [N,K]); this one is '", settings_.type, "'");
  return Loss{Loss::Kind::cross_entropy, {head_->logits}};
}

Loss DlModel::output_loss(const char* purpose) const {
  Loss loss{Loss::Kind::distance, {}};
  if (head_) {
    loss.values = {head_->logits};
    return loss;
  }
  const std::vector<TensorInfo> known = infos();
  const int64_t batch_size = settings_.batch_size;
  std::string found;
  for (ValueId output : onnx_.graph.outputs) {
    const TensorInfo& info = known[output];
    const bool usable = info.dtype == DType::f32 && !info.known() && !info.shape.empty() && info.shape[0] == batch_size;
    if (usable) loss.values.push_back(output);
    found += text(found.empty() ? "'" : ", '", onnx_.graph.values[output].name, "' ", name_of(info.dtype), " ",
                  to_string(info.shape));
  }
  if (loss.values.empty()) infer(onnx_.graph, shapes());
  require(!loss.values.empty(), error::kOperatorUnsupported, purpose,
          " needs an output of real numbers with one row per sample; the model has ", found);
  return loss;
}

Loss DlModel::training_loss() const {
  if (!teacher_) {
    if (!head_) infer(onnx_.graph, shapes());
    require(is_classification() && head_.has_value(), error::kOperatorUnsupported,
            "train_dl_model_batch needs a model of type 'classification' (one output [N,K]) or the parameter ",
            "'teacher', a model whose outputs are the targets; this one is '", settings_.type, "'");
    return label_loss("train_dl_model_batch");
  }
  Loss loss = output_loss("train_dl_model_batch");
  if (head_) {
    loss.kind = Loss::Kind::distillation;
    loss.temperature = static_cast<float>(settings_.distillation_temperature);
    loss.distillation_weight = static_cast<float>(settings_.distillation_weight);
  } else {
    loss.scales = teacher_->scales();
  }
  return loss;
}

void DlModel::set_teacher(std::shared_ptr<Teacher> teacher) {
  if (!teacher && !teacher_) return;
  if (teacher) teacher->check(*this);
  drop_training_plan();
  teacher_ = std::move(teacher);
}

InferencePlan& DlModel::inference_plan(const std::vector<ValueId>& outputs) {
  const std::vector<Shape> input = shapes();
  const auto key = std::make_pair(input, outputs);
  if (inference_.find(key) == inference_.end() && inference_.size() >= kMaxPlans) {
    inference_.erase(std::min_element(inference_.begin(), inference_.end(),
                                      [](const auto& a, const auto& b) { return a.second.used < b.second.used; }));
  }
  CachedPlan& cached = inference_[key];
  cached.used = ++plans_used_;
  if (!cached.plan) {
    PlanOptions options = plan_options();
    options.bf16 = settings_.precision == "bfloat16";
    cached.plan = std::make_unique<InferencePlan>(graph(), input, outputs, options);
  } else if (cached.version != version_) {
    cached.plan->reload(graph());
  }
  cached.version = version_;
  return *cached.plan;
}

TrainingPlan& DlModel::training_plan() {
  const std::vector<Shape> input = shapes();
  const bool in_backward = settings_.batch_size_multiplier == 1;
  if (training_ && (training_shapes_ != input || training_in_backward_ != in_backward)) {
    graph();  // fetch the weights before the plan goes
    training_.reset();
  }
  if (!training_) {
    PlanOptions options = plan_options();
    options.update_in_backward = in_backward;
    training_ = std::make_unique<TrainingPlan>(graph(), input, training_loss(), options);
    training_shapes_ = input;
    training_in_backward_ = in_backward;
    training_->reload(graph(), optimizer_);
  } else if (training_version_ != version_) {
    training_->reload(graph(), optimizer_);
  }
  training_version_ = version_;
  hand_weights_to_training();
  return *training_;
}

void DlModel::training_moved_weights() {
  hand_weights_to_training();
  training_version_ = version_ = next_version();
}

void DlModel::hand_weights_to_training() {
  if (!training_ahead_) training_->take(onnx_.graph, optimizer_);
  training_ahead_ = true;
}

void DlModel::discard_training_step() {
  if (training_) training_->discard();
}

void DlModel::drop_training_plan() {
  graph();
  training_.reset();
}

void DlModel::set_precision(const std::string& precision) {
  if (precision == settings_.precision) return;
  settings_.precision = precision;
  inference_.clear();
}

void DlModel::drop_plans() {
  graph();
  inference_.clear();
  training_.reset();
}

}  // namespace alcedo
