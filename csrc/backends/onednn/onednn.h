// oneDNN in one place: engine, stream, descriptors. The API is that of 2.x (operation descriptor, then primitive
// descriptor); what differs between versions belongs here.
#pragma once

#include <dnnl.hpp>
#include <functional>
#include <unordered_map>

#include "backends/backend.h"

namespace alcedo::onednn {

using dnnl::memory;
using Args = std::unordered_map<int, memory>;

const dnnl::engine& cpu();
dnnl::stream& stream();  // of the calling thread

memory::data_type type_of(DType dtype);
memory::dims dims_of(const Shape& shape);

// The value's memory. A blocked value is described with its padded number of channels: padding is zero, so the result
// is the same, and oneDNN's fast kernels want whole blocks.
memory::desc desc_of(const MemoryDesc& desc);
memory::desc any_desc(DType dtype, const Shape& shape);
memory::desc plain_desc(DType dtype, const Shape& shape);
// block of the format if it is plain or blocked in channels as the engine knows it; 0 if it is something else.
int block_of(const memory::desc& desc);

dnnl::primitive_attr scratchpad_attr();

// A primitive with its argument memories made once; run() sets the pointers.
class Primitive {
 public:
  Primitive() = default;
  Primitive(const dnnl::primitive& primitive, std::vector<std::pair<int, memory::desc>> arguments);
  explicit operator bool() const { return static_cast<bool>(primitive_); }
  // Pointers in the order of `arguments`.
  void run(std::initializer_list<const void*> pointers);

 private:
  dnnl::primitive primitive_;
  std::vector<memory> memories_;
  std::vector<dnnl_exec_arg_t> args_;  // as the C interface wants them: the C++ one makes a list per call
};

// A reorder of its own, made once.
Primitive reorder_primitive(const memory::desc& from, const memory::desc& to);
void reorder_now(const memory::desc& from, const void* src, const memory::desc& to, void* dst);

}  // namespace alcedo::onednn
