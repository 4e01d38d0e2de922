// Whole files: read at once; written so that the old file stays until the new one is complete on disk (temporary name
// in the same folder, fsync, rename). A failed write leaves neither a half file nor the temporary behind. Links are
// followed: the file that they lead to is the one that changes.
#pragma once

#include <string>
#include <vector>

namespace alcedo {

// `code`: error raised, with the system's reason in the text.
std::string read_file(const std::string& file_name, int code);
std::string read_existing_file(const std::string& file_name, int code);  // 5200 if there is no such file
void write_file_atomically(const std::string& file_name, const std::string& content, int code);
void write_file_atomically(const std::string& file_name, const void* data, size_t size, int code);

// Content in pieces that lie apart in memory, so that large parts need no copy.
struct FilePiece {
  const void* data;
  size_t size;
};
void write_file_atomically(const std::string& file_name, const std::vector<FilePiece>& pieces, int code);

}  // namespace alcedo
