// Lowering: from nodes to steps. Fusion is decided in groups.cpp; formats follow from the kernels' wishes, a reorder
// is a step of its own.
#include <algorithm>

#include "base/error.h"
#include "base/error_codes.h"
#include "engine/folding.h"
#include "engine/network.h"

namespace alcedo {

void Network::find_needed(const std::vector<ValueId>& wanted) {
  needed_.assign(graph_.nodes.size(), false);
  const std::vector<NodeId> producers = graph_.producers();
  std::vector<ValueId> open = wanted;
  while (!open.empty()) {
    const ValueId value = open.back();
    open.pop_back();
    if (value == kNone || known(value)) continue;
    const NodeId node = producers[value];
    if (node == kNone || needed_[node]) continue;
    needed_[node] = true;
    const auto& inputs = graph_.nodes[node].inputs;
    open.insert(open.end(), inputs.begin(), inputs.end());
  }
}

bool Network::trainable(const Node& node, size_t port) const {
  return purpose_ == Purpose::training && is_trainable(graph_, node, port);
}

void Network::find_diff_needed(const std::vector<ValueId>& feature_maps) {
  diff_needed_.assign(graph_.values.size(), false);
  if (purpose_ != Purpose::training && purpose_ != Purpose::scoring) return;
  for (ValueId value : feature_maps) diff_needed_[value] = true;
  for (size_t n = 0; n < graph_.nodes.size(); ++n) {
    if (!needed_[n]) continue;
    const Node& node = graph_.nodes[n];
    bool any = false;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      if (node.inputs[i] == kNone) continue;
      any = any || diff_needed_[node.inputs[i]] || trainable(node, i);
    }
    // What happens to hidden units at one step shows in all results.
    for (ValueId value : node.outputs) {
      any = any || (value != kNone && feature_map_[value] && holds_hidden_units(node));
    }
    if (!any) continue;
    for (ValueId value : node.outputs) {
      if (value != kNone && (infos_[value].dtype == DType::f32 || node.op_type == "QuantizeLinear")) {
        diff_needed_[value] = true;
      }
    }
    if (node.op_type == "QuantizeLinear") check_integers(node);
  }
}

// Only DequantizeLinear takes gradients of integers.
void Network::check_integers(const Node& quantize) const {
  for (const NodeId id : consumers_[quantize.outputs[0]]) {
    const Node& reader = graph_.nodes[id];
    require(!needed_[id] || reader.op_type == "DequantizeLinear", error::kOperatorUnsupported, "[QuantizeLinear ",
            quantize.name, "] has no gradient: its integers are read by [", reader.op_type, " ", reader.name,
            "], only DequantizeLinear may read them");
  }
}

bool Network::single_consumer(ValueId value) const {
  int num = 0;
  for (NodeId node : consumers_[value]) num += needed_[node] ? 1 : 0;
  return num == 1;
}

bool Network::is_view(const Node& node) const {
  const std::string& type = node.op_type;
  if (type == "Identity") return true;
  if (type == "Dropout") {
    const ValueId mask = node.outputs.size() > 1 ? node.outputs[1] : kNone;
    return purpose_ != Purpose::training && (mask == kNone || (consumers_[mask].empty() && !protected_[mask]));
  }
  return type == "Flatten" || type == "Reshape" || type == "Squeeze" || type == "Unsqueeze";
}

namespace {
// The same bytes under another shape: for plans in which every value has memory of its own.
class CopyKernel final : public Kernel {
 public:
  CopyKernel(const KernelRequest& request, const MemoryDesc& from, const MemoryDesc& to) : Kernel(request) {
    src[0] = from;
    dst[0] = to;
    name = "own:copy";
  }
  void forward(const KernelArgs& args) override {
    const char* from = static_cast<const char*>(args.src[0]);
    std::copy_n(from, dst[0].bytes(), static_cast<char*>(args.dst[0]));
  }
};
}  // namespace

void Network::add_view(NodeId id) {
  const Node& node = graph_.nodes[id];
  const ValueId from = node.inputs[0], to = node.outputs[0];
  const bool keeps_shape = infos_[from].shape == infos_[to].shape;
  const int src = keeps_shape ? primary_slot(from) : plain_slot(from);
  require(src >= 0, error::kInternal, "[", node.op_type, " ", node.name, "] has no input");
  MemoryDesc desc = slots_[src].desc;
  desc.shape = infos_[to].shape;
  Step step;
  step.node = id;
  step.label = node.op_type + " " + node.name;
  BufferId buffer = slots_[src].buffer;
  if (purpose_ == Purpose::ablation) {
    KernelRequest request;
    request.src.resize(1);
    request.dst.resize(1);
    step.kernel = std::make_unique<CopyKernel>(request, slots_[src].desc, desc);
    buffer = program_.add_buffer(desc.bytes());
  }
  const int dst = add_slot(to, desc, buffer);
  step.src = {src};
  step.dst = {dst};
  step.parameters = {-1};
  steps_.push_back(std::move(step));
  append_forward(static_cast<int>(steps_.size()) - 1);
  lowered_[id] = true;
}

KernelRequest Network::request_of(const Group& group) const {
  const Node& node = graph_.nodes[group.node];
  KernelRequest request;
  request.node = &node;
  request.activation = group.activation;
  request.tail = group.tail;
  request.residual = group.residual != kNone;
  request.training = purpose_ == Purpose::training;
  request.bf16 = options_.bf16;
  request.autotune = options_.autotune;
  const auto add_data = [&](ValueId value) {
    require(primary_slot(value) >= 0, error::kInternal, "[", node.op_type, " ", node.name, "] reads ",
            graph_.values[value].name, " before it is made");
    request.at_hand.push_back(slots_[primary_slot(value)].desc);
    request.diff_wanted.push_back(diff_needed_[value]);
    request.backward = request.backward || diff_needed_[value];
  };
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    const ValueId value = node.inputs[i];
    request.src.push_back(value == kNone ? TensorInfo{} : infos_[value]);
    const bool constant = known(value);
    request.parameter.push_back(constant);
    if (value == kNone || constant) {
      request.at_hand.emplace_back();
      request.diff_wanted.push_back(false);
      request.weight_gradients = request.weight_gradients || (constant && trainable(node, i));
    } else {
      add_data(value);
    }
  }
  request.backward = request.backward || request.weight_gradients;
  if (!group.folded.empty() && (request.src.size() < 3 || request.src[2].dtype == DType::undefined)) {
    request.src.resize(3);
    request.parameter.resize(3, true);
    request.at_hand.resize(3);
    request.diff_wanted.resize(3, false);
    request.parameter[2] = true;
    const TensorInfo& out = infos_[node.outputs[0]];
    request.src[2] = {DType::f32, {out.shape[channel_axis(node, out)]}, {}};
  }
  if (group.residual != kNone) add_data(group.residual);
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    const ValueId value = i == 0 ? group.result : node.outputs[i];
    const bool used = value != kNone && (i == 0 || protected_[value] || !consumers_[value].empty());
    request.dst.push_back(used ? infos_[value] : TensorInfo{});
  }
  return request;
}

void Network::add_parameters(Step& step, const Group& group) {
  const Node& node = graph_.nodes[group.node];
  const int index = static_cast<int>(steps_.size());
  step.parameters.assign(step.request.num_src(), -1);
  for (size_t port = 0; port < step.request.src.size(); ++port) {
    if (!step.request.parameter[port] || step.request.src[port].dtype == DType::undefined) continue;
    Parameter parameter;
    parameter.value = port < node.inputs.size() ? node.inputs[port] : kNone;
    parameter.info = step.request.src[port];
    parameter.info.constant = Tensor();
    parameter.step = index;
    parameter.port = port;
    parameter.role = port < node.inputs.size() ? input_role(node, port) : InputRole::bias;
    parameter.trainable = parameter.value != kNone && trainable(node, port);
    const size_t bytes = step.kernel->parameter_bytes(port);
    if (parameter.trainable) {
      const auto found = shared_parameters_.find(parameter.value);
      if (found != shared_parameters_.end()) {
        require(program_.bytes_of(parameters_[found->second].master) == bytes, error::kInternal, "[", step.label,
                "] shares weights with a node that keeps them in another form");
        step.parameters[port] = found->second;
        continue;
      }
      shared_parameters_[parameter.value] = static_cast<int>(parameters_.size());
      parameter.shared = consumers_[parameter.value].size() > 1;
      const bool kept = !options_.update_in_backward || parameter.shared;
      parameter.sliced = !kept && step.kernel->sliced_port == static_cast<int>(port);
      parameter.gradient = program_.add_buffer(parameter.sliced ? step.kernel->slice_bytes : bytes, kept, "gradients");
      parameter.first = program_.add_buffer(bytes, true, "moments");
    }
    parameter.lent = !parameter.trainable && parameter.value != kNone && step.folded.empty() &&
                     purpose_ != Purpose::ablation && step.kernel->reads_plain(port);
    if (!parameter.lent) parameter.master = program_.add_buffer(bytes, true, "weights");
    step.parameters[port] = static_cast<int>(parameters_.size());
    parameters_.push_back(parameter);
  }
}

bool Network::try_group(const Group& group, bool last_resort) {
  const Node& node = graph_.nodes[group.node];
  KernelRequest request = request_of(group);
  // Weights that several nodes share are kept as the graph has them.
  bool shared = false;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    shared = shared || (request.weight_gradients && trainable(node, i) && consumers_[node.inputs[i]].size() > 1);
  }
  auto kernel = create_kernel(request, options_.reference || shared);
  if (!kernel) {
    require(!last_resort, error::kInternal, "[", node.op_type, " ", node.name, "] has no kernel");
    return false;
  }
  Step step;
  step.node = group.node;
  step.label = node.op_type + " " + node.name;
  for (NodeId other : group.nodes) step.label += "+" + graph_.nodes[other].op_type;
  step.folded = group.folded;
  step.hidden_map = group.hidden_map;
  step.request = std::move(request);
  step.kernel = std::move(kernel);
  step.src.assign(step.request.num_src(), -1);
  for (size_t i = 0; i < step.src.size(); ++i) {
    if (!step.request.is_data(i)) continue;
    const ValueId value = i < node.inputs.size() ? node.inputs[i] : group.residual;
    step.src[i] = slot_in(value, step.kernel->src[i]);
  }
  step.dst.assign(step.request.dst.size(), -1);
  for (size_t i = 0; i < step.dst.size(); ++i) {
    if (step.request.dst[i].dtype == DType::undefined) continue;
    const MemoryDesc& desc = step.kernel->dst[i];
    step.dst[i] = add_slot(i == 0 ? group.result : node.outputs[i], desc, program_.add_buffer(desc.bytes()));
  }
  add_parameters(step, group);
  if (step.kernel->state_bytes)
    step.state = program_.add_buffer(step.kernel->state_bytes, true, "weights in other forms");
  if (step.kernel->saved_bytes) step.saved = program_.add_buffer(step.kernel->saved_bytes);
  lowered_[group.node] = true;
  for (NodeId other : group.nodes) lowered_[other] = true;
  if (group.activation_node != kNone) {
    behind_activation_[graph_.nodes[group.activation_node].inputs[0]] = group.result;
  }
  steps_.push_back(std::move(step));
  append_forward(static_cast<int>(steps_.size()) - 1);
  return true;
}

// Scratch lives during one instruction, among the values. Where every buffer has memory of its own there is only one.
BufferId Network::scratch_for(const Kernel& kernel, Instruction& instruction) {
  if (kernel.scratch_bytes == 0) return kNoBuffer;
  if (purpose_ == Purpose::ablation) {
    scratch_bytes_ = std::max(scratch_bytes_, kernel.scratch_bytes);
    return kNoBuffer;
  }
  const BufferId scratch = program_.add_buffer(kernel.scratch_bytes);
  instruction.writes.push_back(scratch);
  return scratch;
}

void Network::append_forward(int index) {
  const Step& step = steps_[index];
  if (!step.kernel) return;
  Instruction i;
  i.label = step.label;
  i.kernel = step.kernel->name;
  i.flops = step.kernel->flops;
  for (int slot : step.src) {
    if (slot < 0) continue;
    i.reads.push_back(slots_[slot].buffer);
    i.formats += to_string(slots_[slot].desc) + " ";
  }
  i.formats += "->";
  for (int slot : step.dst) {
    if (slot < 0) continue;
    i.writes.push_back(slots_[slot].buffer);
    i.formats += " " + to_string(slots_[slot].desc);
  }
  if (step.saved != kNoBuffer) i.writes.push_back(step.saved);
  steps_[index].scratch = scratch_for(*step.kernel, i);
  const int inplace = step.kernel->inplace_src;
  if (inplace >= 0 && step.src[inplace] >= 0 && step.dst[0] >= 0) {
    i.inplace_read = slots_[step.src[inplace]].buffer;
    i.inplace_write = slots_[step.dst[0]].buffer;
  }
  i.run = [this, index] {
    Step& s = steps_[index];
    s.forward.seed = seed;
    s.kernel->forward(s.forward);
  };
  program_.add(std::move(i));
}

}  // namespace alcedo
