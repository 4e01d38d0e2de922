#include "backends/onednn/tuning_cache.h"

#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>

#include "backends/onednn/onednn.h"
#include "base/checksum.h"
#include "base/error.h"
#include "base/error_codes.h"
#include "base/file.h"

namespace alcedo {
namespace onednn {
namespace {

using Choices = std::map<std::string, bool>;

struct Cache {
  std::mutex mutex;
  Choices choices;
  std::string file;  // as it was set; empty: none
  bool loaded = false, changed = false;
};
Cache& cache() {
  static Cache cache;
  return cache;
}

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  std::string name = "unknown", flags;
  for (std::string line; std::getline(info, line) && !line.empty();) {
    const size_t colon = line.find(": ");
    if (colon == std::string::npos) continue;
    if (line.rfind("model name", 0) == 0) name = line.substr(colon + 2);
    if (line.rfind("flags", 0) == 0) flags = line.substr(colon + 2);
  }
  std::ostringstream text;
  text << name << ", flags " << std::hex << checksum64(flags.data(), flags.size());
  return text.str();
}

// What a file must begin with to be of use here.
const std::string& head() {
  static const std::string head = [] {
    const dnnl_version_t* version = dnnl_version();
    return text("alcedo kernels 1\nprocessor ", processor(), "\noneDNN ", version->major, ".", version->minor, ".",
                version->patch, " ", version->hash, "\n");
  }();
  return head;
}

std::string body_of(const Choices& choices) {
  std::string body;
  for (const auto& [key, second] : choices) body += key + (second ? "\t1\n" : "\t0\n");
  return body;
}

std::string checksum_line(const std::string& body) {
  return text("checksum ", checksum64(body.data(), body.size()), "\n");
}

Choices read_choices(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream all;
  if (stream) all << stream.rdbuf();
  const std::string content = all.str();
  if (content.compare(0, head().size(), head()) != 0) return {};
  const size_t line_end = content.find('\n', head().size());
  if (line_end == std::string::npos) return {};
  const std::string body = content.substr(line_end + 1);
  if (content.substr(head().size(), line_end + 1 - head().size()) != checksum_line(body)) return {};
  Choices choices;
  std::istringstream lines(body);
  for (std::string line; std::getline(lines, line);) {
    const size_t tab = line.rfind('\t');
    if (tab == std::string::npos || tab + 2 != line.size()) return {};
    choices[line.substr(0, tab)] = line[tab + 1] == '1';
  }
  return choices;
}

void load(Cache& c) {
  if (c.loaded || c.file.empty()) return;
  c.loaded = true;
  for (const auto& choice : read_choices(c.file)) c.choices.insert(choice);
}

void make_folders(const std::string& file) {
  for (size_t slash = file.find('/', 1); slash != std::string::npos; slash = file.find('/', slash + 1)) {
    ::mkdir(file.substr(0, slash).c_str(), 0777);
  }
}

}  // namespace

bool known_choice(const std::string& key, bool& second) {
  Cache& c = cache();
  const std::lock_guard lock(c.mutex);
  load(c);
  const auto found = c.choices.find(key);
  if (found == c.choices.end()) return false;
  second = found->second;
  return true;
}

void keep_choice(const std::string& key, bool second) {
  Cache& c = cache();
  const std::lock_guard lock(c.mutex);
  c.choices[key] = second;
  c.changed = true;
}

void save_choices() {
  Cache& c = cache();
  const std::lock_guard lock(c.mutex);
  if (!c.changed || c.file.empty()) return;
  c.changed = false;
  for (const auto& choice : read_choices(c.file)) c.choices.insert(choice);
  const std::string body = body_of(c.choices);
  make_folders(c.file);
  try {
    write_file_atomically(c.file, head() + checksum_line(body) + body, error::kInternal);
  } catch (const HException&) {
    // A cache that cannot be written costs time at the next start, nothing else.
  }
}

}  // namespace onednn

void set_kernel_cache(const std::string& file) {
  onednn::Cache& c = onednn::cache();
  const std::lock_guard lock(c.mutex);
  if (c.file == file) return;
  c.file = file;
  c.loaded = false;
  c.changed = !c.choices.empty();
}

void forget_kernel_choices() {
  onednn::Cache& c = onednn::cache();
  const std::lock_guard lock(c.mutex);
  c.choices.clear();
  c.loaded = c.changed = false;
}

std::string default_kernel_cache() {
  const char* folder = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  std::string base;
  if (folder && *folder == '/') {
    base = folder;
  } else if (home && *home == '/') {
    base = std::string(home) + "/.cache";
  } else {
    return {};
  }
  const std::string& id = onednn::head();
  std::ostringstream name;
  name << base << "/alcedo/kernels-" << std::hex << checksum64(id.data(), id.size()) << ".txt";
  return name.str();
}

}  // namespace alcedo
