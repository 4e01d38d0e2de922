#include "objects/serialized_item.h"

#include <cstring>

#include "base/checksum.h"
#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo {
namespace {

constexpr uint32_t kVersion = 1;
constexpr size_t kTagSize = 16;

struct Seal {
  char tag[kTagSize];
  uint32_t version;
  uint32_t reserved;
  uint64_t size;
  uint64_t checksum;
};
static_assert(sizeof(Seal) == 40, "the seal is written as it lies in memory");

void put_tag(const std::string& tag, char* to) {
  std::memset(to, 0, kTagSize);
  std::memcpy(to, tag.data(), std::min(tag.size(), kTagSize));
}

}  // namespace

const HandleType kSerializedItemType("serialized_item", typeid(SerializedItem));

Handle make_serialized_item(std::vector<uint8_t> bytes) {
  auto owner = std::make_shared<std::vector<uint8_t>>(std::move(bytes));
  auto item = std::make_shared<SerializedItem>();
  item->data = owner->data();
  item->size = owner->size();
  item->owner = owner;
  return make_handle(kSerializedItemType, std::move(item));
}

std::vector<uint8_t> seal(const std::string& tag, const std::vector<uint8_t>& payload) {
  Seal head{};
  put_tag(tag, head.tag);
  head.version = kVersion;
  head.size = payload.size();
  head.checksum = checksum64(payload.data(), payload.size());
  std::vector<uint8_t> bytes(sizeof head + payload.size());
  std::memcpy(bytes.data(), &head, sizeof head);
  if (!payload.empty()) std::memcpy(bytes.data() + sizeof head, payload.data(), payload.size());
  return bytes;
}

bool has_tag(const std::string& tag, const uint8_t* data, size_t size) {
  char wanted[kTagSize];
  put_tag(tag, wanted);
  return size >= kTagSize && std::memcmp(data, wanted, kTagSize) == 0;
}

Payload unseal(const std::string& tag, const uint8_t* data, size_t size) {
  require(has_tag(tag, data, size), error::kNoSerializedItem, "the data is no '", tag, "'");
  Seal head;
  require(size >= sizeof head, error::kEndOfData, "the data ends within its header");
  std::memcpy(&head, data, sizeof head);
  require(head.version == kVersion, error::kWrongFileVersion, "found version ", head.version, " of '", tag,
          "', wanted ", kVersion);
  require(head.size <= size - sizeof head, error::kEndOfData, "the data ends after ", size - sizeof head, " of ",
          head.size, " bytes");
  const Payload payload{data + sizeof head, static_cast<size_t>(head.size)};
  require(checksum64(payload.data, payload.size) == head.checksum, error::kNoSerializedItem,
          "the data is damaged (wrong checksum)");
  return payload;
}

std::vector<uint8_t> handle_to_bytes(const Handle& handle) {
  require(static_cast<bool>(handle), error::kHandleNull, "a null handle cannot be serialized");
  const HandleType& type = *handle.get()->type;
  require(type.serialize != nullptr, error::kHandleNotSerializable, "handles of type ", type.sem_type,
          " cannot be serialized");
  const auto content = checked_content(handle.get(), type.content_type);
  return seal(type.header, type.serialize(content));
}

Handle handle_from_bytes(const uint8_t* data, size_t size, const HandleType* wanted) {
  for (const HandleType* type = first_handle_type(); type; type = type->next) {
    if (!type->deserialize || !has_tag(type->header, data, size)) continue;
    require(!wanted || wanted == type, error::kNoSerializedItem, "the item holds a ", type->sem_type, ", wanted a ",
            wanted ? wanted->sem_type : "");
    const Payload payload = unseal(type->header, data, size);
    return make_handle_record(*type, type->deserialize(payload.data, payload.size));
  }
  fail(error::kNoSerializedItem, "the item holds no ", wanted ? wanted->sem_type : "handle");
}

Handle serialize_handle_content(const Handle& handle) { return make_serialized_item(handle_to_bytes(handle)); }

Handle deserialize_handle_content(const SerializedItem& item, const HandleType* wanted) {
  return handle_from_bytes(item.data, item.size, wanted);
}

}  // namespace alcedo
