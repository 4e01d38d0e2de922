// NumPy's files, as far as the fixtures use them: .npy of float32 or int64 in row-major order, .npz without
// compression.
#pragma once

#include <cstring>
#include <map>
#include <string>

#include "base/error.h"
#include "base/file.h"
#include "tensor/tensor.h"

namespace alcedo::test {

inline Tensor parse_npy(const std::string& bytes, const std::string& name) {
  require(bytes.size() > 10 && bytes.compare(0, 6, "\x93NUMPY") == 0 && bytes[6] == 1, 7780, name, " is not .npy");
  const size_t head = static_cast<uint8_t>(bytes[8]) | static_cast<uint8_t>(bytes[9]) << 8;
  const std::string text = bytes.substr(10, head);
  require(text.find("'fortran_order': False") != std::string::npos, 7780, name, " is column-major");
  const DType dtype = text.find("'<f4'") != std::string::npos ? DType::f32 : DType::i64;
  require(dtype == DType::f32 || text.find("'<i8'") != std::string::npos, 7780, name, " has another element type");
  Shape shape;
  const size_t open = text.find('(');
  for (size_t at = open + 1; at < text.size() && text[at] != ')';) {
    if (text[at] < '0' || text[at] > '9') {
      ++at;
      continue;
    }
    size_t used = 0;
    shape.push_back(std::stoll(text.substr(at), &used));
    at += used;
  }
  Tensor tensor(dtype, shape);
  require(bytes.size() - 10 - head >= tensor.bytes(), 7780, name, " is too short");
  std::memcpy(tensor.raw(), bytes.data() + 10 + head, tensor.bytes());
  return tensor;
}

inline Tensor read_npy(const std::string& path) { return parse_npy(read_file(path, 7780), path); }

// float32 only.
inline void write_npy(const Tensor& tensor, const std::string& path) {
  std::string head = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
  for (int64_t dim : tensor.shape()) head += std::to_string(dim) + ", ";
  head += "), }";
  while ((head.size() + 11) % 64 != 0) head += ' ';
  head += '\n';
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(head.size() & 0xff);
  bytes += static_cast<char>(head.size() >> 8);
  bytes += head;
  bytes.append(static_cast<const char*>(tensor.raw()), tensor.size() * sizeof(float));
  write_file_atomically(path, bytes, 7781);
}

// By the arrays' names.
inline std::map<std::string, Tensor> read_npz(const std::string& path) {
  const std::string bytes = read_file(path, 7780);
  const auto u16 = [&](size_t at) {
    return static_cast<size_t>(static_cast<uint8_t>(bytes[at]) | static_cast<uint8_t>(bytes[at + 1]) << 8);
  };
  const auto u32 = [&](size_t at) { return u16(at) | u16(at + 2) << 16; };
  const size_t end = bytes.rfind("PK\x05\x06");
  require(end != std::string::npos, 7780, path, " is not .npz");
  std::map<std::string, Tensor> arrays;
  size_t at = u32(end + 16);
  for (size_t left = u16(end + 10); left > 0; --left) {
    require(u16(at + 10) == 0, 7780, path, " is compressed");
    const size_t size = u32(at + 24), name_size = u16(at + 28), local = u32(at + 42);
    const std::string name = bytes.substr(at + 46, name_size);
    const size_t data = local + 30 + u16(local + 26) + u16(local + 28);
    arrays[name.substr(0, name.rfind(".npy"))] = parse_npy(bytes.substr(data, size), path + "/" + name);
    at += 46 + name_size + u16(at + 30) + u16(at + 32);
  }
  return arrays;
}

}  // namespace alcedo::test
