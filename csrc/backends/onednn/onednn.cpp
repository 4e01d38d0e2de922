#include "backends/onednn/onednn.h"

#include "backends/onednn/threads.h"
#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo::onednn {

const dnnl::engine& cpu() {
  static const dnnl::engine engine = [] {
    adopt_threads();
    return dnnl::engine(dnnl::engine::kind::cpu, 0);
  }();
  return engine;
}

dnnl::stream& stream() {
  thread_local dnnl::stream stream(cpu());
  return stream;
}

memory::data_type type_of(DType dtype) {
  switch (dtype) {
    case DType::f32:
      return memory::data_type::f32;
    case DType::bf16:
      return memory::data_type::bf16;
    default:
      fail(error::kInternal, "oneDNN kernels do not take ", name_of(dtype));
  }
}

memory::dims dims_of(const Shape& shape) { return memory::dims(shape.begin(), shape.end()); }

memory::desc plain_desc(DType dtype, const Shape& shape) {
  memory::dims strides(shape.size());
  int64_t stride = 1;
  for (size_t i = shape.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= std::max<int64_t>(shape[i], 1);
  }
  return memory::desc(dims_of(shape), type_of(dtype), strides);
}

memory::desc any_desc(DType dtype, const Shape& shape) {
  return memory::desc(dims_of(shape), type_of(dtype), memory::format_tag::any);
}

namespace {
memory::format_tag blocked_tag(size_t rank, int block) {
  using T = memory::format_tag;
  if (block == 16) return rank == 3 ? T::nCw16c : rank == 4 ? T::nChw16c : T::nCdhw16c;
  return rank == 3 ? T::nCw8c : rank == 4 ? T::nChw8c : T::nCdhw8c;
}
}  // namespace

memory::desc desc_of(const MemoryDesc& desc) {
  if (desc.block == 1) return plain_desc(desc.dtype, desc.shape);
  memory::dims dims = dims_of(desc.shape);
  dims[1] = desc.channel_blocks() * desc.block;
  return memory::desc(dims, type_of(desc.dtype), blocked_tag(dims.size(), desc.block));
}

int block_of(const memory::desc& desc) {
  const memory::dims dims = desc.dims();
  const auto is = [&](const memory::desc& other) { return other == desc; };
  const DType dtype = desc.data_type() == memory::data_type::bf16 ? DType::bf16 : DType::f32;
  if (is(plain_desc(dtype, Shape(dims.begin(), dims.end())))) return 1;
  if (dims.size() < 3 || dims.size() > 5) return 0;
  for (int block : {16, 8}) {
    if (is(memory::desc(dims, desc.data_type(), blocked_tag(dims.size(), block)))) return block;
  }
  return 0;
}

dnnl::primitive_attr scratchpad_attr() {
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attr;
}

Primitive::Primitive(const dnnl::primitive& primitive, std::vector<std::pair<int, memory::desc>> arguments)
    : primitive_(primitive) {
  for (const auto& [id, desc] : arguments) {
    memories_.push_back(memory(desc, cpu(), DNNL_MEMORY_NONE));
    args_.push_back({id, memories_.back().get()});
  }
}

void Primitive::run(std::initializer_list<const void*> pointers) {
  size_t i = 0;
  for (const void* pointer : pointers) memories_[i++].set_data_handle(const_cast<void*>(pointer), stream());
  const dnnl_status_t status =
      dnnl_primitive_execute(primitive_.get(), stream().get(), static_cast<int>(args_.size()), args_.data());
  dnnl::error::wrap_c_api(status, "could not execute a primitive");
  stream().wait();
}

Primitive reorder_primitive(const memory::desc& from, const memory::desc& to) {
  const dnnl::reorder::primitive_desc pd(cpu(), from, cpu(), to);
  return Primitive(dnnl::reorder(pd), {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}});
}

void reorder_now(const memory::desc& from, const void* src, const memory::desc& to, void* dst) {
  dnnl::reorder::primitive_desc pd(cpu(), from, cpu(), to);
  memory a(from, cpu(), const_cast<void*>(src)), b(to, cpu(), dst);
  dnnl::reorder(pd).execute(stream(), a, b);
  stream().wait();
}

}  // namespace alcedo::onednn
