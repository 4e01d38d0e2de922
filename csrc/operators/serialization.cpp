// Serialised items.
#include "api/args.h"
#include "objects/serialize.h"
#include "objects/serialized_item.h"

namespace alcedo::operators {
namespace {

constexpr const char* kTupleTag = "ALCEDO TUPLE";
constexpr const char* kObjectTag = "ALCEDO OBJECT";

// What `read` takes out of the serialised item of this kind that is the first input: all of it.
template <class Read>
auto unsealed(Args& args, const char* tag, const Read& read) {
  const auto item = args.in_content<SerializedItem>(0);
  const Payload payload = unseal(tag, item->data, item->size);
  ByteReader reader(payload.data, payload.size);
  auto content = read(reader);
  reader.expect_end();
  return content;
}

}  // namespace

void serialize_handle(Args& args) { args.out_handle(0, serialize_handle_content(args.in_handle(0))); }

void deserialize_handle(Args& args) {
  args.out_handle(0, deserialize_handle_content(*args.in_content<SerializedItem>(0)));
}

void serialize_tuple(Args& args) {
  ByteWriter writer;
  writer.tuple(args.in(0));
  args.out_handle(0, make_serialized_item(seal(kTupleTag, writer.take())));
}

void deserialize_tuple(Args& args) {
  args.out(0, unsealed(args, kTupleTag, [](ByteReader& reader) { return reader.tuple(); }));
}

void serialize_object(Args& args) {
  ByteWriter writer;
  writer.objects(args.in_object(0));
  args.out_handle(0, make_serialized_item(seal(kObjectTag, writer.take())));
}

void deserialize_object(Args& args) {
  args.out_object(0, unsealed(args, kObjectTag, [](ByteReader& reader) { return reader.objects(); }));
}

void create_serialized_item_ptr(Args& args) {
  const auto* data = reinterpret_cast<const uint8_t*>(args.in_int(0));
  const auto size = static_cast<size_t>(args.in_int(1));
  if (!data && size > 0) args.fail_value(0, "found a null pointer");
  if (args.in_string(2) == "true") {
    args.out_handle(0, make_serialized_item(size ? std::vector<uint8_t>(data, data + size) : std::vector<uint8_t>()));
    return;
  }
  auto item = std::make_shared<SerializedItem>();
  item->data = data;
  item->size = size;
  args.out_handle(0, kSerializedItemType, std::move(item));
}

void get_serialized_item_ptr(Args& args) {
  const auto item = args.in_content<SerializedItem>(0);
  args.out(0, reinterpret_cast<int64_t>(item->data));
  args.out(1, static_cast<int64_t>(item->size));
}

void clear_serialized_item(Args& args) {
  for (const Handle& handle : args.in_handles(0)) handle.get()->clear();
}

void clear_all_serialized_items(Args& /*args*/) {
  for (const Handle& handle : live_handles(kSerializedItemType)) handle.get()->clear();
}

}  // namespace alcedo::operators
