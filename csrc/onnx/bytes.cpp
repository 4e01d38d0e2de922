#include "onnx/bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "base/error_codes.h"
#include "base/parallel.h"

namespace alcedo::onnx {
namespace {

class MemorySource : public ByteSource {
 public:
  MemorySource(const void* data, size_t size) : data_(static_cast<const char*>(data)), size_(size) {}
  uint64_t size() const override { return size_; }
  void read(uint64_t offset, void* destination, size_t size) const override {
    require(offset <= size_ && size <= size_ - offset, error::kFileRead, "the model's bytes end too early");
    if (size > 0) std::memcpy(destination, data_ + offset, size);
  }

 private:
  const char* data_;
  size_t size_;
};

class FileSource : public ByteSource {
 public:
  FileSource(const std::string& path, uint64_t offset) : path_(path), offset_(offset) {
    // Non-blocking: a pipe without a writer must not hang the caller.
    descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    require(descriptor_ >= 0, errno == ENOENT ? error::kFileNotFound : error::kFileRead, "file '", path,
            "' cannot be opened: ", std::strerror(errno));
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
      ::close(descriptor_);
      fail(error::kFileRead, "'", path, "' is not a regular file");
    }
    const auto size = static_cast<uint64_t>(status.st_size);
    size_ = size - std::min(size, offset_);
  }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;
  ~FileSource() override { ::close(descriptor_); }

  uint64_t size() const override { return size_; }
  // Large parts by all threads: copying out of the page cache and the first touch of the memory take the time.
  void read(uint64_t offset, void* destination, size_t size) const override {
    char* to = static_cast<char*>(destination);
    parallel_for(static_cast<int64_t>(size), 1 << 20, [&](int64_t begin, int64_t end) {
      read_part(offset_ + offset + static_cast<uint64_t>(begin), to + begin, static_cast<size_t>(end - begin));
    });
  }

 private:
  void read_part(uint64_t offset, char* to, size_t size) const {
    while (size > 0) {
      const ssize_t got = ::pread(descriptor_, to, size, static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR) continue;
      require(got >= 0, error::kFileRead, "file '", path_, "' cannot be read: ", std::strerror(errno));
      require(got > 0, error::kFileRead, "file '", path_, "' ends too early, at byte ", offset);
      to += got;
      offset += static_cast<uint64_t>(got);
      size -= static_cast<size_t>(got);
    }
  }

  std::string path_;
  uint64_t offset_;
  int descriptor_ = -1;
  uint64_t size_ = 0;
};

}  // namespace

std::unique_ptr<ByteSource> memory_source(const void* data, size_t size) {
  return std::make_unique<MemorySource>(data, size);
}

std::unique_ptr<ByteSource> file_source(const std::string& path, uint64_t offset) {
  return std::make_unique<FileSource>(path, offset);
}

}  // namespace alcedo::onnx
