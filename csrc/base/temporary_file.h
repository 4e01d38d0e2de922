// A file that takes the place of another when it is complete: `.NAME.alcedo-0.tmp` in the same folder until then. It
// is locked while its writer lives; what a killed writer left is removed by the next one that writes NAME.
#pragma once

#include <sys/types.h>

#include <string>

namespace alcedo {

// The file at the end of a chain of links; it need not exist. Raises `code` for a chain that does not end.
std::string end_of_links(const std::string& file_name, int code);

class TemporaryFile {
 public:
  TemporaryFile(const std::string& file_name, int code);  // `file_name` is no link
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile();  // removed, unless it was put in place

  int descriptor() const { return descriptor_; }
  bool put_in_place();  // on the disk, then under its final name; false: errno says why not

 private:
  bool create(int slot);
  std::string name_of(int slot) const;

  std::string target_, name_;
  int descriptor_ = -1;
  bool placed_ = false;
};

}  // namespace alcedo
