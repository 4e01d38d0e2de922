#include "objects/handle.h"

#include <array>
#include <mutex>
#include <unordered_set>

#include "base/error.h"
#include "base/error_codes.h"
#include "objects/serialized_item.h"

namespace alcedo {
namespace {

// Constant-initialised, so it is ready before any static HandleType is constructed.
std::atomic<const HandleType*> types{nullptr};

// Live records, in shards so that threads with different handles rarely meet. Never destroyed: static destructors and
// late finalisers of other languages may still release handles.
struct Shard {
  std::mutex mutex;
  std::unordered_set<Hphandle> records;
};
using Shards = std::array<Shard, 64>;

Shards& shards() {
  static Shards* all = new Shards;
  return *all;
}

Shard& shard_of(Hphandle record) { return shards()[(reinterpret_cast<uintptr_t>(record) >> 6) % 64]; }

[[noreturn]] void fail_unknown() { fail(error::kNotAHandle, "the value is not a handle of this library"); }

}  // namespace

HandleType::HandleType(const char* s, const std::type_info& c, bool e, const char* h, Serialize ser, Deserialize des)
    : sem_type(s), content_type(c), exclusive(e), header(h), serialize(ser), deserialize(des), next(types.load()) {
  while (!types.compare_exchange_weak(next, this)) {
  }
}

const HandleType* first_handle_type() { return types.load(); }

Handle make_handle_record(const HandleType& type, std::shared_ptr<void> content) {
  auto record = std::make_unique<HHandleRecord>(&type, std::move(content));
  Shard& shard = shard_of(record.get());
  std::lock_guard lock(shard.mutex);
  shard.records.insert(record.get());
  return Handle::adopt(record.release());
}

bool is_live_handle(Hphandle record) noexcept {
  Shard& shard = shard_of(record);
  std::lock_guard lock(shard.mutex);
  return shard.records.count(record) != 0;
}

void retain_handle(Hphandle record) {
  if (!record) return;
  Shard& shard = shard_of(record);
  std::lock_guard lock(shard.mutex);
  if (!shard.records.count(record)) fail_unknown();
  ++record->references;
}

void release_handle(Hphandle record) noexcept {
  if (!record) return;
  {
    Shard& shard = shard_of(record);
    std::lock_guard lock(shard.mutex);
    const auto it = shard.records.find(record);
    if (it == shard.records.end() || --record->references > 0) return;
    shard.records.erase(it);
  }
  delete record;  // outside the lock: the content may hold further handles
}

const char* sem_type_of(Hphandle record) {
  if (!record) return "hnull";
  if (!is_live_handle(record)) fail_unknown();
  return record->type->sem_type;
}

std::shared_ptr<void> checked_content(Hphandle record, const std::type_info& wanted) {
  require(record != nullptr, error::kHandleNull, "the handle is null");
  if (!is_live_handle(record)) fail_unknown();
  require(record->type->content_type == wanted, error::kWrongHandleType, "the handle is a ", record->type->sem_type);
  auto content = record->content();
  require(content != nullptr, error::kHandleCleared, "the ", record->type->sem_type, " handle was cleared");
  return content;
}

std::vector<Handle> live_handles(const HandleType& type) {
  std::vector<Handle> found;
  for (Shard& shard : shards()) {
    std::lock_guard lock(shard.mutex);
    for (const Hphandle record : shard.records) {
      if (record->type != &type) continue;
      ++record->references;
      found.push_back(Handle::adopt(record));
    }
  }
  return found;
}

int64_t num_live_handles() {
  int64_t n = 0;
  for (Shard& shard : shards()) {
    std::lock_guard lock(shard.mutex);
    n += static_cast<int64_t>(shard.records.size());
  }
  return n;
}

Handle::Handle(Hphandle record) : record_(record) { retain_handle(record); }

Handle Handle::adopt(Hphandle record) noexcept {
  Handle handle;
  handle.record_ = record;
  return handle;
}

Handle::Handle(const Handle& other) : record_(other.record_) {
  if (record_) ++record_->references;  // `other` holds a reference, so the record lives
}

Handle::~Handle() { release_handle(record_); }

}  // namespace alcedo
