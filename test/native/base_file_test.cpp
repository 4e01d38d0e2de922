// Files are replaced whole: links are followed, what a killed writer left goes away, what a living one has stays.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/file.h"

namespace fs = std::filesystem;
using namespace alcedo;

namespace {

constexpr int kCode = 7781;

struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "alcedo-file-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { fs::remove_all(path); }
  std::string operator/(const std::string& name) const { return (path / name).string(); }
  size_t entries() const { return static_cast<size_t>(std::distance(fs::directory_iterator(path), {})); }
};

std::string refusal(const std::string& file, const std::string& content) {
  try {
    write_file_atomically(file, content, kCode);
  } catch (const HException& e) {
    return e.text();
  }
  return "";
}

unsigned mode_of(const std::string& file) {
  struct stat status {};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

}  // namespace

TEST_SUITE("base") {
  TEST_CASE("a link stays a link, and the file behind it changes") {
    const Folder folder;
    fs::create_directory(folder / "deep");
    fs::create_symlink("deep/second", folder / "first");
    fs::create_symlink("../file", folder / "deep/second");
    write_file_atomically(folder / "first", "new", kCode);  // the file is not there yet
    CHECK(fs::is_symlink(folder / "first"));
    CHECK(fs::is_symlink(folder / "deep/second"));
    CHECK_FALSE(fs::is_symlink(folder / "file"));
    write_file_atomically(folder / "first", "newer", kCode);
    CHECK(read_file(folder / "file", kCode) == "newer");
    CHECK(folder.entries() == 3);
    fs::create_symlink("b", folder / "a");
    fs::create_symlink("a", folder / "b");
    CHECK(refusal(folder / "a", "x").find("oo many levels") != std::string::npos);
  }

  TEST_CASE("the temporary of a killed writer goes away, that of a living one stays") {
    const Folder folder;
    const std::string dead = folder / ".x.onnx.alcedo-0.tmp", living = folder / ".x.onnx.alcedo-1.tmp";
    for (const std::string& name : {dead, living}) std::ofstream(name) << "half";
    std::ofstream(folder / ".y.onnx.alcedo-0.tmp") << "of another file";
    const int descriptor = ::open(living.c_str(), O_RDONLY | O_CLOEXEC);
    REQUIRE(::flock(descriptor, LOCK_EX) == 0);
    write_file_atomically(folder / "x.onnx", "whole", kCode);
    CHECK(read_file(folder / "x.onnx", kCode) == "whole");
    CHECK_FALSE(fs::exists(dead));
    CHECK(read_file(living, kCode) == "half");
    ::close(descriptor);
    write_file_atomically(folder / "x.onnx", "again", kCode);
    CHECK_FALSE(fs::exists(living));
    CHECK(folder.entries() == 2);
  }

  TEST_CASE("writers of one file at a time do not disturb each other") {
    const Folder folder;
    const std::string file = folder / "x";
    std::vector<std::thread> writers;
    std::atomic<int> failures{0};
    for (int t = 0; t < 4; ++t) {
      writers.emplace_back([&, t] {
        for (int i = 0; i < 25; ++i) {
          if (!refusal(file, std::string(5000, static_cast<char>('a' + t))).empty()) ++failures;
        }
      });
    }
    for (std::thread& writer : writers) writer.join();
    CHECK(failures == 0);
    const std::string content = read_file(file, kCode);
    CHECK(content == std::string(5000, content[0]));
    CHECK(folder.entries() == 1);
  }

  TEST_CASE("permissions: a new file's as the process wants them, an old one's as they were; read-only is refused") {
    const Folder folder;
    const mode_t mask = ::umask(077);
    write_file_atomically(folder / "new", "x", kCode);
    ::umask(mask);
    CHECK(mode_of(folder / "new") == 0600);
    REQUIRE(::chmod((folder / "new").c_str(), 0640) == 0);
    write_file_atomically(folder / "new", "y", kCode);
    CHECK(mode_of(folder / "new") == 0640);
    // Root may write everything.
    REQUIRE(::chmod((folder / "new").c_str(), 0444) == 0);
    REQUIRE(::chmod(folder.path.c_str(), 0777) == 0);
    const bool root = ::geteuid() == 0;
    if (root) REQUIRE(::seteuid(65534) == 0);
    const std::string read_only = refusal(folder / "new", "z");
    const std::string beside = refusal(folder / "other", "z");
    REQUIRE(::chmod(folder.path.c_str(), 0555) == (root ? -1 : 0));
    if (root) REQUIRE(::seteuid(0) == 0);
    CHECK(read_only.find("Permission denied") != std::string::npos);
    CHECK(read_file(folder / "new", kCode) == "y");
    CHECK(beside.empty());
    ::chmod(folder.path.c_str(), 0755);
  }

  TEST_CASE("a disk that is full in the middle leaves the old file and nothing else") {
    const Folder folder;
    const std::string file = folder / "x";
    write_file_atomically(file, "old", kCode);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    rlimit limit = before;
    limit.rlim_cur = 1 << 20;
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const std::string small = refusal(file, std::string(2 << 20, 'x'));
    const std::string large = refusal(file, std::string(20 << 20, 'x'));  // is written in parts
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    CHECK(small.find("File too large") != std::string::npos);
    CHECK(large.find("File too large") != std::string::npos);
    CHECK(read_file(file, kCode) == "old");
    CHECK(folder.entries() == 1);
  }

  TEST_CASE("names as long as the file system takes them") {
    const Folder folder;
    const std::string name(255, 'n');
    write_file_atomically(folder / name, "x", kCode);
    CHECK(read_file(folder / name, kCode) == "x");
    CHECK(folder.entries() == 1);
  }
}
