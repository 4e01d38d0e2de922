#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <thread>

#include "base/error.h"
#include "base/error_codes.h"
#include "base/temporary_file.h"

namespace alcedo {
namespace {

std::string reason() { return std::strerror(errno); }

bool write_all(int descriptor, const char* data, size_t size) {
  while (size > 0) {
    const ssize_t written = ::write(descriptor, data, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    data += written;
    size -= static_cast<size_t>(written);
  }
  return true;
}

bool write_all(int descriptor, const std::vector<FilePiece>& pieces) {
  for (const FilePiece& piece : pieces) {
    if (!write_all(descriptor, static_cast<const char*>(piece.data), piece.size)) return false;
  }
  return true;
}

// Large files: behind the bytes that were written the disk is kept busy by a thread of its own, so that fsync has
// little left to wait for.
class WriteBack {
 public:
  explicit WriteBack(int descriptor) : descriptor_(descriptor) {
    try {
      thread_ = std::thread([this] { run(); });
    } catch (const std::system_error&) {
      return;  // fsync writes all of it
    }
  }
  WriteBack(const WriteBack&) = delete;
  WriteBack& operator=(const WriteBack&) = delete;
  ~WriteBack() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      ended_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
  }
  void advance(size_t bytes) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      written_ += bytes;
    }
    changed_.notify_one();
  }

 private:
  void run() {
    size_t begun = 0;
    for (std::unique_lock<std::mutex> lock(mutex_);;) {
      changed_.wait(lock, [&] { return ended_ || written_ - begun >= kStep; });
      if (ended_) return;
      const size_t from = begun, size = written_ - begun;
      begun = written_;
      lock.unlock();
      ::sync_file_range(descriptor_, static_cast<off64_t>(from), static_cast<off64_t>(size), SYNC_FILE_RANGE_WRITE);
      lock.lock();
    }
  }

  static constexpr size_t kStep = size_t{8} << 20;
  int descriptor_;
  std::mutex mutex_;
  std::condition_variable changed_;
  size_t written_ = 0;
  bool ended_ = false;
  std::thread thread_;
};

bool write_large(int descriptor, const std::vector<FilePiece>& pieces) {
  constexpr size_t kPart = size_t{1} << 20;
  WriteBack disk(descriptor);
  for (const FilePiece& piece : pieces) {
    const char* data = static_cast<const char*>(piece.data);
    for (size_t at = 0; at < piece.size; at += kPart) {
      const size_t size = std::min(kPart, piece.size - at);
      if (!write_all(descriptor, data + at, size)) return false;
      disk.advance(size);
    }
  }
  return true;
}

// A large file's blocks are given back when it is closed for the last time. Where the disk is told of freed blocks that
// takes as long as writing, and nobody waits for it.
class Replaced {
 public:
  Replaced(const std::string& file_name, bool large) {
    if (large) descriptor_ = ::open(file_name.c_str(), O_PATH | O_CLOEXEC);
  }
  Replaced(const Replaced&) = delete;
  Replaced& operator=(const Replaced&) = delete;
  ~Replaced() {
    if (descriptor_ < 0) return;
    try {
      std::thread([descriptor = descriptor_] { ::close(descriptor); }).detach();
    } catch (const std::system_error&) {
      ::close(descriptor_);
    }
  }

 private:
  int descriptor_ = -1;
};

constexpr size_t kLarge = size_t{16} << 20;

void write_special(const std::string& file_name, const std::vector<FilePiece>& pieces, int code) {
  const int descriptor = ::open(file_name.c_str(), O_WRONLY | O_CLOEXEC);
  require(descriptor >= 0, code, "file '", file_name, "' cannot be opened: ", reason());
  const bool written = write_all(descriptor, pieces);
  const std::string why = reason();
  ::close(descriptor);
  require(written, code, "file '", file_name, "' cannot be written: ", why);
}

}  // namespace

std::string read_file(const std::string& file_name, int code) {
  const int descriptor = ::open(file_name.c_str(), O_RDONLY | O_CLOEXEC);
  require(descriptor >= 0, code, "file '", file_name, "' cannot be opened: ", reason());
  std::string content;
  struct stat status {};
  if (::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
    content.resize(static_cast<size_t>(status.st_size));
  } else {
    ::close(descriptor);
    fail(code, "file '", file_name, "' is not a regular file");
  }
  size_t filled = 0;
  while (filled < content.size()) {
    const ssize_t got = ::read(descriptor, content.data() + filled, content.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    filled += static_cast<size_t>(got);
  }
  const std::string why = reason();
  ::close(descriptor);
  require(filled == content.size(), code, "file '", file_name, "' cannot be read: ", why);
  return content;
}

void write_file_atomically(const std::string& file_name, const std::vector<FilePiece>& pieces, int code) {
  const std::string target = end_of_links(file_name, code);
  struct stat status {};
  const bool exists = ::stat(target.c_str(), &status) == 0;
  require(!exists || !S_ISDIR(status.st_mode), code, "file '", file_name, "' is a folder");
  if (exists && !S_ISREG(status.st_mode)) return write_special(target, pieces, code);  // /dev/full, a pipe
  // The folder alone decides about a rename; who took away the right to write the file wants to keep it.
  const bool writable = !exists || ::faccessat(AT_FDCWD, target.c_str(), W_OK, AT_EACCESS) == 0;
  require(writable, code, "file '", file_name, "' cannot be opened: ", reason());

  TemporaryFile temporary(target, code);
  const int descriptor = temporary.descriptor();
  const Replaced replaced(target, exists && static_cast<size_t>(status.st_size) >= kLarge);
  size_t size = 0;
  for (const FilePiece& piece : pieces) size += piece.size;
  if (exists) ::fchmod(descriptor, status.st_mode & 07777);
  const bool all = size >= kLarge ? write_large(descriptor, pieces) : write_all(descriptor, pieces);
  const bool written = all && temporary.put_in_place();
  require(written, code, "file '", file_name, "' cannot be written: ", reason());
  const std::string folder = std::filesystem::path(target).parent_path().string();
  const int directory = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory >= 0) {
    ::fsync(directory);
    ::close(directory);
  }
}

std::string read_existing_file(const std::string& file_name, int code) {
  struct stat status {};
  const bool missing = ::stat(file_name.c_str(), &status) != 0 && (errno == ENOENT || errno == ENOTDIR);
  require(!missing, error::kFileNotFound, "file '", file_name, "' does not exist");
  return read_file(file_name, code);
}

void write_file_atomically(const std::string& file_name, const void* data, size_t size, int code) {
  write_file_atomically(file_name, std::vector<FilePiece>{{data, size}}, code);
}

void write_file_atomically(const std::string& file_name, const std::string& content, int code) {
  write_file_atomically(file_name, content.data(), content.size(), code);
}

}  // namespace alcedo
