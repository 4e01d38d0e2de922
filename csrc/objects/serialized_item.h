// Serialised items: memory blocks that hold a handle's content, a tuple or an object tuple. Every block is sealed: a
// 16-byte tag that says what it is, version, size and checksum, then the payload.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "objects/handle.h"

namespace alcedo {

struct SerializedItem {
  const uint8_t* data = nullptr;
  size_t size = 0;
  std::shared_ptr<const void> owner;  // of the memory; none for memory of the caller
};
extern const HandleType kSerializedItemType;
Handle make_serialized_item(std::vector<uint8_t> bytes);
std::vector<Handle> live_handles(const HandleType& type);  // a reference to every one; defined in handle.cpp

// Tags longer than 16 bytes are cut. unseal checks tag, version, size and checksum: 9580 (not such a block, damaged),
// 2403 (version), 9581 (too short).
std::vector<uint8_t> seal(const std::string& tag, const std::vector<uint8_t>& payload);
struct Payload {
  const uint8_t* data;
  size_t size;
};
Payload unseal(const std::string& tag, const uint8_t* data, size_t size);
bool has_tag(const std::string& tag, const uint8_t* data, size_t size);

// Content of a handle as a sealed block and back, by the callbacks of its type. 2455: the type has none; 9580: the
// block holds no handle of a known type, or not one of type `wanted` (nullptr: any).
std::vector<uint8_t> handle_to_bytes(const Handle& handle);
Handle handle_from_bytes(const uint8_t* data, size_t size, const HandleType* wanted = nullptr);

// The same with serialised items.
Handle serialize_handle_content(const Handle& handle);
Handle deserialize_handle_content(const SerializedItem& item, const HandleType* wanted = nullptr);

}  // namespace alcedo
