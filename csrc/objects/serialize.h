// Tuples, objects and dictionaries as bytes and back. Reading trusts nothing: lengths are checked against what is left.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <unordered_map>
#include <vector>

#include "objects/dict.h"

namespace alcedo {

// What to do with a handle that cannot be serialised or copied.
enum class NotSerializable { error, null_handle };

class ByteWriter {
 public:
  explicit ByteWriter(NotSerializable policy = NotSerializable::error) : policy_(policy) {}
  void tuple(const Htuple& tuple);
  void objects(const ObjectTuple& objects);
  void dict(const Dict& dict);
  std::vector<uint8_t> take() { return std::move(bytes_); }

 private:
  template <class T>
  void put(const T& value) {
    raw(&value, sizeof value);
  }
  void raw(const void* data, size_t size);
  void string(std::string_view text);
  void element(int type, const Htuple& tuple, Hlong i);
  void handle(Hphandle record);

  NotSerializable policy_;
  std::vector<uint8_t> bytes_;
  std::unordered_map<const Dict*, uint32_t> written_;  // dictionaries met before are written as their number
  std::vector<const Dict*> open_;                      // dictionaries being written: meeting one again is a cycle
};

class ByteReader {
 public:
  ByteReader(const uint8_t* data, size_t size) : data_(data), size_(size) {}
  Tuple tuple();
  ObjectTuple objects();
  DictPtr dict();
  void expect_end() const;  // throws 9580 if bytes are left

 private:
  template <class T>
  T get() {
    T value;
    std::memcpy(&value, raw(sizeof value), sizeof value);
    return value;
  }
  const uint8_t* raw(uint64_t size);
  uint64_t count(uint64_t min_bytes);  // number of things of at least so many bytes each
  std::string_view string();
  void element(int type, Tuple* to);
  Handle handle();

  const uint8_t* data_;
  size_t size_;
  std::vector<Handle> read_;  // dictionaries, in the writer's numbering
  int depth_ = 0;
};

constexpr int kMaxDictDepth = 256;

// A deep copy: nested dictionaries and the contents of other handles are copied; objects are immutable and shared.
// Throws 2455 for what cannot be copied (or stores null handles) and 2456 for cycles.
DictPtr deep_copy(const Dict& dict, NotSerializable policy);

}  // namespace alcedo
