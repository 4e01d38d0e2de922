// Random access to the bytes of a model, in a file or in memory. Nothing is mapped, so a file that shrinks while it
// is read is an error and not a signal.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace alcedo::onnx {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual uint64_t size() const = 0;
  // Throws 7780 if the bytes are not there.
  virtual void read(uint64_t offset, void* destination, size_t size) const = 0;
};

std::unique_ptr<ByteSource> memory_source(const void* data, size_t size);
// Throws 5200 if there is no such file, 7780 (with the system's reason) for what is not a readable regular file.
// `offset`: bytes in front that do not belong to it.
std::unique_ptr<ByteSource> file_source(const std::string& path, uint64_t offset = 0);

}  // namespace alcedo::onnx
