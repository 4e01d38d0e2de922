#include "base/temporary_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/error.h"

namespace alcedo {
namespace {

constexpr int kMaxLinks = 40;  // as the kernel
constexpr int kMaxSlots = 64;  // writers of one file at a time
constexpr size_t kMaxName = 255 - 24;

// A writer holds the lock from just after the file's creation until it has its final name. Only who holds it may
// remove the file, so the name cannot come to mean another file in between.
bool remove_if_abandoned(const std::string& name) {
  const int descriptor = ::open(name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) return errno == ENOENT;
  struct stat opened {
  }, named{};
  bool gone = false;
  if (::fstat(descriptor, &opened) == 0 && S_ISREG(opened.st_mode) && ::flock(descriptor, LOCK_EX | LOCK_NB) == 0) {
    const bool there = ::lstat(name.c_str(), &named) == 0;
    const bool same = there && named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
    gone = !there || (same && ::unlink(name.c_str()) == 0);
  }
  ::close(descriptor);
  return gone;
}

bool exists(const std::string& name) {
  struct stat status {};
  return ::lstat(name.c_str(), &status) == 0;
}

}  // namespace

std::string end_of_links(const std::string& file_name, int code) {
  namespace fs = std::filesystem;
  fs::path path(file_name);
  std::error_code failure;
  for (int links = 0; fs::is_symlink(path, failure); ++links) {
    require(links < kMaxLinks, code, "file '", file_name, "' cannot be opened: ", std::strerror(ELOOP));
    const fs::path next = fs::read_symlink(path, failure);
    require(!failure, code, "file '", file_name, "' cannot be opened: ", failure.message());
    path = path.parent_path() / next;  // an absolute `next` stands alone
  }
  return path.string();
}

TemporaryFile::TemporaryFile(const std::string& file_name, int code) : target_(file_name) {
  for (int slot = 0; slot < kMaxSlots && descriptor_ < 0; ++slot) {
    while (!create(slot)) {
      require(errno == EEXIST, code, "file '", file_name, "' cannot be created: ", std::strerror(errno));
      if (!remove_if_abandoned(name_of(slot))) break;
    }
    if (descriptor_ < 0) continue;
    for (int next = slot + 1; next < kMaxSlots && exists(name_of(next)); ++next) remove_if_abandoned(name_of(next));
  }
  require(descriptor_ >= 0, code, "file '", file_name, "' cannot be created: ", kMaxSlots, " files like '", name_of(0),
          "' are in its way");
}

TemporaryFile::~TemporaryFile() {
  if (!placed_) ::unlink(name_.c_str());
  ::close(descriptor_);
}

// False with EEXIST: the name is taken, perhaps for a moment only.
bool TemporaryFile::create(int slot) {
  const std::string name = name_of(slot);
  const int descriptor = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (descriptor < 0) return false;
  struct stat status {};
  // Somebody who found the file before it was locked removes it. Where there are no locks nobody does.
  const bool lost = ::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  if (lost || (::fstat(descriptor, &status) == 0 && status.st_nlink == 0)) {
    ::close(descriptor);
    errno = EEXIST;
    return false;
  }
  name_ = name;
  descriptor_ = descriptor;
  return true;
}

std::string TemporaryFile::name_of(int slot) const {
  const std::filesystem::path path(target_);
  const std::string base = path.filename().string().substr(0, kMaxName);
  return (path.parent_path() / ("." + base + ".alcedo-" + std::to_string(slot) + ".tmp")).string();
}

bool TemporaryFile::put_in_place() {
  placed_ = ::fsync(descriptor_) == 0 && ::rename(name_.c_str(), target_.c_str()) == 0;
  return placed_;
}

}  // namespace alcedo
