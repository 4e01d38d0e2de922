// What a backend offers the engine: kernels, each computing one node (with what the engine fused to it) forward and
// backward on raw buffers. Per layer there is a list of implementations, best first; the layer's own reference is
// last and takes everything. Memory belongs to the engine; a kernel only says how much of which kind it needs.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "backends/activation.h"
#include "backends/memory_desc.h"
#include "layers/layer.h"

namespace alcedo {

struct KernelRequest {
  const Node* node = nullptr;
  std::vector<TensorInfo> src, dst;  // per input and output of the node; `src` may have a bias the node has not
  std::vector<bool> parameter;       // per input: comes from the parameter store, not from a value
  std::vector<MemoryDesc> at_hand;   // per input that is a value (residual last): the format it lies in now
  std::vector<bool> diff_wanted;     // per input that is a value: backward must give its gradient
  Activation activation;             // behind the node
  std::vector<Activation> tail;      // behind that, in inference
  bool residual = false;             // one more data input behind the node's own, added before the activation
  bool training = false;             // batch statistics, dropout
  bool backward = false;
  bool weight_gradients = false;
  bool bf16 = false;
  bool autotune = false;

  bool moves_zero() const;  // what is behind the node turns zeros into something else

  size_t num_src() const { return src.size() + (residual ? 1 : 0); }
  bool is_data(size_t i) const {
    return i < src.size() ? !(i < parameter.size() && parameter[i]) && src[i].dtype != DType::undefined
                          : residual && i == src.size();
  }
};

// Pointers of one call. Arrays are indexed by the request's inputs (the residual last) and outputs; what is absent or
// not wanted is nullptr.
struct KernelArgs {
  std::vector<const void*> src;
  std::vector<void*> dst;
  std::vector<void*> parameters;       // in the kernel's own form
  std::vector<void*> diff_parameters;  // to overwrite
  std::vector<const void*> diff_dst;
  std::vector<void*> diff_src;     // to overwrite
  float* unit_products = nullptr;  // BackwardArgs::unit_products
  void* state = nullptr;           // forms that prepare() derives from the parameters
  void* saved = nullptr;           // lives from forward to backward
  void* scratch = nullptr;         // lives during one call
  uint64_t seed = 0;
};

enum class DiffRule : uint8_t {
  own,         // backward writes diff_src[i]
  is_diff_dst  // diff_src[i] is diff_dst[0] unchanged
};

class Kernel {
 public:
  virtual ~Kernel() = default;

  // Set by the constructor.
  std::string name;             // as the log shows it
  std::vector<MemoryDesc> src;  // per input: wanted format (shape empty for parameters and absent ones)
  std::vector<MemoryDesc> dst;
  size_t state_bytes = 0, saved_bytes = 0, scratch_bytes = 0;
  int inplace_src = -1;                          // dst[0] may lie on this input
  int inplace_diff = -1;                         // diff_src of this input may lie on diff_dst[0]
  bool fused_activation_backward = false;        // backward sees the gradient behind the activation
  std::vector<bool> backward_src, backward_dst;  // read by backward
  // Cheap enough that dst[0] need not be kept for the backward pass: recompute() makes it again from src. With
  // `keeps_src` that pays even where nothing else keeps src.
  bool recomputable = false, keeps_src = false;
  std::vector<DiffRule> diff_rule;  // per input; empty: own
  // The gradient of this parameter can be had in slices of so many bytes, from backward_slice(); backward() then gets
  // nullptr for it.
  int sliced_port = -1;
  size_t slice_bytes = 0;
  double flops = 0;  // of one forward call, for the log

  // Parameters: bytes of the kernel's own form; plain float32 to and from it. Plain forms need not override these.
  virtual size_t parameter_bytes(size_t port) const;
  // The kernel's form is the plain tensor itself and is only read: the engine may lend it the graph's.
  virtual bool reads_plain(size_t) const { return false; }
  virtual void pack(size_t port, const Tensor& plain, void* packed) const;
  virtual void unpack(size_t port, const void* packed, Tensor& plain) const;
  // Whether the packed parameters of `other`, a kernel of the same node, can serve this one, too.
  virtual bool same_forms(const Kernel& other) const;
  // After parameters changed: derive other forms into `state`. `plain` holds what pack() got, or nullptr entries if the
  // parameters changed in their own form.
  virtual void prepare(const KernelArgs& args, const std::vector<const Tensor*>& plain);

  virtual void forward(const KernelArgs& args) = 0;
  virtual void recompute(const KernelArgs& args) { forward(args); }
  virtual void backward(const KernelArgs& args);
  // `num` floats of the sliced gradient from `begin`.
  virtual void backward_slice(const KernelArgs& args, int64_t begin, int64_t num, float* gradient);

 protected:
  explicit Kernel(const KernelRequest& request);
  size_t num_src_;
  std::vector<TensorInfo> src_info_;
};

// An implementation returns nullptr for what it does not do.
using CreateKernel = std::unique_ptr<Kernel> (*)(const KernelRequest&);

// All implementations for a node type, best first, the reference last.
std::unique_ptr<Kernel> create_kernel(const KernelRequest& request, bool reference_only = false);
std::unique_ptr<Kernel> create_layer_kernel(const KernelRequest& request);

// Frees what choosing kernels by timing has held, and writes new choices to the cache.
void end_tuning();
// The file that keeps the choices for the next process; empty: none. The default lies in $XDG_CACHE_HOME/alcedo (else
// ~/.cache/alcedo), one file per processor and oneDNN; it is empty if neither is known.
void set_kernel_cache(const std::string& file);
std::string default_kernel_cache();
void forget_kernel_choices();  // of this process

// Copies between formats and float types of the same shape; zero-fills padding channels.
std::unique_ptr<Kernel> create_reorder(const MemoryDesc& from, const MemoryDesc& to);

// Loops that belong to the engine itself; all operands in the same format. Results do not depend on the number of
// threads. `out` may be `a`.
void accumulate(const MemoryDesc& desc, const void* a, const void* b, void* out);
// What the backward pass does with the gradient of one value, in one pass over memory: two contributions a + b (b may
// be nullptr) are added up, the derivative of the activation that made `value` is applied, the result goes to `out`
// (nullptr: nobody reads it; may be `a`). Products are means over space per sample and channel, [N, C] row-major.
struct GradientPass {
  MemoryDesc desc;
  Activation activation;
  float* products = nullptr;           // value * gradient
  float* products_in_front = nullptr;  // (value - residual) * gradient in front of the activation
};
void run_gradient_pass(const GradientPass& pass, const void* a, const void* b, const void* value, const void* residual,
                       void* out);
// One channel of all samples: set to zero; copied to (`out`) or from dense memory of channel_bytes().
void clear_channel(const MemoryDesc& desc, void* data, int64_t channel);
size_t channel_bytes(const MemoryDesc& desc);
void copy_channel(const MemoryDesc& desc, void* data, int64_t channel, void* dense, bool out);

// Channels per block of blocked formats on this machine (16 with AVX-512, else 8), and whether bf16 multiplies fast.
int channel_block();
bool has_bf16();

}  // namespace alcedo
