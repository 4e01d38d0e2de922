// A graph lowered to kernels for one purpose: steps, values in their memory formats (slots), parameters in their
// kernels' own forms. The plans are thin users of this.
#pragma once

#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "backends/backend.h"
#include "engine/batch.h"
#include "engine/plan.h"
#include "engine/program.h"

namespace alcedo {

enum class Purpose : uint8_t {
  inference,
  training,
  scoring,
  ablation  // inference that keeps every value
};

// A value in one memory format.
struct Slot {
  ValueId value = kNone;
  MemoryDesc desc;
  BufferId buffer = kNoBuffer;
  int producer = -1;                                                             // step
  enum class Dropped : uint8_t { unknown, no, yes } dropped = Dropped::unknown;  // not kept for the backward pass
  BufferId again = kNoBuffer;                                                    // ... but made again here
  bool diff_needed = false;
  std::vector<BufferId> diffs;  // contributions to the gradient, filled from the last consumer to the first

  // The gradient lies as the value does; that of integers has fractions.
  MemoryDesc diff_desc() const {
    const bool real = desc.dtype == DType::f32 || desc.dtype == DType::bf16;
    return {real ? desc.dtype : DType::f32, desc.shape, desc.block};
  }
};

// A constant that a kernel reads, in that kernel's form.
struct Parameter {
  ValueId value = kNone;
  TensorInfo info;
  int step = 0;
  size_t port = 0;
  InputRole role = InputRole::data;
  bool trainable = false;
  bool shared = false;  // trained by several nodes
  bool sliced = false;  // the gradient comes in slices, each used at once
  bool lent = false;    // the graph's own tensor is read, held here
  Tensor held;
  BufferId master = kNoBuffer, gradient = kNoBuffer, first = kNoBuffer;
  bool written = false;      // the gradient holds something since the last update
  void* borrowed = nullptr;  // in another network's memory
};

struct Step {
  NodeId node = kNone;
  std::string label;
  KernelRequest request;
  std::unique_ptr<Kernel> kernel;  // nullptr: a view, dst 0 is the memory of src 0
  std::vector<int> src, dst;       // slots, -1: none
  std::vector<int> parameters;     // per port, -1: none
  std::vector<NodeId> folded;      // into the weights: BatchNormalization, sums and products with constants
  BufferId state = kNoBuffer, saved = kNoBuffer, scratch = kNoBuffer, backward_scratch = kNoBuffer;
  bool unused = false;         // a restricted network never runs it
  ValueId hidden_map = kNone;  // a feature map inside the step: in front of the residual sum or the activation
  // Of the backward pass.
  std::vector<BufferId> diff_dst, diff_src;  // diff_dst 0: in front of an activation that is not the kernel's own
  float* unit_products = nullptr;            // of a feature map of hidden units
  std::vector<BufferId> read_src, read_dst;
  std::vector<BufferId> again_src;  // where dst 0 is made again
  BufferId again_dst = kNoBuffer;
  KernelArgs forward, backward, again;
};

// A node with those that its kernel takes along.
struct Group {
  NodeId node = kNone;
  std::vector<NodeId> folded;
  ValueId residual = kNone;
  NodeId activation_node = kNone;
  Activation activation;
  std::vector<Activation> tail;
  std::vector<NodeId> nodes;  // all behind `node`
  ValueId result = kNone;
  ValueId hidden_map = kNone;  // a feature map that has no memory of its own
};

// Where the products of a feature map with its gradient go: [N, size of axis], means over the other axes (of hidden
// units: over steps and directions, found by the layer).
struct MapProducts {
  float* into = nullptr;
  int axis = 1;
};

class Network {
 public:
  // `wanted`: values that must exist as such. For scoring they are the feature maps that need a gradient.
  Network(const Graph& graph, std::vector<Shape> input_shapes, const std::vector<ValueId>& wanted,
          const std::vector<ValueId>& feature_maps, Purpose purpose, const PlanOptions& options);

  Purpose purpose() const { return purpose_; }
  int64_t batch() const;
  const TensorInfo& info(ValueId value) const { return infos_[value]; }

  // The slot in which a value was produced; -1: it has none (not computed, fused away or constant).
  int primary_slot(ValueId value) const;
  // The value in plain memory of its own type; appends a reorder if need be.
  int plain_slot(ValueId value);
  // A value inside a kernel that differs from the given one only by an activation; kNone: there is none.
  ValueId behind_activation(ValueId value) const;
  const Slot& slot(int index) const { return slots_[index]; }
  Slot& slot(int index) { return slots_[index]; }
  size_t num_slots() const { return slots_.size(); }
  const std::vector<Step>& steps() const { return steps_; }
  Program& program() { return program_; }

  // Appends the backward pass. The gradients of loss slots must have been added before.
  void add_diff(int slot, BufferId diff);
  void build_backward(std::unordered_map<ValueId, MapProducts> products = {});
  // With PlanOptions::update_in_backward: called as soon as a gradient is known, for `num` floats of a parameter from
  // `begin`; `gradient` holds just these. Parameters that are `shared` are left out.
  using Update = std::function<void(size_t parameter, int64_t begin, int64_t num, const float* gradient)>;
  void on_gradient(Update update) { update_ = std::move(update); }
  // The buffer in which the backward pass finds a slot's value; appends what makes it again if it is not kept.
  BufferId value_again(int slot);

  // Before finish(): parameters that `donor`, a network of the same steps, holds in the same form are read there.
  void borrow_parameters(const Network& donor);
  // After everything was appended. `uses`: for passes that run only some of the steps (purpose ablation, where each
  // step is an instruction); memory is then shared and given only to what these steps touch.
  void finish(std::vector<Program::Use> uses = {});
  void reload(const Graph& graph);
  // Copies the samples in; the rest of the batch becomes zero.
  void set_inputs(const Batch& batch);
  uint64_t seed = 0;

  std::vector<Parameter>& parameters() { return parameters_; }
  const std::vector<Parameter>& parameters() const { return parameters_; }
  const Kernel& kernel_of(const Parameter& parameter) const { return *steps_[parameter.step].kernel; }
  // A step's parameter as the layer has it, a folded BatchNormalization worked in.
  Tensor plain_parameter(const Graph& graph, int step, size_t port) const;
  void* at(BufferId buffer) const { return program_.at(buffer); }
  // Derived forms of the parameters after an update.
  void prepare_changed();

 private:
  void lower();
  void find_needed(const std::vector<ValueId>& wanted);
  void find_diff_needed(const std::vector<ValueId>& feature_maps);
  void check_integers(const Node& quantize) const;
  bool try_group(const Group& group, bool last_resort);
  KernelRequest request_of(const Group& group) const;
  void add_view(NodeId node);
  bool is_view(const Node& node) const;
  int add_slot(ValueId value, const MemoryDesc& desc, BufferId buffer);
  int slot_in(ValueId value, const MemoryDesc& desc);
  void add_parameters(Step& step, const Group& group);
  void append_forward(int step);
  bool known(ValueId value) const { return value != kNone && infos_[value].known(); }
  bool single_consumer(ValueId value) const;
  bool trainable(const Node& node, size_t port) const;

  BufferId gather_diff(int slot, size_t into = 1);
  BufferId receive_diff(int step, bool passes_on);
  MapProducts products_of(ValueId value) const;
  float* unit_products(const Step& step) const;
  void append_axis_products(int slot, const MapProducts& products);
  void backward_step(int step);
  void append_update(int step, const std::vector<int>& gradients);
  void update_in_slices(int step);
  void find_read_backward();
  bool is_dropped(int slot);
  void bind();
  Tensor source_of(const Graph& graph, const std::vector<TensorInfo>& infos, const Parameter& parameter,
                   Arena* memory) const;
  void pack(const Graph& graph, int step, Arena& memory);  // its parameters, from the graph

  Graph graph_;  // structure; constants that kernels hold are dropped
  std::vector<Shape> input_shapes_;
  Purpose purpose_;
  PlanOptions options_;
  std::vector<TensorInfo> infos_;
  std::vector<bool> needed_, lowered_;                       // nodes
  std::vector<bool> protected_, feature_map_, diff_needed_;  // values
  std::vector<std::vector<NodeId>> consumers_;
  std::vector<std::vector<int>> slots_of_value_;
  std::unordered_map<ValueId, ValueId> behind_activation_;
  std::unordered_map<ValueId, int> shared_parameters_;  // training: trainable value -> parameter
  std::vector<Slot> slots_;
  std::vector<bool> read_backward_;  // slots
  std::vector<Step> steps_;
  std::vector<Parameter> parameters_;
  Program program_;
  BufferId scratch_ = kNoBuffer;
  size_t scratch_bytes_ = 0;
  BufferId scratch_for(const Kernel& kernel, Instruction& instruction);
  std::vector<Tensor> gradient_temps_;  // per parameter, made when gradients are accumulated over several passes
  std::unordered_map<ValueId, MapProducts> products_;
  Update update_;
};

}  // namespace alcedo
